/** Which roles have a rule about a permission, as far as one may see them. */

import { client, type Schema } from "~/api/client.ts";
import { checkRules } from "./rules/check.ts";

type Role = Schema<"RoleView">;

/** A role and what it says of the permission. */
export interface RoleAbout {
  role: Role;
  allows: boolean;
  denies: boolean;
  /** Whether it allows it only sometimes. */
  conditional: boolean;
  /** How many permissions its rules allow now: the smaller, the less is given beside. */
  size: number;
}

/** Those with a rule about it, the smallest first. */
export async function rolesAbout(permission: string): Promise<RoleAbout[]> {
  const byOwner = new Map<string, Role[]>();
  for (const role of await everyRole()) {
    byOwner.set(role.owner.id, [...(byOwner.get(role.owner.id) ?? []), role]);
  }
  const found = await Promise.all([...byOwner].map(([owner, roles]) => ask(permission, owner, roles)));
  return found.flat().sort((a, b) => a.size - b.size || a.role.name.localeCompare(b.role.name));
}

async function ask(permission: string, owner: string, roles: readonly Role[]): Promise<RoleAbout[]> {
  const rules = roles.flatMap((role) => role.rules.map((rule) => ({ role, rule })));
  const input = rules.map(({ rule }) => rule);
  const checked = await checkRules(owner, input, { permission, names: 0 });
  const said = rules.map(({ role, rule }, index) => ({
    role,
    deny: typeof rule === "string" ? rule.startsWith("!") : rule.deny != null,
    conditional: typeof rule !== "string" && rule.when != null,
    matches: checked[index]?.matches ?? false,
    total: checked[index]?.total ?? 0,
  }));
  return roles.flatMap((role) => {
    const own = said.filter((rule) => rule.role === role);
    const about = own.filter(({ matches }) => matches);
    if (about.length === 0) return [];
    const allows = about.filter(({ deny }) => !deny);
    return [
      {
        role,
        allows: allows.length > 0,
        denies: about.some(({ deny }) => deny),
        conditional: allows.length > 0 && allows.every(({ conditional }) => conditional),
        size: own.filter(({ deny }) => !deny).reduce((sum, { total }) => sum + Math.max(1, total), 0),
      },
    ];
  });
}

async function everyRole(): Promise<Role[]> {
  const all: Role[] = [];
  let cursor: string | null | undefined;
  do {
    const query = { limit: 500, ...(cursor && { cursor }) };
    const { data } = await client.GET("/api/v1/roles", { params: { query } });
    all.push(...(data?.items ?? []));
    cursor = data?.next_cursor;
  } while (cursor);
  return all;
}
