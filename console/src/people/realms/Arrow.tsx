import { Anchor, Group, Paper, Text } from "@mantine/core";
import { IconArrowRight, IconDoorEnter, IconUsers } from "@tabler/icons-react";
import { useTranslations } from "use-intl";
import { Link } from "wouter";
import { realmAddress } from "../addresses.ts";

/** A connection as a drawing: whose users, an arrow, where they may sign in. */
export function Arrow({ from, to }: { from: string; to: string }) {
  const t = useTranslations("people.connections");
  return (
    <Group gap="xs">
      <Paper withBorder px="sm" py={6} radius="xl">
        <Group gap={6} wrap="nowrap">
          <IconUsers size={16} aria-hidden />
          <Text size="sm" className="told">
            {t.rich("usersOf", { realm: () => <RealmLink realm={from} /> })}
          </Text>
        </Group>
      </Paper>
      <IconArrowRight size={18} role="img" aria-label={t("mayComeTo")} />
      <Paper withBorder px="sm" py={6} radius="xl">
        <Group gap={6} wrap="nowrap">
          <IconDoorEnter size={16} aria-hidden />
          <Text size="sm" className="told">
            {t.rich("signInOf", { realm: () => <RealmLink realm={to} /> })}
          </Text>
        </Group>
      </Paper>
    </Group>
  );
}

function RealmLink({ realm }: { realm: string }) {
  return (
    <Anchor inherit component={Link} href={realmAddress(realm)} fw={600}>
      <bdi>{realm}</bdi>
    </Anchor>
  );
}
