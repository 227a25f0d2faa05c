/** What the server says of rules that are being written. */

import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { client, type Schema } from "~/api/client.ts";
import { inputOf, type RuleDraft, type RuleInput } from "./rule.ts";

/** A fault of a rule; `field` is the rest of its pointer below the rule: `/when`, `/except/0`, or nothing. */
export interface RuleFault {
  field: string;
  detail: string;
  line?: number | null | undefined;
  column?: number | null | undefined;
}

/** What is known of a rule. */
export interface CheckedRule extends Omit<Schema<"CheckedRule">, "errors"> {
  errors: readonly RuleFault[];
}

/** Most rules of one question. */
const BATCH = 100;

/** Asks about rules of a role that this node would own. */
export async function checkRules(
  owner: string,
  rules: readonly RuleInput[],
  more: { permission?: string; names?: number } = {},
): Promise<CheckedRule[]> {
  const checked: CheckedRule[] = [];
  for (let start = 0; start < rules.length; start += BATCH) {
    const body = { owner, rules: rules.slice(start, start + BATCH), ...more };
    const { data } = await client.POST("/api/v1/roles/check", { body });
    checked.push(...(data?.rules ?? []).map(placed));
  }
  return checked;
}

function placed(rule: Schema<"CheckedRule">): CheckedRule {
  const errors = rule.errors.map(({ pointer, ...fault }) => ({ ...fault, field: fieldOf(pointer) }));
  return { ...rule, errors };
}

/** The part of a pointer below the rule. */
export function fieldOf(pointer: string): string {
  return pointer.replace(/^\/rules\/\d+/, "");
}

/** The check of what is written now, a moment after each change: for a rule, what is known of it as it stands. */
export function useRulesCheck(owner: string, drafts: readonly RuleDraft[]) {
  // One text for all of it: it is equal while nothing changes.
  const now = JSON.stringify([...new Set(drafts.flatMap(textsOf))]);
  const [asked] = useDebouncedValue(now, 250, { leading: true });
  const check = useQuery({
    queryKey: ["roles", "check", owner, asked],
    queryFn: async () => {
      const texts: string[] = JSON.parse(asked);
      const rules: RuleInput[] = texts.map((text) => JSON.parse(text));
      const checked = await checkRules(owner, rules);
      return new Map(checked.map((rule, index) => [texts[index] ?? "", rule]));
    },
    enabled: asked !== "[]",
    placeholderData: keepPreviousData,
    staleTime: 30_000,
    retry: false,
  });
  return (draft: RuleDraft): CheckedRule | undefined => {
    const known = textsOf(draft).flatMap((text) => check.data?.get(text) ?? []);
    const rule = check.data?.get(textOf(draft));
    const errors = new Map(known.flatMap((one) => one.errors).map((error) => [error.field, error]));
    return known.length === 0
      ? undefined
      : { permissions: [], total: 0, ...rule, errors: [...errors.values()] };
  };
}

/** What is asked about a draft: the rule, and its conditions alone, as those of a rule that does not read are not told. */
function textsOf(draft: RuleDraft): string[] {
  const { when, rows } = draft;
  return [
    ...(draft.pattern === "" ? [] : [textOf(draft)]),
    ...(when === undefined ? [] : [textOf({ ...ANY, when })]),
    ...(rows === undefined ? [] : [textOf({ ...ANY, rows })]),
  ];
}

const ANY: RuleDraft = { key: "", deny: false, pattern: "*", except: [] };

function textOf(draft: RuleDraft): string {
  return JSON.stringify(inputOf(draft));
}

/** A condition alone, at a node where somebody may give roles or look at them. */
export function useConditionCheck(node: string, when: string): RuleFault | undefined {
  const rule = { ...ANY, when };
  const checked = useRulesCheck(node, when.trim() === "" ? [] : [rule])(rule);
  return checked?.errors.find(({ field }) => field === "/when");
}
