/** What a condition can be made of: docs/guide/tree-and-roles.md, "Conditions". */

export interface Completion {
  text: string;
  /** The key of what it means. */
  means:
    | "subject"
    | "resource"
    | "action"
    | "context"
    | "now"
    | "function"
    | "test"
    | "literal"
    | "known"
    | "list";
}

const BASES: readonly Completion[] = [
  { text: "subject.", means: "subject" },
  { text: "resource.", means: "resource" },
  { text: "action.", means: "action" },
  { text: "context.", means: "context" },
  { text: "now", means: "now" },
  { text: "has(", means: "function" },
  { text: "size(", means: "function" },
  { text: "timestamp(", means: "function" },
  { text: "duration(", means: "function" },
  { text: "true", means: "literal" },
  { text: "false", means: "literal" },
  { text: "in ", means: "list" },
];

const MEMBERS: Readonly<Record<string, readonly string[]>> = {
  subject: ["id", "realm", "username", "groups", "active_role", "superuser"],
  resource: ["id"],
  action: ["name"],
  context: [],
};

const TESTS = ["startsWith(", "endsWith(", "contains("];

/** What may stand at the caret: where the word begins, and what it may become. */
export function completions(text: string, caret: number): { start: number; options: Completion[] } {
  const before = text.slice(0, caret);
  const isNumber = /\b\d[\w.]*$/.test(before);
  if (isNumber || isInQuotes(before)) return { start: caret, options: [] };
  const word = /[A-Za-z_][\w.]*$/.exec(before)?.[0] ?? "";
  const start = caret - word.length;
  return { start, options: optionsFor(word).filter(({ text }) => text !== word) };
}

function optionsFor(word: string): Completion[] {
  const dot = word.lastIndexOf(".");
  if (dot < 0) return BASES.filter(({ text }) => text.startsWith(word));
  const [path, last] = [word.slice(0, dot), word.slice(dot + 1)];
  const members = (MEMBERS[path] ?? []).map(
    (name): Completion => ({ text: `${path}.${name}`, means: "known" }),
  );
  const isField = path.includes(".");
  const tests = isField ? TESTS.map((test): Completion => ({ text: `${path}.${test}`, means: "test" })) : [];
  return [...members, ...tests].filter(({ text }) => text.slice(dot + 1).startsWith(last));
}

function isInQuotes(before: string): boolean {
  const line = before.replace(/\\./g, "");
  let open = "";
  for (const char of line) {
    if (open === char) open = "";
    else if (open === "" && (char === '"' || char === "'")) open = char;
  }
  return open !== "";
}
