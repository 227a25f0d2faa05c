import { Anchor, Badge, Button, Group, Stack, Text, Title } from "@mantine/core";
import { IconShieldPlus } from "@tabler/icons-react";
import { useTranslations } from "use-intl";
import { Link } from "wouter";
import { client, type Schema } from "~/api/client.ts";
import { Empty } from "~/common/Empty.tsx";
import { useList } from "~/common/list.ts";
import { Table } from "~/common/Table.tsx";
import { Time } from "~/common/Time.tsx";
import { nodeAddress } from "./address.ts";
import type { TreeNode } from "./outline.ts";
import { isWithin } from "./path.ts";

type Assignment = Schema<"AssignmentView">;

/** The roles that count at a node: given at it, above it, or where a connection leads from. */
export function Given({ node, mayAssign }: { node: TreeNode; mayAssign: boolean }) {
  const t = useTranslations("tree.given");
  const list = useList(["assignments", "reaching", node.id], async (cursor) => {
    const query = { reaching: node.id, ...(cursor && { cursor }) };
    const { data } = await client.GET("/api/v1/assignments", { params: { query } });
    return data ?? { items: [] };
  });
  const give = mayAssign && (
    <Button
      size="xs"
      variant="default"
      component={Link}
      href={`/roles/assignments?new&node=${encodeURIComponent(node.path)}`}
      leftSection={<IconShieldPlus size={14} aria-hidden />}
    >
      {t("give")}
    </Button>
  );
  return (
    <Stack gap="xs" component="section">
      <Group justify="space-between">
        <Title order={3} size="h5">
          {t("title")}
        </Title>
        {give}
      </Group>
      <Text size="sm" c="dimmed">
        {t("lead")}
      </Text>
      <Table<Assignment>
        label={t("title")}
        list={list}
        id={({ id }) => id}
        columns={[
          { title: t("subject"), show: (each) => <Subject given={each} /> },
          { title: t("role"), show: (each) => <Role given={each} /> },
          { title: t("where"), show: (each) => <Where given={each} node={node} /> },
          {
            title: t("until"),
            show: (each) => <Time at={each.expires_at} none={t("forGood")} />,
            wide: true,
          },
        ]}
        empty={
          <Empty Icon={IconShieldPlus} title={t("none")}>
            {t("noneLead")}
          </Empty>
        }
      />
    </Stack>
  );
}

function Subject({ given }: { given: Assignment }) {
  const t = useTranslations("tree");
  const { subject, subject_kind: kind } = given;
  return (
    <>
      <NodeLink node={subject} />
      <Text size="xs" c="dimmed">
        {kind === "user" || kind === "group" || kind === "service_account" ? t(`kind.${kind}`) : kind}
      </Text>
    </>
  );
}

function Role({ given }: { given: Assignment }) {
  const t = useTranslations("tree.given");
  const { role, when } = given;
  return (
    <>
      <Text size="sm">{role.name}</Text>
      <Text size="xs" c="dimmed">
        {t("of", { owner: role.owner.path ?? role.owner.id })}
      </Text>
      {when && (
        <Text size="xs">
          {t("when")} <code>{when}</code>
        </Text>
      )}
    </>
  );
}

/** Where it was given, and how it comes from there to the node. */
function Where({ given, node }: { given: Assignment; node: TreeNode }) {
  const t = useTranslations("tree.given");
  const { path, id } = given.node;
  if (id === node.id) return <Badge variant="light">{t("here")}</Badge>;
  if (path === "/$global")
    return (
      <Badge variant="light" color="gray">
        {t("everywhere")}
      </Badge>
    );
  const byParent = path && isWithin(node.path, path);
  return (
    <>
      <NodeLink node={given.node} />
      <Text size="xs" c="dimmed">
        {byParent ? t("above") : t("connected")}
      </Text>
    </>
  );
}

function NodeLink({ node }: { node: Schema<"NodeName"> }) {
  if (!node.path) return <Text size="sm">{node.id}</Text>;
  return (
    <Anchor component={Link} href={nodeAddress(node.path)} size="sm">
      {node.path}
    </Anchor>
  );
}
