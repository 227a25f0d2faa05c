import { ActionIcon, Button, Card, Group, Stack, Text, Title } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconPlus, IconShieldCheck, IconTrash } from "@tabler/icons-react";
import { useQueries, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "use-intl";
import { client, type Schema } from "~/api/client.ts";
import { Empty } from "~/common/Empty.tsx";
import { useList } from "~/common/list.ts";
import { Table } from "~/common/Table.tsx";
import { Time } from "~/common/Time.tsx";
import { tellDone, tellFailed } from "~/common/tell.tsx";
import { AddFactorRule } from "./AddFactorRule.tsx";

type Rule = Schema<"FactorRuleView">;

/** Who needs a second factor beside what the setting says: the users of a realm, the holders of a role, single users. */
export function FactorRules() {
  const t = useTranslations("settings.factorRules");
  const [adding, { open, close }] = useDisclosure(false);
  const list = useList<Rule>(["settings", "factor-rules"], async () => {
    const { data } = await client.GET("/api/v1/second-factor-rules");
    return data ?? { items: [] };
  });
  const roleName = useRoleNames(list.items.flatMap(({ role }) => (role ? [role] : [])));
  const whom = ({ realm, role, user }: Rule) => {
    if (realm) return t("ofRealm", { realm });
    if (role) return t("ofRole", { role: roleName(role) });
    return t("ofUser", { user: user ?? "" });
  };
  const remove = useRemoval();
  return (
    <Card withBorder padding="lg">
      <Stack>
        <Group justify="space-between">
          <Title order={2} size="h4">
            {t("title")}
          </Title>
          <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={open}>
            {t("add")}
          </Button>
        </Group>
        <Text size="sm" c="dimmed">
          {t("lead")}
        </Text>
        <Table
          label={t("title")}
          list={list}
          id={(rule) => rule.id}
          columns={[
            { title: t("whom"), show: whom },
            { title: t("steps"), show: (rule) => t("stepCount", { count: rule.steps }) },
            {
              title: t("methods"),
              show: (rule) => rule.methods.map((method) => t(`method.${method}`)).join(", "),
              wide: true,
            },
            { title: t("since"), show: (rule) => <Time at={rule.created_at} />, wide: true },
            {
              title: t("actions"),
              align: "right",
              show: (rule) => (
                <ActionIcon
                  variant="subtle"
                  color="red"
                  aria-label={t("remove", { whom: whom(rule) })}
                  onClick={() => remove(rule)}
                >
                  <IconTrash size={18} />
                </ActionIcon>
              ),
            },
          ]}
          empty={
            <Empty Icon={IconShieldCheck} title={t("none")}>
              {t("noneWhat")}
            </Empty>
          }
        />
      </Stack>
      <AddFactorRule opened={adding} onClose={close} />
    </Card>
  );
}

/** How the roles of these ids are called; a role that is gone has its id alone. */
function useRoleNames(ids: readonly string[]): (id: string) => string {
  const unique = [...new Set(ids)];
  const roles = useQueries({
    queries: unique.map((role) => ({
      queryKey: ["settings", "role", role],
      queryFn: async () =>
        (await client.GET("/api/v1/roles/{role}", { params: { path: { role } } })).data ?? null,
      retry: false,
    })),
  });
  return (id) => roles[unique.indexOf(id)]?.data?.name ?? id;
}

/** Takes a rule away, with a way back. */
function useRemoval() {
  const t = useTranslations("settings.factorRules");
  const app = useTranslations("app.do");
  const queries = useQueryClient();
  const again = () => queries.invalidateQueries({ queryKey: ["settings", "factor-rules"] });
  const bringBack = async ({ realm, role, user, steps, methods }: Rule) => {
    const whom = realm ? { realm } : role ? { role } : { user: user ?? "" };
    await client.POST("/api/v1/second-factor-rules", { body: { ...whom, steps, methods } });
    await again();
  };
  return async (rule: Rule) => {
    try {
      await client.DELETE("/api/v1/second-factor-rules/{rule}", { params: { path: { rule: rule.id } } });
      await again();
      tellDone(t("removed"), { text: app("undo"), run: () => bringBack(rule).catch(tellFailed) });
    } catch (error) {
      tellFailed(error);
    }
  };
}
