import { type KeyboardEvent, useRef } from "react";
import type { NodeRow, Outline, Row, TreeNode } from "./outline.ts";

/** How long one may wait between two letters of a word that one looks for. */
const PAUSE = 700;
/** How far one page goes. */
const SCREEN = 12;

interface Tree {
  rows: readonly Row[];
  active: number;
  outline: Outline;
  go(index: number): void;
  choose(node: TreeNode): void;
}

/** The keyboard of a tree (WAI-ARIA): arrows, Home, End, Enter, Space, and typing a name. */
export function useTreeKeys(tree: Tree): (event: KeyboardEvent) => void {
  const typed = useRef({ text: "", at: 0 });
  return (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const done =
      event.key.length === 1 && event.key !== " " ? type(tree, typed.current, event) : press(tree, event.key);
    if (done) event.preventDefault();
  };
}

function press(tree: Tree, key: string): boolean {
  const { rows, active, go } = tree;
  const row = rows[active];
  const last = rows.length - 1;
  switch (key) {
    case "ArrowDown":
      go(Math.min(active + 1, last));
      return true;
    case "ArrowUp":
      go(Math.max(active - 1, 0));
      return true;
    case "PageDown":
      go(Math.min(active + SCREEN, last));
      return true;
    case "PageUp":
      go(Math.max(active - SCREEN, 0));
      return true;
    case "Home":
      go(0);
      return true;
    case "End":
      go(last);
      return true;
    case "ArrowRight":
      if (row?.type === "node") right(tree, row);
      return true;
    case "ArrowLeft":
      if (row) left(tree, row);
      return true;
    case "Enter":
    case " ":
      if (row?.type === "node") tree.choose(row.node);
      else if (row) void tree.outline.more(row.branch);
      return true;
    default:
      return false;
  }
}

function right({ outline, rows, active, go }: Tree, row: NodeRow) {
  if (row.node.has_children === false) return;
  if (!row.open) outline.open(row.node);
  else if (rows[active + 1]?.branch === row.id) go(active + 1);
}

function left({ outline, rows, go }: Tree, row: Row) {
  if (row.type === "node" && row.open) return outline.close(row.node);
  const parent = rows.findIndex(({ id }) => id === row.branch);
  if (parent >= 0) go(parent);
}

/** Goes to the next node whose name begins with what was typed; the same letter again goes on to the one after. */
function type(
  { rows, active, go }: Tree,
  typed: { text: string; at: number },
  event: KeyboardEvent,
): boolean {
  const letter = event.key.toLowerCase();
  const goesOn = event.timeStamp - typed.at < PAUSE;
  typed.text = goesOn && typed.text !== letter ? typed.text + letter : letter;
  typed.at = event.timeStamp;
  const first = typed.text.length === 1 ? active + 1 : active;
  for (let step = 0; step < rows.length; step++) {
    const index = (first + step) % rows.length;
    const row = rows[index];
    if (row?.type === "node" && row.node.name.toLowerCase().startsWith(typed.text)) {
      go(index);
      break;
    }
  }
  return true;
}
