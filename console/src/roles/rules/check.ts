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
  const now = JSON.stringify([...new Set(drafts.filter(isBegun).map(textOf))]);
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
  return (draft: RuleDraft): CheckedRule | undefined => check.data?.get(textOf(draft));
}

function isBegun({ pattern }: RuleDraft): boolean {
  return pattern !== "";
}

function textOf(draft: RuleDraft): string {
  return JSON.stringify(inputOf(draft));
}

/** A condition alone, at a node where somebody may give roles or look at them. */
export function useConditionCheck(node: string, when: string): RuleFault | undefined {
  const rule = { key: "when", deny: false, pattern: "*", except: [], when };
  const checked = useRulesCheck(node, when.trim() === "" ? [] : [rule])(rule);
  return checked?.errors.find(({ field }) => field === "/when");
}
