import { Button, Group, Modal, Stack, Text } from "@mantine/core";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { client } from "~/api/client.ts";
import { NodePicker } from "~/common/pick.tsx";
import type { Choice } from "~/common/SearchSelect.tsx";
import { tellDone } from "~/common/tell.tsx";
import { Effects } from "./Effects.tsx";
import { connect } from "./effects.ts";
import { useChange } from "./node.ts";
import type { TreeNode } from "./outline.ts";
import { Refusal } from "./Refusal.tsx";

/** `from`: the other end is inherited from; `to`: the other end inherits. */
export type Direction = "from" | "to";

interface Props {
  node: TreeNode;
  direction: Direction;
  close(): void;
}

/** A connection between a node and another one, with what it would do to people. */
export function ConnectNode({ node, direction, close }: Props) {
  const t = useTranslations("tree.connections");
  const common = useTranslations("app.do");
  const [other, setOther] = useState<Choice | null>(null);
  const [from, to] = direction === "from" ? [other?.value, node.path] : [node.path, other?.value];
  const change = useChange(async (ends: { from: string; to: string }) => {
    await client.POST("/api/v1/nodes/{node}/connections", {
      params: { path: { node: ends.from } },
      body: { to: ends.to },
    });
    close();
    tellDone(t("added", ends));
  });
  return (
    <Modal opened onClose={close} title={t(`add.${direction}`)} size="lg">
      <Stack>
        <Text size="sm" className="told">
          {t(`lead.${direction}`, { name: node.name })}
        </Text>
        <NodePicker
          required
          value={other}
          onChange={(choice) => {
            change.reset();
            setOther(choice);
          }}
        />
        {from && to && <Effects change={connect(from, to)} />}
        <Refusal error={change.error} onReloaded={change.reset} />
        <Group justify="flex-end">
          <Button variant="default" onClick={close}>
            {common("cancel")}
          </Button>
          <Button
            disabled={!from || !to}
            loading={change.isPending}
            onClick={() => from && to && change.mutate({ from, to })}
          >
            {t("connect")}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
