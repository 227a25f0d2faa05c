import type { AuditEvent } from "../filters.ts";

/** What an event says of what was there before, and after. */
export interface Change {
  kind: "values" | "lists" | "none";
  before: unknown;
  after: unknown;
}

/** The names that the log has for what was and what is. */
const PAIRS = [
  { before: "before", after: "after", kind: "values" },
  { before: "from", after: "to", kind: "values" },
  { before: "taken", after: "given", kind: "lists" },
] as const;

/** Operations that change what is there, of which the log holds no values from before. */
const CHANGES = /\.(update|tags|properties|external_ids|change)$/;

/** Before and after of an event; undefined if it is about no change. */
export function changeOf(event: AuditEvent): Change | undefined {
  const values = new Map(Object.entries<unknown>(event.metadata));
  const pair = PAIRS.find(({ before, after }) => values.has(before) && values.has(after));
  if (pair) return { kind: pair.kind, before: values.get(pair.before), after: values.get(pair.after) };
  return CHANGES.test(event.action) ? { kind: "none", before: undefined, after: undefined } : undefined;
}

/** What is shown as a change, and not once more among the rest. */
export function isOfChange(name: string, values: ReadonlyMap<string, unknown>): boolean {
  const pair = PAIRS.find(({ before, after }) => name === before || name === after);
  return pair !== undefined && values.has(pair.before) && values.has(pair.after);
}
