import { Loader, Text } from "@mantine/core";
import { IconAlertCircle, IconChevronRight, IconDots } from "@tabler/icons-react";
import type { HTMLAttributes, MouseEvent, ReactNode } from "react";
import { useTranslations } from "use-intl";
import { KindIcon, useKindName } from "./kinds.tsx";
import { type NodeRow, type OtherRow, type Row, TOP, type TreeNode } from "./outline.ts";
import { parentOf } from "./path.ts";

interface Props {
  id: string;
  row: Row;
  start: number;
  height: number;
  isActive: boolean;
  isChosen: boolean;
  toggle(node: TreeNode): void;
  choose(node: TreeNode): void;
  more(): void;
  drag: HTMLAttributes<HTMLDivElement> | undefined;
}

/** One line of the tree. The keyboard is with the tree as a whole. */
export function TreeRow(props: Props) {
  const { row } = props;
  return row.type === "node" ? <NodeLine {...props} row={row} /> : <OtherLine {...props} row={row} />;
}

function NodeLine({
  row,
  id,
  start,
  height,
  isActive,
  isChosen,
  toggle,
  choose,
  drag,
}: Props & { row: NodeRow }) {
  const kindName = useKindName();
  const { node } = row;
  const mayOpen = node.has_children !== false;
  const above = row.branch === TOP ? parentOf(node.path) : undefined;
  const onChevron = (event: MouseEvent) => {
    event.stopPropagation();
    toggle(node);
  };
  return (
    <Line
      {...{ id, start, height, isActive }}
      {...drag}
      level={row.level}
      aria-expanded={mayOpen ? row.open : undefined}
      aria-selected={isChosen}
      aria-posinset={row.place}
      aria-setsize={row.of}
      aria-label={`${node.name}, ${kindName(node.kind)}`}
      onClick={() => choose(node)}
      onDoubleClick={() => mayOpen && toggle(node)}
    >
      {mayOpen ? (
        // biome-ignore lint/a11y/useKeyWithClickEvents: the tree opens and closes by the arrow keys.
        // biome-ignore lint/a11y/noStaticElementInteractions: a tree item has no buttons inside (WAI-ARIA).
        <span className="tree-chevron" data-open={row.open || undefined} onClick={onChevron}>
          <IconChevronRight size={16} aria-hidden />
        </span>
      ) : (
        <span className="tree-chevron" />
      )}
      <KindIcon kind={node.kind} />
      <span className="tree-name" title={node.name}>
        {above && <span className="tree-above">{above}/</span>}
        <bdi>{node.name}</bdi>
      </span>
      <span className="tree-kind">{kindName(node.kind)}</span>
    </Line>
  );
}

function OtherLine({ row, more, id, start, height, isActive }: Props & { row: OtherRow }) {
  const t = useTranslations("tree.rest");
  const Picture = row.type === "failed" ? IconAlertCircle : IconDots;
  const why = row.error instanceof Error ? row.error.message : "";
  const text = row.type === "failed" ? t("failed", { why }) : t(row.type);
  return (
    <Line
      {...{ id, start, height, isActive }}
      level={row.level}
      aria-label={text}
      aria-selected={false}
      onClick={more}
    >
      <span className="tree-chevron" />
      {row.type === "loading" ? <Loader size={14} aria-hidden /> : <Picture size={16} aria-hidden />}
      <Text component="span" size="sm" c="dimmed" truncate>
        {text}
      </Text>
    </Line>
  );
}

interface LineProps extends HTMLAttributes<HTMLDivElement> {
  start: number;
  height: number;
  level: number;
  isActive: boolean;
  children: ReactNode;
}

function Line({ start, height, level, isActive, children, ...attributes }: LineProps) {
  // So deep, no further: names need room.
  const indent = Math.min(level - 1, 12) * 16;
  return (
    // biome-ignore lint/a11y/useFocusableInteractive: the tree has the focus, and names its active item (WAI-ARIA).
    <div
      role="treeitem"
      aria-level={level}
      data-active={isActive || undefined}
      className="tree-line"
      style={{ height, transform: `translateY(${start}px)`, paddingInlineStart: indent + 4 }}
      {...attributes}
    >
      {children}
    </div>
  );
}
