import { Anchor, Stack, Text, Title } from "@mantine/core";
import { IconUserOff } from "@tabler/icons-react";
import { useTranslations } from "use-intl";
import { Link } from "wouter";
import { client, type Schema } from "~/api/client.ts";
import { Empty } from "~/common/Empty.tsx";
import { useList } from "~/common/list.ts";
import { PermissionPicker } from "~/common/pick.tsx";
import { Table } from "~/common/Table.tsx";
import { useAddress } from "./address.ts";
import { useKindName } from "./kinds.tsx";
import type { TreeNode } from "./outline.ts";

type Subject = Schema<"SubjectFound">;

/** Who may do one thing at a node. */
export function WhoMay({ node }: { node: TreeNode }) {
  const t = useTranslations("tree.whoMay");
  const kindName = useKindName();
  const { permission, setPermission } = useAddress();
  const list = useList(["subjects", permission, node.id], async (cursor) => {
    const body = { permission, node: node.id, ...(cursor && { cursor }) };
    const { data } = await client.POST("/api/v1/access/subjects", { body });
    return data ?? { items: [] };
  });
  const total = list.data?.pages[0]?.total;
  return (
    <Stack gap="xs" component="section">
      <Title order={3} size="h5">
        {t("title")}
      </Title>
      <PermissionPicker
        value={{ value: permission, label: permission }}
        onChange={(choice) => choice && setPermission(choice.value)}
      />
      {total !== undefined && total !== null && (
        <Text size="sm" c="dimmed" role="status">
          {t("total", { total })}
        </Text>
      )}
      <Table<Subject>
        label={t("title")}
        list={list}
        id={({ id }) => id}
        columns={[
          {
            title: t("who"),
            show: (found) => (
              <>
                <Text size="sm">{found.name ?? found.id}</Text>
                <Text size="xs" c="dimmed">
                  {found.realm
                    ? t("of", { kind: kindName(found.kind), realm: found.realm })
                    : kindName(found.kind)}
                </Text>
              </>
            ),
          },
          {
            title: t("why"),
            align: "right",
            show: (found) => (
              <Anchor
                component={Link}
                size="sm"
                href={whyAddress(permission, node, found)}
                aria-label={t("whyFor", { name: found.name ?? found.id })}
              >
                {t("why")}
              </Anchor>
            ),
          },
        ]}
        empty={
          <Empty Icon={IconUserOff} title={t("none", { permission })}>
            {t("noneLead")}
          </Empty>
        }
      />
    </Stack>
  );
}

/** Where the same question is explained. */
function whyAddress(permission: string, node: TreeNode, { id, name, realm }: Subject): string {
  const principal = name && realm ? `/${realm}/${name}` : id;
  return `/decide?${new URLSearchParams({ permission, node: node.path, principal })}`;
}
