import { Button, Group, Skeleton, Stack, Text, VisuallyHidden } from "@mantine/core";
import { IconSearchOff } from "@tabler/icons-react";
import { useTranslations } from "use-intl";
import { Link } from "wouter";
import { client } from "~/api/client.ts";
import { Problem } from "~/api/problem.ts";
import { Empty } from "~/common/Empty.tsx";
import { useList } from "~/common/list.ts";
import { ProblemAlert } from "~/common/ProblemAlert.tsx";
import { type Search, useAddress } from "./address.ts";
import { KindIcon, useKindName } from "./kinds.tsx";
import type { TreeNode } from "./outline.ts";

const MANY = 50;

/** What was found, each with where it stands. */
export function Hits({ backToTree }: { backToTree(): void }) {
  const t = useTranslations("tree.search");
  const { search, node } = useAddress();
  const list = useList(["nodes", "search", search], (cursor) => find(search, cursor));
  if (list.error) return <ProblemAlert error={list.error} />;
  if (list.isPending) return <Skeleton h={200} aria-busy="true" />;
  if (list.items.length === 0) {
    return (
      <Empty Icon={IconSearchOff} title={t("nothing")}>
        {t("nothingLead")}
        <Button variant="default" onClick={backToTree}>
          {t("clear")}
        </Button>
      </Empty>
    );
  }
  const total = list.data.pages[0]?.total ?? list.items.length;
  return (
    <Stack gap="xs" mt="xs">
      <Group justify="space-between">
        <Text size="sm" c="dimmed" role="status">
          {t("found", { total })}
        </Text>
        <Button size="compact-sm" variant="subtle" onClick={backToTree}>
          {t("toTree")}
        </Button>
      </Group>
      <div className="tree-found">
        <ul className="tree-hits" aria-label={t("hits")}>
          {list.items.map((hit) => (
            <Hit key={hit.id} hit={hit} isChosen={hit.path === node} />
          ))}
        </ul>
        {list.hasNextPage && (
          <Group justify="center" p="xs">
            <Button variant="default" loading={list.isFetchingNextPage} onClick={() => list.fetchNextPage()}>
              {t("more")}
            </Button>
          </Group>
        )}
      </div>
    </Stack>
  );
}

function Hit({ hit, isChosen }: { hit: TreeNode; isChosen: boolean }) {
  const kindName = useKindName();
  const params = new URLSearchParams(window.location.search);
  params.set("node", hit.path);
  return (
    <li>
      <Link href={`/tree?${params}`} className="tree-hit" aria-current={isChosen || undefined}>
        <KindIcon kind={hit.kind} />
        <span>
          <Text component="span" size="sm" fw={500} className="told">
            <bdi>{hit.name}</bdi>
          </Text>
          <VisuallyHidden>, </VisuallyHidden>
          <Text component="span" size="xs" c="dimmed" className="tree-path">
            {kindName(hit.kind)} · {hit.path}
          </Text>
        </span>
      </Link>
    </li>
  );
}

async function find(search: Search, cursor: string | undefined) {
  const { q, kind, tag, under, system, external } = search;
  if (system && external) return { items: await findExternal(search) };
  const query = {
    limit: MANY,
    ...(cursor && { cursor }),
    ...(q && { q }),
    ...(kind && { kind }),
    ...(tag && { tag }),
    ...(under && { under }),
  };
  const { data } = await client.GET("/api/v1/nodes", { params: { query } });
  return data ?? { items: [] };
}

/** In one system an id is of one node; it is a hit if it fits the rest of the search too. */
async function findExternal({ q, kind, tag, under, system, external }: Search): Promise<TreeNode[]> {
  const path = { system, id: external };
  const answer = client.GET("/api/v1/external-ids/{system}/{id}", { params: { path } });
  const { data } = await answer.catch((error: unknown) => {
    if (error instanceof Problem && error.status === 404) return { data: undefined };
    throw error;
  });
  if (!data) return [];
  const fits =
    data.name.toLowerCase().includes(q.toLowerCase()) &&
    (!kind || data.kind === kind) &&
    (!tag || data.tags?.includes(tag)) &&
    (!under || data.path === under || data.path.startsWith(`${under}/`));
  return fits ? [data] : [];
}
