import { useTranslations } from "use-intl";
import { client } from "~/api/client.ts";
import { tellDone, tellFailed } from "~/common/tell.tsx";
import { followPath } from "./address.ts";
import { useChange } from "./node.ts";
import type { TreeNode } from "./outline.ts";

interface Move {
  node: TreeNode;
  /** The new parent, by path or id. */
  parent: string;
}

/** Moves a node, and offers to move it back. */
export function useMove(close: () => void) {
  const t = useTranslations("tree.move");
  const common = useTranslations("app.do");
  const back = useChange(async ({ node, parent }: Move) => {
    const moved = await move(node, parent);
    tellDone(t("undone", { path: moved.path }));
  });
  return useChange(async ({ node, parent }: Move) => {
    const moved = await move(node, parent);
    close();
    const former = node.parent;
    // A root cannot become one again.
    const undo = former && {
      text: common("undo"),
      run: () => void back.mutateAsync({ node: moved, parent: former }).catch(tellFailed),
    };
    tellDone(t("done", { path: moved.path }), undo || undefined);
  });
}

async function move(node: TreeNode, parent: string): Promise<TreeNode> {
  const { data } = await client.POST("/api/v1/nodes/{node}/move", {
    params: { path: { node: node.id } },
    body: { parent },
  });
  if (!data) throw new Error("The move was answered without a node.");
  followPath(node.path, data.path);
  return data;
}
