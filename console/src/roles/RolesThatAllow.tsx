import { Alert, Anchor, Badge, Group, Loader, Radio, Stack, Text } from "@mantine/core";
import { IconKey } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "use-intl";
import { Link } from "wouter";
import { withParameters } from "~/common/address.ts";
import { ProblemAlert } from "~/common/ProblemAlert.tsx";
import type { Choice } from "~/common/SearchSelect.tsx";
import { roleLabel } from "./role.ts";
import { rolesAbout } from "./rolesAbout.ts";
import { GLOBAL } from "./Where.tsx";

/** How many roles are offered. */
const OFFERED = 6;

interface Props {
  permission: string;
  chosen: string | undefined;
  choose(role: Choice): void;
  subject: string | undefined;
  node: string | undefined;
}

/** The roles that allow something, the smallest first, and the way to one that allows just that. */
export function RolesThatAllow({ permission, chosen, choose, subject, node }: Props) {
  const t = useTranslations("roles.allowing");
  const about = useQuery({
    queryKey: ["roles", "about", permission],
    queryFn: () => rolesAbout(permission),
    retry: false,
  });
  const allowing = (about.data ?? []).filter(({ allows, denies }) => allows && !denies).slice(0, OFFERED);
  const own = withParameters("/roles/new", {
    rule: permission,
    ...(node && node !== GLOBAL && { owner: node, node }),
    ...(subject && { subject }),
  });
  return (
    <Alert icon={<IconKey />} color="blue" title={t("title", { permission })}>
      <Stack gap="xs">
        {about.isPending && <Loader size="sm" aria-label={t("looking")} />}
        <ProblemAlert error={about.error} />
        {about.data && allowing.length === 0 && <Text size="sm">{t("none")}</Text>}
        {allowing.length > 0 && (
          <Radio.Group
            label={t("label")}
            value={chosen ?? ""}
            onChange={(id) => {
              const picked = allowing.find(({ role }) => role.id === id);
              if (picked) choose({ value: picked.role.id, label: roleLabel(picked.role) });
            }}
          >
            <Stack gap={6} mt={4}>
              {allowing.map(({ role, size, conditional }) => (
                <Group key={role.id} gap="xs">
                  <Radio
                    value={role.id}
                    label={<span className="told">{roleLabel(role)}</span>}
                    description={t("size", { size })}
                  />
                  {conditional && (
                    <Badge variant="default" radius="sm" tt="none">
                      {t("conditional")}
                    </Badge>
                  )}
                </Group>
              ))}
            </Stack>
          </Radio.Group>
        )}
        <Anchor component={Link} href={own} size="sm">
          {t("makeOne", { permission })}
        </Anchor>
      </Stack>
    </Alert>
  );
}
