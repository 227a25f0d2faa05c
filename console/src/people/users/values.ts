/** Values of JSON as people write them in a row: a sort, and a text. */

export const SORTS = ["text", "number", "truth", "json"] as const;
export type Sort = (typeof SORTS)[number];

/** A name and a value that are being written. */
export interface Row {
  /** Tells rows apart while their names change. */
  id: string;
  name: string;
  sort: Sort;
  text: string;
}

/** The rows of an object. */
export function rowsOf(object: Readonly<Record<string, unknown>>): Row[] {
  return Object.entries(object).map(([name, value]) => ({ ...emptyRow(), name, ...written(value) }));
}

export function emptyRow(): Row {
  return { id: crypto.randomUUID(), name: "", sort: "text", text: "" };
}

function written(value: unknown): Pick<Row, "sort" | "text"> {
  if (typeof value === "string") return { sort: "text", text: value };
  if (typeof value === "number") return { sort: "number", text: String(value) };
  if (typeof value === "boolean") return { sort: "truth", text: String(value) };
  return { sort: "json", text: JSON.stringify(value) };
}

/** What a row stands for; undefined: nothing that can be sent. */
export function told({ sort, text }: Row): unknown {
  if (sort === "text") return text;
  if (sort === "truth") return text === "true";
  const value = parsed(text);
  return sort === "number" && typeof value !== "number" ? undefined : value;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
