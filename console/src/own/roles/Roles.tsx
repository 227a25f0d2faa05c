import { Badge, Button, Group, List, Select, Stack, Text } from "@mantine/core";
import { IconShieldOff } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { client } from "~/api/client.ts";
import { useMe } from "~/app/session.ts";
import { Empty } from "~/common/Empty.tsx";
import { ProblemAlert } from "~/common/ProblemAlert.tsx";
import { tellDone } from "~/common/tell.tsx";
import { Card } from "../Card.tsx";
import { useMeAgain } from "../profile/me.ts";

/** Which roles one holds, in which one acts, and the groups that bring them. */
export function Roles() {
  const t = useTranslations("own.roles");
  const me = useMe();
  return (
    <>
      <Card title={t("title")} lead={t("lead")}>
        {me.superuser && <Text size="sm">{t("superuser")}</Text>}
        {me.active_role && (
          <Text size="sm" className="told">
            {t("active", { role: me.active_role })}
          </Text>
        )}
        {me.held_roles.length > 0 ? (
          <List size="sm" className="told">
            {me.held_roles.map((role) => (
              <List.Item key={role}>
                {role} {role === me.default_role && <Badge tt="none">{t("isDefault")}</Badge>}
              </List.Item>
            ))}
          </List>
        ) : (
          !me.superuser && (
            <Empty Icon={IconShieldOff} title={t("none")}>
              {t("noneWhat")}
            </Empty>
          )
        )}
      </Card>
      {me.held_roles.length > 0 && <DefaultRole />}
      <Card title={t("groups")} lead={t("groupsLead")}>
        <List size="sm" className="told">
          {me.groups.map((group) => (
            <List.Item key={group}>{group}</List.Item>
          ))}
        </List>
      </Card>
    </>
  );
}

/** The choice of no role at all; no role is called like that. */
const NONE = "";

function DefaultRole() {
  const t = useTranslations("own.roles");
  const app = useTranslations("app.do");
  const me = useMe();
  const again = useMeAgain();
  const [role, setRole] = useState(me.default_role ?? null);
  const save = useMutation({
    mutationFn: async () => {
      await client.PUT("/auth/default-role", { body: { role } });
      await again();
    },
    onSuccess: () => tellDone(t("saved")),
  });
  return (
    <Card title={t("default")} lead={t("defaultLead")}>
      <Stack>
        <Select
          label={t("default")}
          allowDeselect={false}
          data={[{ value: NONE, label: t("noDefault") }, ...me.held_roles]}
          value={role ?? NONE}
          onChange={(chosen) => setRole(chosen || null)}
          maw={420}
        />
        <ProblemAlert error={save.error} />
        <Group justify="flex-end">
          <Button
            disabled={role === (me.default_role ?? null)}
            loading={save.isPending}
            onClick={() => save.mutate()}
          >
            {app("save")}
          </Button>
        </Group>
      </Stack>
    </Card>
  );
}
