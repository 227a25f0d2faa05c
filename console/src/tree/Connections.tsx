import { Anchor, Button, Group, Skeleton, Stack, Text, Title } from "@mantine/core";
import { IconPlugConnected, IconPlus } from "@tabler/icons-react";
import { type ReactNode, useState } from "react";
import { useTranslations } from "use-intl";
import { Link } from "wouter";
import { api, client, type Schema } from "~/api/client.ts";
import { useMay } from "~/app/may.ts";
import { Empty } from "~/common/Empty.tsx";
import { ProblemAlert } from "~/common/ProblemAlert.tsx";
import { confirmLoss, tellDone, tellFailed } from "~/common/tell.tsx";
import { nodeAddress } from "./address.ts";
import { ConnectNode, type Direction } from "./ConnectNode.tsx";
import { useChange } from "./node.ts";
import type { TreeNode } from "./outline.ts";

type Connection = Schema<"ConnectionView">;

/** What a node inherits from beside its parent, and what inherits from it. */
export function Connections({ node }: { node: TreeNode }) {
  const t = useTranslations("tree.connections");
  const [adding, setAdding] = useState<Direction>();
  const may = useMay(["node:connect"], node.id);
  const found = api.useQuery("get", "/api/v1/nodes/{node}/connections", {
    params: { path: { node: node.id } },
  });
  if (found.error) return <ProblemAlert error={found.error} />;
  if (!found.data) return <Skeleton h={120} aria-busy="true" />;
  const { items } = found.data;
  const mayConnect = may.has("node:connect") && node.kind !== "global";
  const add = (direction: Direction) =>
    mayConnect && (
      <Button
        size="xs"
        variant="default"
        leftSection={<IconPlus size={14} aria-hidden />}
        onClick={() => setAdding(direction)}
      >
        {t(`add.${direction}`)}
      </Button>
    );
  return (
    <Stack gap="lg">
      {items.length === 0 && (
        <Empty Icon={IconPlugConnected} title={t("none")}>
          {node.kind === "global" ? t("global") : t("noneLead")}
        </Empty>
      )}
      <Ends
        direction="from"
        node={node}
        all={items.filter(({ to }) => to.id === node.id)}
        mayRemove={mayConnect}
        action={add("from")}
      />
      <Ends
        direction="to"
        node={node}
        all={items.filter(({ from }) => from.id === node.id)}
        mayRemove={mayConnect}
        action={add("to")}
      />
      {adding && <ConnectNode node={node} direction={adding} close={() => setAdding(undefined)} />}
    </Stack>
  );
}

interface EndsProps {
  direction: Direction;
  node: TreeNode;
  all: readonly Connection[];
  mayRemove: boolean;
  action: ReactNode;
}

function Ends({ direction, node, all, mayRemove, action }: EndsProps) {
  const t = useTranslations("tree.connections");
  const common = useTranslations("app.do");
  const change = useChange(async ({ from, to }: Connection) => {
    await client.DELETE("/api/v1/nodes/{node}/connections/{to}", {
      params: { path: { node: from.id, to: to.id } },
    });
    tellDone(t("removed", { from: from.path, to: to.path }));
  });
  const remove = async (connection: Connection) => {
    const names = { from: connection.from.path, to: connection.to.path };
    const sure = await confirmLoss({
      title: t("removeTitle"),
      children: <Text className="told">{t("removeLead", names)}</Text>,
      confirm: common("remove"),
      cancel: common("cancel"),
    });
    if (sure) change.mutate(connection, { onError: tellFailed });
  };
  if (all.length === 0 && !action) return null;
  const ends = all
    .map((connection) => ({ path: connection[direction].path, connection }))
    .sort((one, other) => one.path.localeCompare(other.path));
  return (
    <section>
      <Group justify="space-between" mb={4}>
        <Title order={3} size="h5">
          {t(`title.${direction}`)}
        </Title>
        {action}
      </Group>
      <Text size="sm" c="dimmed" className="told">
        {all.length === 0 ? t(`empty.${direction}`) : t(`lead.${direction}`, { name: node.name })}
      </Text>
      <ul className="tree-hits" aria-label={t(`title.${direction}`)}>
        {ends.map(({ path, connection }) => (
          <li key={path} className="tree-hit">
            <Anchor component={Link} href={nodeAddress(path, "connections")} className="told tree-grow">
              {path}
            </Anchor>
            {mayRemove && (
              <Button
                size="compact-xs"
                variant="subtle"
                aria-label={t("remove", { path })}
                onClick={() => remove(connection)}
              >
                {common("remove")}
              </Button>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
