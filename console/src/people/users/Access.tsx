import { Anchor, Button, Card, Group, Stack, Text, Title } from "@mantine/core";
import { IconScale } from "@tabler/icons-react";
import { useTranslations } from "use-intl";
import { Link } from "wouter";
import type { Schema } from "~/api/client.ts";
import { Assignments, GiveRole } from "../Assignments.tsx";
import { askingAddress, groupAddress, pathOfGroup } from "../addresses.ts";
import { DefaultRole } from "./DefaultRole.tsx";
import { UserGroups } from "./UserGroups.tsx";

interface Props {
  user: Schema<"UserView">;
  path: string;
}

/** What a user may do, and by what. */
export function Access({ user, path }: Props) {
  const t = useTranslations("people.access");
  return (
    <Stack>
      <Card withBorder>
        <Group justify="space-between" mb="sm">
          <Title order={2} size="h5">
            {t("roles")}
          </Title>
          <Group gap="xs">
            <Button
              component={Link}
              href={askingAddress(path)}
              variant="default"
              leftSection={<IconScale size={16} aria-hidden />}
            >
              {t("ask")}
            </Button>
            <GiveRole subject={path} />
          </Group>
        </Group>
        {user.superuser && <Text mb="sm">{t("superuser")}</Text>}
        <Assignments subject={path} />
      </Card>
      <UserGroups user={user} path={path} />
      {user.groups.length > 0 && (
        <Card withBorder>
          <Title order={2} size="h5">
            {t("byGroups")}
          </Title>
          <Text size="sm" c="dimmed" mb="sm">
            {t("byGroupsLead")}
          </Text>
          {user.groups.map((group) => (
            <Stack key={group} gap={4} mb="sm">
              <Anchor inherit component={Link} href={groupAddress(group)} className="told">
                <bdi>{group}</bdi>
              </Anchor>
              <Assignments subject={pathOfGroup(group)} fixed />
            </Stack>
          ))}
        </Card>
      )}
      <DefaultRole user={user} path={path} />
    </Stack>
  );
}
