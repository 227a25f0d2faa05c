/** A rule while somebody writes it, and as the API takes it. */

import type { Schema } from "~/api/client.ts";

export type RuleInput = Schema<"RuleInput">;

/** A rule in the editor. */
export interface RuleDraft {
  /** Tells it from the others, wherever it is moved. */
  key: string;
  deny: boolean;
  /** The pattern, with `@owner` where it has one. */
  pattern: string;
  except: readonly string[];
  /** Absent: always. An empty text is one that is about to be written. */
  when?: string | undefined;
  fields?: readonly string[] | undefined;
  rows?: string | undefined;
}

/** A rule without content. */
export function newRule(rule: Partial<Omit<RuleDraft, "key">> = {}): RuleDraft {
  return { deny: false, pattern: "", except: [], ...rule, key: crypto.randomUUID() };
}

/** A rule of the API as a draft. */
export function draftOf(rule: RuleInput): RuleDraft {
  if (typeof rule === "string") {
    const deny = rule.startsWith("!");
    return newRule({ deny, pattern: deny ? rule.slice(1) : rule });
  }
  return newRule({
    deny: rule.deny != null,
    pattern: rule.deny ?? rule.allow ?? "",
    except: rule.except ?? [],
    when: rule.when ?? undefined,
    fields: rule.fields ?? undefined,
    rows: rule.rows ?? undefined,
  });
}

/** A draft as the API takes it: the short form where that says all. */
export function inputOf({ deny, pattern, except, when, fields, rows }: RuleDraft): RuleInput {
  const isLong = except.length > 0 || when !== undefined || fields !== undefined || rows !== undefined;
  if (!isLong) return (deny ? "!" : "") + pattern;
  return {
    ...(deny ? { deny: pattern } : { allow: pattern }),
    ...(except.length > 0 && { except: [...except] }),
    ...(when !== undefined && { when }),
    ...(fields !== undefined && { fields: [...fields] }),
    ...(rows !== undefined && { rows }),
  };
}

/** Whether two lists of rules say the same, in the same order. */
export function sameRules(some: readonly RuleInput[], others: readonly RuleInput[]): boolean {
  const plain = (rules: readonly RuleInput[]) => JSON.stringify(rules.map((rule) => inputOf(draftOf(rule))));
  return plain(some) === plain(others);
}

/** Whether a rule is for data, which alone has fields and rows. */
export function isForData(pattern: string): boolean {
  return /^(data:|\*(:|$|@))/.test(pattern);
}
