import "@xyflow/react/dist/style.css";
import "./picture.css";
import { useComputedColorScheme } from "@mantine/core";
import { useElementSize } from "@mantine/hooks";
import { Controls, type Edge, MarkerType, type Node, Position, ReactFlow } from "@xyflow/react";
import { useMemo } from "react";
import { useTranslations } from "use-intl";
import { BoxNode } from "./BoxNode.tsx";
import { BOX, type Box, graphOf, placed } from "./graph.ts";
import type { Told } from "./Why.tsx";

const KINDS = { box: BoxNode };
/** From which width on who, what and where stand side by side. */
const WIDE = 3 * BOX.width + 2 * 60;

/** The way of the answer, drawn: from the person through groups and roles down the tree. */
export default function Picture({ told }: { told: Told }) {
  const t = useTranslations("decide.picture");
  const scheme = useComputedColorScheme("light");
  const { ref, width } = useElementSize<HTMLElement>();
  const wide = width >= WIDE;
  const graph = useMemo(() => graphOf(told), [told]);
  const boxes = placed(graph, wide);
  const bottom = Math.max(...boxes.map(({ y }) => y)) + BOX.height;
  const nodes = boxes.map(
    ({ box, x, y }): Node<{ box: Box }> => ({
      id: box.id,
      type: "box",
      position: { x, y },
      data: { box },
      width: BOX.width,
      height: BOX.height,
      focusable: false,
    }),
  );
  const kinds = new Map(graph.boxes.map((box) => [box.id, box]));
  const lines = graph.lines.map(({ from, to, line }): Edge => {
    const [start, end] = [kinds.get(from), kinds.get(to)];
    // Within a column, and where there is but one column, lines go down.
    const down = !wide || start?.column === end?.column;
    return {
      id: `${from}-${to}`,
      source: from,
      target: to,
      sourceHandle: down ? Position.Bottom : Position.Right,
      targetHandle: down ? Position.Top : Position.Left,
      type: "smoothstep",
      label: t(`line.${line}`),
      className: `decide-line decide-line-${line}`,
      markerEnd: { type: MarkerType.ArrowClosed, color: "var(--decide-line)" },
      focusable: false,
    };
  });
  return (
    <figure
      ref={ref}
      className="decide-picture"
      aria-label={t("label")}
      style={{ height: Math.max(bottom + 64, 220) }}
    >
      {width > 0 && (
        <ReactFlow
          key={`${wide} ${nodes.length} ${told.permission} ${told.node.id} ${told.who.reference}`}
          nodes={nodes}
          edges={lines}
          nodeTypes={KINDS}
          colorMode={scheme}
          fitView
          fitViewOptions={{ padding: 0.05, maxZoom: 1 }}
          minZoom={0.3}
          maxZoom={1.5}
          nodesDraggable={false}
          nodesConnectable={false}
          nodesFocusable={false}
          edgesFocusable={false}
          elementsSelectable={false}
          // A finger or wheel on the picture moves the page, as everything is in view.
          panOnDrag={wide}
          zoomOnScroll={false}
          zoomOnPinch={false}
          zoomOnDoubleClick={false}
          preventScrolling={false}
          disableKeyboardA11y
          ariaLabelConfig={{
            "controls.ariaLabel": t("controls"),
            "controls.zoomIn.ariaLabel": t("zoomIn"),
            "controls.zoomOut.ariaLabel": t("zoomOut"),
            "controls.fitView.ariaLabel": t("fit"),
          }}
        >
          {wide && <Controls showInteractive={false} position="bottom-left" />}
        </ReactFlow>
      )}
    </figure>
  );
}
