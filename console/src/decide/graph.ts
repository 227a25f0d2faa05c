/** The boxes and lines of an answer, and where each stands. */

import type { Schema } from "~/api/client.ts";
import { lastName, nodeAt, personAt, roleAt } from "./links.ts";
import type { Missing } from "./near_misses.ts";
import { ruleText } from "./rule_text.ts";
import type { Told } from "./Why.tsx";

export type BoxKind = "person" | "group" | "role" | "node" | "special" | "miss";
type Line = "member" | "assigned" | "applies" | "child" | "connection" | "root" | "denied" | "missing";

/** A box: who, what or where. */
export interface Box {
  id: string;
  kind: BoxKind;
  title: string;
  /** What tells it from others of its name. */
  detail: string;
  href: string | undefined;
  /** The rule of a role, and whether it denies. */
  rule?: string | undefined;
  denies?: boolean;
  /** What is missing to a near miss. */
  missing?: Missing | "other";
  /** That the question ends here. */
  asked?: boolean;
  column: number;
  row: number;
}

/** A line between two boxes. */
export interface Connection {
  from: string;
  to: string;
  line: Line;
}

/** A picture: boxes in columns of who, through what, and where. */
export interface Graph {
  boxes: readonly Box[];
  lines: readonly Connection[];
}

/** The picture of an answer. */
export function graphOf(told: Told): Graph {
  const { rule, kind } = told.reason;
  if (rule) return byRule(told, rule);
  return kind === "no_allow" ? byNothing(told) : bySpecial(told);
}

function person(told: Told): Box {
  const { name, path, kind } = told.who;
  return {
    id: "person",
    kind: "person",
    title: name,
    detail: path ?? kind ?? "",
    href: personAt(told.who),
    column: 0,
    row: 0,
  };
}

function place(id: string, node: Schema<"NodeName">, row: number): Box {
  const title = lastName(node);
  return { id, kind: "node", title, detail: node.path ?? "", href: nodeAt(node), column: 2, row };
}

function byRule(told: Told, rule: Schema<"RuleReasonView">): Graph {
  const denies = rule.effect !== "allow";
  const groups = rule.group_path.map(
    (group, index): Box => ({
      id: `group-${index}`,
      kind: "group",
      title: lastName(group),
      detail: group.path ?? "",
      href: nodeAt(group),
      column: 0,
      row: index + 1,
    }),
  );
  const start = person(told);
  const last = groups.length;
  const role: Box = {
    id: "role",
    kind: "role",
    title: rule.role.name,
    detail: rule.role.owner.path ?? "",
    href: roleAt(rule.role),
    rule: ruleText(rule.rule),
    denies,
    column: 1,
    row: last,
  };
  const nodes = [rule.node, ...rule.path.map(({ to }) => to)].map((node, index) =>
    place(`node-${index}`, node, last + index),
  );
  const end = nodes.at(-1);
  if (end) end.asked = true;
  const people = [start, ...groups];
  const member = pairs(people).map(([from, to]): Connection => ({ from, to, line: "member" }));
  const down = pairs(nodes).map(([from, to], index): Connection => {
    const through = rule.path[index]?.through;
    return { from, to, line: through === "connection" || through === "root" ? through : "child" };
  });
  const assigned: Connection[] = [
    { from: people.at(-1)?.id ?? "person", to: "role", line: "assigned" },
    { from: "role", to: "node-0", line: denies ? "denied" : "applies" },
  ];
  return { boxes: [...people, role, ...nodes], lines: [...member, ...assigned, ...down] };
}

function byNothing(told: Told): Graph {
  const middle = told.misses.length > 1 ? (told.misses.length - 1) / 2 : 0;
  const start = { ...person(told), row: middle };
  const end = { ...place("node-0", told.node, middle), asked: true };
  if (told.misses.length === 0) {
    return { boxes: [start, end], lines: [{ from: "person", to: "node-0", line: "missing" }] };
  }
  const misses = told.misses.map(
    (miss, index): Box => ({
      id: `miss-${index}`,
      kind: "miss",
      title: miss.role.name,
      detail: miss.role.owner.path ?? "",
      href: roleAt(miss.role),
      rule: miss.rule,
      missing: miss.missing,
      column: 1,
      row: index,
    }),
  );
  const lines = misses.flatMap(({ id }): Connection[] => [
    { from: "person", to: id, line: "assigned" },
    { from: id, to: "node-0", line: "missing" },
  ]);
  return { boxes: [start, ...misses, end], lines };
}

function bySpecial(told: Told): Graph {
  const { kind } = told.reason;
  const allows = told.decision === "allow";
  const special: Box = {
    id: "special",
    kind: "special",
    title: kind,
    detail: "",
    href: undefined,
    denies: !allows,
    column: 1,
    row: 0,
  };
  const end = { ...place("node-0", told.node, 0), asked: true };
  const lines: Connection[] = [
    { from: "person", to: "special", line: "assigned" },
    { from: "special", to: "node-0", line: allows ? "applies" : "denied" },
  ];
  return { boxes: [person(told), special, end], lines };
}

function pairs(boxes: readonly Box[]): [string, string][] {
  return boxes.slice(1).map((box, index) => [boxes[index]?.id ?? "", box.id]);
}

export const BOX = { width: 250, height: 112, across: 120, down: 62 } as const;

/** Where each box stands: side by side, or all below one another where there is no room. */
export function placed(graph: Graph, wide: boolean) {
  const order = [...graph.boxes].sort((a, b) => a.column - b.column || a.row - b.row);
  return order.map((box, index) => ({
    box,
    x: wide ? box.column * (BOX.width + BOX.across) : 0,
    y: (wide ? box.row : index) * (BOX.height + BOX.down),
  }));
}
