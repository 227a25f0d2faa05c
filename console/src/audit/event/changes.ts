import type { AuditEvent } from "../filters.ts";

/** What an event says of what was there before, and after. */
export interface Change {
  kind: "values" | "lists";
  before: unknown;
  after: unknown;
}

/** The names that the log has for what was and what is. */
const PAIRS = [
  { before: "before", after: "after", kind: "values" },
  { before: "from", after: "to", kind: "values" },
  { before: "taken", after: "given", kind: "lists" },
] as const;

/** Operations that change what is there. */
const CHANGES = /\.(update|tags|properties|external_ids|change)$/;

/** All that an event says of before and after; undefined if it is about no change. */
export function changesOf({ action, metadata, personal }: AuditEvent): Change[] | undefined {
  const found = [metadata, personal ?? {}].flatMap((part) => {
    const values = new Map(Object.entries<unknown>(part));
    return PAIRS.filter((pair) => isWhole(pair, values)).map(
      ({ before, after, kind }): Change => ({ kind, before: values.get(before), after: values.get(after) }),
    );
  });
  return found.length > 0 || CHANGES.test(action) ? found : undefined;
}

/** What is shown as a change, and not once more among the rest. */
export function isOfChange(name: string, values: ReadonlyMap<string, unknown>): boolean {
  return PAIRS.some((pair) => (name === pair.before || name === pair.after) && isWhole(pair, values));
}

function isWhole({ before, after }: (typeof PAIRS)[number], values: ReadonlyMap<string, unknown>): boolean {
  return values.has(before) && values.has(after);
}

/** Field by field, if both are made of fields. */
export function fieldsOf({ before, after }: Change): { name: string; before: unknown; after: unknown }[] {
  const [former, latter] = [membersOf(before), membersOf(after)];
  if (!former || !latter) return [];
  const names = [...new Set([...former.keys(), ...latter.keys()])].sort();
  return names.map((name) => ({ name, before: former.get(name), after: latter.get(name) }));
}

function membersOf(value: unknown): Map<string, unknown> | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  return new Map(Object.entries(value));
}
