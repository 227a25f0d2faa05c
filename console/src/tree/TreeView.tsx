import { ScrollArea } from "@mantine/core";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useId, useRef, useState, useSyncExternalStore } from "react";
import { useTranslations } from "use-intl";
import { useDragging } from "./drag.ts";
import { useTreeKeys } from "./keys.ts";
import { useOutline } from "./node.ts";
import type { Row, TreeNode } from "./outline.ts";
import { TreeRow } from "./TreeRow.tsx";

const HEIGHT = 34;
/** So many lines before the last one that is loaded, the next page is asked for. */
const AHEAD = 20;

interface Props {
  /** The id of the node that was chosen. */
  chosen: string | undefined;
  choose(node: TreeNode): void;
  /** A node was dropped onto another. */
  move(node: TreeNode, parent: TreeNode): void;
}

/** The tree: only the lines that are in view stand in the page, and children come as one opens and scrolls. */
export function TreeView({ chosen, choose, move }: Props) {
  const t = useTranslations("tree");
  const outline = useOutline();
  const rows = useSyncExternalStore(outline.subscribe, outline.rows);
  const [at, setAt] = useState<string>();
  const name = useId();
  const viewport = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => viewport.current,
    estimateSize: () => HEIGHT,
    getItemKey: (index) => rows[index]?.id ?? index,
    overscan: 10,
  });
  const active = place(rows, at, chosen);
  const go = (index: number) => {
    setAt(rows[index]?.id);
    virtual.scrollToIndex(index);
  };
  const onKeyDown = useTreeKeys({ rows, active, outline, go, choose });
  const drag = useDragging({ open: (node) => outline.open(node), drop: move });
  const lines = virtual.getVirtualItems();
  useNextPages(rows, lines.at(-1)?.index ?? 0);
  const settle = useShown(rows, chosen, (index) => {
    setAt(chosen);
    const { scrollOffset, scrollRect } = virtual;
    const [top, height] = [scrollOffset ?? 0, scrollRect?.height ?? 0];
    const isInView = index * HEIGHT >= top && (index + 1) * HEIGHT <= top + height;
    if (!isInView) virtual.scrollToIndex(index, { align: "center" });
  });
  const id = (index: number) => `${name}-${rows[index]?.id}`;
  return (
    <ScrollArea
      className="tree-panel"
      viewportRef={viewport}
      type="auto"
      viewportProps={{ tabIndex: -1 }}
      onWheel={settle}
      onPointerDown={settle}
      onKeyDown={settle}
    >
      <div
        role="tree"
        aria-label={t("tree")}
        tabIndex={0}
        aria-activedescendant={lines.some(({ index }) => index === active) ? id(active) : undefined}
        onKeyDown={onKeyDown}
        className="tree"
        style={{ height: virtual.getTotalSize() }}
      >
        {lines.map(({ index, start }) => {
          const row = rows[index];
          return (
            row && (
              <TreeRow
                key={row.id}
                id={id(index)}
                row={row}
                start={start}
                height={HEIGHT}
                isActive={index === active}
                isChosen={row.id === chosen}
                toggle={(node) =>
                  row.type === "node" && row.open ? outline.close(node) : outline.open(node)
                }
                choose={(node) => {
                  setAt(row.id);
                  choose(node);
                }}
                more={() => outline.more(row.branch)}
                drag={row.type === "node" ? drag(row.node) : undefined}
              />
            )
          );
        })}
      </div>
    </ScrollArea>
  );
}

/** The line that the keyboard is at: where one was, else the node that was chosen, else the first. */
function place(rows: readonly Row[], at: string | undefined, chosen: string | undefined): number {
  const here = rows.findIndex(({ id }) => id === at);
  if (here >= 0) return here;
  return Math.max(
    rows.findIndex(({ id }) => id === chosen),
    0,
  );
}

/** Asks for what comes next before one has scrolled there. */
function useNextPages(rows: readonly Row[], last: number) {
  const outline = useOutline();
  useEffect(() => {
    for (const row of rows.slice(Math.max(0, last - AHEAD), last + AHEAD)) {
      if (row.type === "more" && row.eager) void outline.more(row.branch);
    }
  }, [rows, last, outline]);
}

/**
 * Keeps the node that was chosen in view while lines come in above it, until somebody scrolls or goes on; and again when
 * it has moved. Gives back how to say that somebody did.
 */
function useShown(rows: readonly Row[], chosen: string | undefined, show: (index: number) => void) {
  const shown = useRef<string>(undefined);
  const isSettled = useRef(false);
  useEffect(() => {
    const index = rows.findIndex(({ id }) => id === chosen);
    const row = rows[index];
    if (row?.type !== "node") return;
    if (shown.current !== row.node.path) isSettled.current = false;
    shown.current = row.node.path;
    if (!isSettled.current) show(index);
  });
  return () => {
    isSettled.current = true;
  };
}
