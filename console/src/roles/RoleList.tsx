import { Anchor, Badge, Button, Group, SimpleGrid, Text } from "@mantine/core";
import { IconLock, IconPlus, IconShieldLock } from "@tabler/icons-react";
import { useTranslations } from "use-intl";
import { Link } from "wouter";
import { client, type Schema } from "~/api/client.ts";
import { useParameters } from "~/common/address.ts";
import { Empty } from "~/common/Empty.tsx";
import { useList } from "~/common/list.ts";
import { Page } from "~/common/Page.tsx";
import { NodePicker } from "~/common/pick.tsx";
import { SearchField } from "~/common/SearchField.tsx";
import { Table } from "~/common/Table.tsx";
import { roleAddress } from "./address.ts";
import { Sections } from "./Sections.tsx";
import { Where } from "./Where.tsx";

/** All roles that one may see. */
export function RoleList() {
  const t = useTranslations("roles.list");
  const [params, change] = useParameters();
  const q = params.get("q") ?? undefined;
  const owner = params.get("owner") ?? undefined;
  const list = useList<Schema<"RoleView">>(["roles", "list", q, owner], async (cursor) => {
    const query = { limit: 50, ...(q && { q }), ...(owner && { owner }), ...(cursor && { cursor }) };
    const { data } = await client.GET("/api/v1/roles", { params: { query } });
    return data ?? { items: [] };
  });
  const create = (
    <Button
      component={Link}
      href={owner ? `/roles/new?owner=${encodeURIComponent(owner)}` : "/roles/new"}
      leftSection={<IconPlus size={16} aria-hidden />}
    >
      {t("create")}
    </Button>
  );
  return (
    <Page title={t("title")} lead={t("lead")} actions={create}>
      <Sections here="roles" />
      <SimpleGrid cols={{ base: 1, sm: 2 }} maw={760}>
        <SearchField label={t("search")} isLabelled />
        <NodePicker
          label={t("owner")}
          description={null}
          value={owner ? { value: owner, label: owner } : null}
          onChange={(picked) => change({ owner: picked?.value }, true)}
        />
      </SimpleGrid>
      <Table
        label={t("title")}
        list={list}
        id={({ id }) => id}
        empty={
          <Empty Icon={IconShieldLock} title={q || owner ? t("noneFound") : t("none")}>
            <Text>{q || owner ? t("otherSearch") : t("noneHint")}</Text>
            {create}
          </Empty>
        }
        columns={[
          {
            title: t("name"),
            show: (role) => (
              <Group gap="xs">
                <Anchor component={Link} href={roleAddress(role.id)} className="told" fw={600}>
                  {role.name}
                </Anchor>
                {role.built_in && <BuiltIn />}
              </Group>
            ),
          },
          { title: t("counts"), show: (role) => <Where node={role.owner} /> },
          { title: t("rules"), wide: true, show: (role) => <RuleCounts role={role} /> },
        ]}
      />
    </Page>
  );
}

/** Says that a role came with the server and stays as it is. */
export function BuiltIn() {
  const t = useTranslations("roles");
  return (
    <Badge variant="default" radius="sm" tt="none" leftSection={<IconLock size={12} aria-hidden />}>
      {t("builtIn")}
    </Badge>
  );
}

function RuleCounts({ role }: { role: Schema<"RoleView"> }) {
  const t = useTranslations("roles.list");
  const denies = role.rules.filter((rule) =>
    typeof rule === "string" ? rule.startsWith("!") : rule.deny != null,
  ).length;
  return (
    <Text size="sm" c="dimmed">
      {t("count", { allows: role.rules.length - denies, denies })}
    </Text>
  );
}
