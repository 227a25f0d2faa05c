import { type DragEvent, useRef, useState } from "react";
import { isManaged } from "./kinds.tsx";
import type { TreeNode } from "./outline.ts";
import { isWithin } from "./path.ts";

/** How long one waits above a closed node until it opens. */
const WAIT = 700;

/** Whether a node can stand under another one, as far as that is known here. The server decides. */
export function canMove(node: TreeNode, parent: TreeNode): boolean {
  return parent.kind !== "global" && parent.id !== node.parent && !isWithin(parent.path, node.path);
}

interface Dragging {
  /** Opens what one waits above. */
  open(node: TreeNode): void;
  drop(node: TreeNode, parent: TreeNode): void;
}

/** Dragging a node onto its new parent. The same is done by keyboard through the button "Move". */
export function useDragging({ open, drop }: Dragging) {
  const dragged = useRef<TreeNode>(undefined);
  const waiting = useRef<number>(undefined);
  const [over, setOver] = useState<string>();
  const end = () => {
    clearTimeout(waiting.current);
    setOver(undefined);
  };
  const onto = (target: TreeNode) =>
    dragged.current && canMove(dragged.current, target) ? dragged.current : undefined;
  const of = (node: TreeNode) => ({
    draggable: !isManaged(node.kind),
    "data-over": over === node.id || undefined,
    onDragStart: (event: DragEvent) => {
      dragged.current = node;
      event.dataTransfer.effectAllowed = "move";
      event.dataTransfer.setData("text/plain", node.path);
    },
    onDragEnter: () => {
      end();
      waiting.current = window.setTimeout(() => open(node), WAIT);
      if (onto(node)) setOver(node.id);
    },
    onDragOver: (event: DragEvent) => {
      if (onto(node)) event.preventDefault();
    },
    onDrop: (event: DragEvent) => {
      event.preventDefault();
      const moved = onto(node);
      end();
      if (moved) drop(moved, node);
    },
    onDragEnd: () => {
      dragged.current = undefined;
      end();
    },
  });
  return of;
}
