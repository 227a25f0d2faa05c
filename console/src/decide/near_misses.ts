import { useQueries } from "@tanstack/react-query";
import { client, type Schema } from "~/api/client.ts";
import { ruleText } from "./rule_text.ts";

/** What kept an allow from counting. */
const MISSING = [
  "expired",
  "condition_false",
  "condition_unknown",
  "owner_out_of_reach",
  "active_role",
] as const;
export type Missing = (typeof MISSING)[number];

/** How many are shown; the picture of more would tell less. */
const MANY = 6;

/** An allow that almost counted, with what can be read about it. */
export interface NearMiss {
  key: string;
  role: Schema<"RoleName">;
  missing: Missing | "other";
  /** Its rule, if one may read the role. */
  rule: string | undefined;
  /** To whom, where and until when the role is assigned, if one may read that. */
  assignment: Schema<"AssignmentView"> | undefined;
}

/** The near misses of an answer, with their rules and assignments. */
export function useNearMisses(views: readonly Schema<"NearMissView">[]): readonly NearMiss[] {
  const shown = views.slice(0, MANY);
  const found = useQueries({
    queries: shown.map((miss) => ({
      queryKey: ["near-miss", miss.role.id, miss.assignment, miss.rule],
      queryFn: () => read(miss),
      retry: false,
    })),
  });
  return shown.map((miss, index) => ({
    key: `${miss.assignment}-${miss.rule}`,
    role: miss.role,
    missing: MISSING.find((one) => one === miss.missing) ?? "other",
    rule: found[index]?.data?.rule,
    assignment: found[index]?.data?.assignment,
  }));
}

async function read(miss: Schema<"NearMissView">) {
  const [role, assignment] = await Promise.all([
    client.GET("/api/v1/roles/{role}", { params: { path: { role: miss.role.id } } }).catch(() => undefined),
    client
      .GET("/api/v1/assignments/{assignment}", { params: { path: { assignment: miss.assignment } } })
      .catch(() => undefined),
  ]);
  const rule = role?.data?.rules[miss.rule];
  return { rule: rule === undefined ? undefined : ruleText(rule), assignment: assignment?.data };
}
