import { Button, Group, List, Modal, Stack, Text, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { client } from "~/api/client.ts";
import { tellDone } from "~/common/tell.tsx";
import { useAddress } from "./address.ts";
import { Effects } from "./Effects.tsx";
import { remove } from "./effects.ts";
import { ifUnchanged, type Known, useChange } from "./node.ts";
import { parentOf } from "./path.ts";
import { Refusal } from "./Refusal.tsx";

/** Deletes a node, once it was said what goes with it; whoever deletes many types the name. */
export function DeleteNode({ known, close }: { known: Known; close(): void }) {
  const t = useTranslations("tree.delete");
  const common = useTranslations("app.do");
  const { node } = known;
  const { choose } = useAddress();
  const [typed, setTyped] = useState("");
  const below = useBelow(node.id);
  const change = useChange(async () => {
    await client.DELETE("/api/v1/nodes/{node}", {
      params: { path: { node: node.id }, query: { recursive: below.data !== 0 } },
      headers: ifUnchanged(known),
    });
    close();
    choose(parentOf(node.path), true);
    tellDone(t("done", { path: node.path }));
  });
  const mustType = (below.data ?? 0) > 0;
  return (
    <Modal opened onClose={close} title={t("title")} size="lg">
      <Stack>
        <Text className="told">{t("lead", { path: node.path })}</Text>
        <List size="sm">
          {below.data !== undefined && <List.Item>{t("below", { count: below.data })}</List.Item>}
          <List.Item>{t("carried")}</List.Item>
          <List.Item>{t("given")}</List.Item>
        </List>
        <Effects change={remove(node.id)} />
        {mustType && (
          <TextInput
            label={t("type", { name: node.name })}
            value={typed}
            onChange={(event) => setTyped(event.currentTarget.value)}
            autoComplete="off"
          />
        )}
        <Refusal error={change.error ?? below.error} onReloaded={change.reset} />
        <Group justify="flex-end">
          <Button variant="default" onClick={close} data-autofocus>
            {common("cancel")}
          </Button>
          <Button
            color="red"
            disabled={below.data === undefined || (mustType && typed.trim() !== node.name.trim())}
            loading={change.isPending}
            onClick={() => change.mutate()}
          >
            {t("button", { count: (below.data ?? 0) + 1 })}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}

/** How many nodes stand below it, as far as one may read them. */
function useBelow(node: string) {
  return useQuery({
    queryKey: ["nodes", "below", node],
    queryFn: async () => {
      const query = { under: node, limit: 1 };
      const { data } = await client.GET("/api/v1/nodes", { params: { query } });
      return Math.max(0, (data?.total ?? 1) - 1);
    },
  });
}
