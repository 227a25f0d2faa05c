import { Button, Group, Modal, Stack, Text } from "@mantine/core";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { NodePicker } from "~/common/pick.tsx";
import type { Choice } from "~/common/SearchSelect.tsx";
import { Effects } from "./Effects.tsx";
import { move as asMove } from "./effects.ts";
import { useMove } from "./move.ts";
import type { TreeNode } from "./outline.ts";
import { isWithin } from "./path.ts";
import { Refusal } from "./Refusal.tsx";

interface Props {
  node: TreeNode;
  /** The path of the new parent, if it is known already. */
  parent: string;
  close(): void;
}

/** Another parent for a node: what it would do to people is told before it is done. */
export function MoveNode({ node, parent, close }: Props) {
  const t = useTranslations("tree.move");
  const common = useTranslations("app.do");
  const [to, setTo] = useState<Choice | null>(parent ? { value: parent, label: parent } : null);
  const change = useMove(close);
  const wrong = to && isWithin(to.value, node.path) ? t("cycle") : undefined;
  return (
    <Modal opened onClose={close} title={t("title")} size="lg">
      <Stack>
        <Text size="sm" className="told">
          {t("lead", { path: node.path })}
        </Text>
        <NodePicker
          label={t("parent")}
          required
          value={to}
          onChange={(choice) => {
            change.reset();
            setTo(choice);
          }}
          error={wrong}
        />
        {to && !wrong && <Effects change={asMove(node.id, to.value)} />}
        <Refusal error={change.error} onReloaded={change.reset} />
        <Group justify="flex-end">
          <Button variant="default" onClick={close}>
            {common("cancel")}
          </Button>
          <Button
            disabled={!to || wrong !== undefined}
            loading={change.isPending}
            onClick={() => to && change.mutate({ node, parent: to.value })}
          >
            {t("button")}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
