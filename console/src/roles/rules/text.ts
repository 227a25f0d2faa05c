/**
 * Rules as text, a line each, as a world file has them below `rules:`. It is YAML of which each rule stands on one line:
 * `- contract.edit@/acme`, `- "!contract.delete"`, `- {allow: write, when: "resource.status != 'archived'"}`.
 * JSON, which may take several lines, is read too.
 */

import type { RuleInput } from "./rule.ts";

/** What does not read, and in which line, from 1. */
export interface TextFault {
  line: number;
  fault: "syntax" | "field" | "value";
  /** The part that is meant. */
  part: string;
}

const FIELDS = ["allow", "deny", "except", "when", "fields", "rows"] as const;
type FieldName = (typeof FIELDS)[number];
const LISTS: readonly FieldName[] = ["except", "fields"];

/** The rules as text. */
export function textOf(rules: readonly RuleInput[]): string {
  return rules.map((rule) => `- ${typeof rule === "string" ? scalar(rule) : flow(rule)}\n`).join("");
}

function scalar(text: string): string {
  // What YAML would read as something else stands in quotes.
  return /^[A-Za-z][\w.:$@/*-]*$/.test(text) && !/:$|^(true|false|null|yes|no|on|off|y|n)$/i.test(text)
    ? text
    : JSON.stringify(text);
}

function flow(rule: Exclude<RuleInput, string>): string {
  const parts = FIELDS.flatMap((name) => {
    const value = rule[name];
    if (value === undefined || value === null) return [];
    return [`${name}: ${Array.isArray(value) ? `[${value.map(quoted).join(", ")}]` : quoted(value)}`];
  });
  return `{${parts.join(", ")}}`;
}

function quoted(value: unknown): string {
  return JSON.stringify(value);
}

/** The rules that a text has, with the line of each, or the first thing that does not read. */
export function rulesOf(text: string): { rules: RuleInput[]; lines: number[] } | TextFault {
  if (/^\s*\[/.test(text)) return fromJson(text);
  const rules: RuleInput[] = [];
  const lines: number[] = [];
  for (const [index, line] of text.split("\n").entries()) {
    const written = line.trim().replace(/^-(\s+|$)/, "");
    if (written === "" || written.startsWith("#")) continue;
    const rule = fromLine(written);
    if ("fault" in rule) return { line: index + 1, ...rule };
    rules.push(rule.rule);
    lines.push(index + 1);
  }
  return { rules, lines };
}

type Part = { rule: RuleInput } | Omit<TextFault, "line">;

function fromLine(text: string): Part {
  if (!text.startsWith("{")) {
    const value = new Reader(text).whole();
    return value === undefined ? { fault: "syntax", part: text } : { rule: value };
  }
  const map = new Reader(text).map();
  return map === undefined ? { fault: "syntax", part: text } : ruleOf(map);
}

function ruleOf(map: ReadonlyMap<string, string | string[]>): Part {
  const rule: Record<string, string | string[]> = {};
  for (const [name, value] of map) {
    const field = FIELDS.find((field) => field === name);
    if (!field) return { fault: "field", part: name };
    if (Array.isArray(value) !== LISTS.includes(field)) return { fault: "value", part: name };
    rule[field] = value;
  }
  return { rule };
}

function fromJson(text: string): ReturnType<typeof rulesOf> {
  let list: unknown;
  try {
    list = JSON.parse(text);
  } catch (error) {
    const place = /position (\d+)/.exec(String(error))?.[1];
    const line = place === undefined ? 1 : text.slice(0, Number(place)).split("\n").length;
    return { line, fault: "syntax", part: text.split("\n")[line - 1]?.trim() ?? "" };
  }
  const rules: RuleInput[] = [];
  for (const rule of Array.isArray(list) ? list : []) {
    const read = typeof rule === "string" ? { rule } : ruleOf(new Map(entries(rule)));
    if ("fault" in read) return { line: 1, ...read };
    rules.push(read.rule);
  }
  return { rules, lines: rules.map(() => 1) };
}

function entries(value: unknown): [string, string | string[]][] {
  if (typeof value !== "object" || value === null) return [["", ""]];
  return Object.entries(value).map(([name, inner]) => [
    name,
    Array.isArray(inner) ? inner.map(String) : typeof inner === "string" ? inner : [],
  ]);
}

/** Reads the part of YAML that fits on a line: plain and quoted texts, lists and maps in brackets. */
class Reader {
  private at = 0;
  private readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  /** The text as one value with nothing after it but a comment. */
  whole(): string | undefined {
    const value = this.value("");
    return this.isAtEnd() && typeof value === "string" && value !== "" ? value : undefined;
  }

  map(): Map<string, string | string[]> | undefined {
    const found = new Map<string, string | string[]>();
    if (!this.take("{")) return undefined;
    while (!this.take("}")) {
      const name = this.value(":");
      if (typeof name !== "string" || found.has(name) || !this.take(":")) return undefined;
      const value = this.value(",}");
      if (value === undefined) return undefined;
      found.set(name, value);
      if (!this.take(",") && this.peek() !== "}") return undefined;
    }
    return this.isAtEnd() ? found : undefined;
  }

  private value(ends: string): string | string[] | undefined {
    const first = this.peek();
    if (first === '"') return this.double();
    if (first === "'") return this.single();
    return first === "[" ? this.list() : this.plain(ends);
  }

  private list(): string[] | undefined {
    const found: string[] = [];
    if (!this.take("[")) return undefined;
    while (!this.take("]")) {
      const value = this.value(",]");
      if (typeof value !== "string") return undefined;
      found.push(value);
      if (!this.take(",") && this.peek() !== "]") return undefined;
    }
    return found;
  }

  private double(): string | undefined {
    const end = /^"(?:[^"\\]|\\.)*"/.exec(this.text.slice(this.at))?.[0];
    if (end === undefined) return undefined;
    this.at += end.length;
    try {
      const value: unknown = JSON.parse(end);
      return typeof value === "string" ? value : undefined;
    } catch {
      return undefined;
    }
  }

  private single(): string | undefined {
    const end = /^'(?:[^']|'')*'/.exec(this.text.slice(this.at))?.[0];
    if (end === undefined) return undefined;
    this.at += end.length;
    return end.slice(1, -1).replaceAll("''", "'");
  }

  private plain(ends: string): string | undefined {
    // A comment begins after white space; a colon ends a name only before white space.
    const rest = this.text.slice(this.at);
    let length = 0;
    while (length < rest.length) {
      const [char, next] = [rest.charAt(length), rest.charAt(length + 1)];
      if (char === ":" && ends === ":" && (next === " " || next === "")) break;
      if (char !== ":" && ends.includes(char) && ends !== "") break;
      if (char === " " && next === "#") break;
      length += 1;
    }
    this.at += length;
    const value = rest.slice(0, length).trim();
    return value === "" ? undefined : value;
  }

  private peek(): string {
    while (this.text.charAt(this.at) === " ") this.at += 1;
    return this.text.charAt(this.at);
  }

  private take(char: string): boolean {
    if (this.peek() !== char) return false;
    this.at += 1;
    return true;
  }

  private isAtEnd(): boolean {
    const rest = this.peek();
    return rest === "" || rest === "#";
  }
}
