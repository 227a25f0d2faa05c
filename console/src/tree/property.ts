/** Properties of nodes as they are edited: each has a type that the field beside it fits. */

export const TYPES = ["text", "number", "truth", "list", "json"] as const;
export type Type = (typeof TYPES)[number];

/** A line of the table. */
export interface Line {
  /** Tells lines apart while their names are typed. */
  key: number;
  name: string;
  type: Type;
  /** What is typed for text, number and JSON; `true` and `false` for a truth. */
  text: string;
  /** The entries of a list. */
  list: string[];
  /** As the server told it, so that an untouched value stays to the last digit. */
  original?: unknown;
}
export type Values = Readonly<Record<string, unknown>>;

export type Mistake = "name" | "twice" | "number" | "json";

/** The lines for these properties. */
export function lines(values: Values): Line[] {
  return Object.entries(values).map(([name, value], key) => ({
    key,
    name,
    original: value,
    ...shown(value),
  }));
}

function shown(value: unknown): Pick<Line, "type" | "text" | "list"> {
  if (typeof value === "string") return { type: "text", text: value, list: [] };
  if (typeof value === "number") return { type: "number", text: String(value), list: [] };
  if (typeof value === "boolean") return { type: "truth", text: String(value), list: [] };
  if (Array.isArray(value) && value.every((each) => typeof each === "string")) {
    return { type: "list", text: JSON.stringify(value), list: value };
  }
  return { type: "json", text: JSON.stringify(value), list: [] };
}

/** The same line with another type; what was typed is kept as far as it fits. */
export function withType(line: Line, type: Type): Line {
  const { original: _, ...rest } = line;
  const text = type === "truth" ? String(line.text === "true") : line.text;
  const asJson = type === "json" && line.type !== "json" ? JSON.stringify(valueIn(line) ?? "") : text;
  return { ...rest, type, text: type === "json" ? asJson : text };
}

/** What is wrong with a line, if something is. */
export function mistake(line: Line, all: readonly Line[]): Mistake | undefined {
  if (line.name === "") return "name";
  if (all.some((other) => other.key !== line.key && other.name === line.name)) return "twice";
  if (line.type === "number" && !isNumber(line.text)) return "number";
  if (line.type === "json" && parse(line.text) === undefined) return "json";
  return undefined;
}

/** The value of a line without a mistake. */
export function valueIn(line: Line): unknown {
  if (line.original !== undefined) return line.original;
  if (line.type === "number") return Number(line.text);
  if (line.type === "truth") return line.text === "true";
  if (line.type === "list") return line.list;
  return line.type === "json" ? parse(line.text)?.value : line.text;
}

/** The properties that the lines say. */
export function values(all: readonly Line[]): Values {
  return Object.fromEntries(all.map((line) => [line.name, valueIn(line)]));
}

/** What must be sent to make the one out of the other: only what differs, `null` for what goes. */
export function difference(before: Values, after: Values): Record<string, unknown> {
  const changed = Object.entries(after).filter(
    ([name, value]) => JSON.stringify(before[name]) !== JSON.stringify(value) || !Object.hasOwn(before, name),
  );
  const gone = Object.keys(before).filter((name) => !Object.hasOwn(after, name));
  return Object.fromEntries([...changed, ...gone.map((name) => [name, null])]);
}

/** An object of properties as somebody typed it; nothing if it is none. */
export function parseObject(text: string): Values | undefined {
  const found = parse(text)?.value;
  const isObject = typeof found === "object" && found !== null && !Array.isArray(found);
  return isObject ? Object.fromEntries(Object.entries(found)) : undefined;
}

function isNumber(text: string): boolean {
  return text.trim() !== "" && Number.isFinite(Number(text));
}

function parse(text: string): { value: unknown } | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return value === null ? undefined : { value };
  } catch {
    return undefined;
  }
}
