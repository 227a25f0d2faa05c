import type { Schema } from "~/api/client.ts";

/** A rule as one line, in the short form of the world file. */
export function ruleText(rule: Schema<"RuleInput">): string {
  if (typeof rule === "string") return rule;
  const pattern = rule.allow ?? (rule.deny ? `!${rule.deny}` : "");
  const parts = [
    rule.except?.length ? `except ${rule.except.join(", ")}` : "",
    rule.when ? `when ${rule.when}` : "",
    rule.rows ? `rows ${rule.rows}` : "",
    rule.fields ? `fields ${rule.fields.join(", ")}` : "",
  ];
  return [pattern, ...parts].filter((part) => part !== "").join(" ");
}
