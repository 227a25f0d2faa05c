/** What can stand in a pattern: what was registered, the server's own permissions, wildcards over both, and owners. */

import { client } from "~/api/client.ts";
import { findNodes } from "~/common/pick.tsx";
import { checkRules } from "./check.ts";

export interface Suggestion {
  value: string;
  /** `own`: a permission of the server itself. */
  kind: "permission" | "own" | "wildcard" | "everything" | "owner";
  hint?: string;
}

/** How many names are looked through, and how many lines are shown. */
const NAMES = 500;
const SHOWN = 30;

/** What may follow what was written. */
export async function suggest(written: string, owner: string, bare: boolean): Promise<Suggestion[]> {
  const at = written.indexOf("@");
  if (at >= 0) return bare ? [] : owners(written.slice(0, at), written.slice(at + 1));
  const [registered, all] = await Promise.all([search(written), everyName(owner)]);
  const known = new Map(registered.map(({ name, ...more }) => [name, more]));
  const names = [...new Set([...known.keys(), ...all.filter((name) => isLike(name, written))])];
  names.sort((a, b) => rank(a, written) - rank(b, written) || a.localeCompare(b));
  const singles = names.map((name): Suggestion => {
    const found = known.get(name);
    if (!found) return { value: name, kind: "own" };
    const elsewhere = !bare && found.path !== undefined && !isAbove(found.path, owner);
    const hint = [found.description, found.path].filter(Boolean).join(" - ");
    return { value: elsewhere ? `${name}@${found.path}` : name, kind: "permission", hint };
  });
  return [...wildcards(written, [...names, ...all]), ...singles].slice(0, SHOWN);
}

async function search(q: string) {
  const { data } = await client.GET("/api/v1/permissions", { params: { query: { limit: 50, q } } });
  const items = data?.items ?? [];
  return items.map(({ name, owner, description }) => ({ name, path: owner.path ?? undefined, description }));
}

async function everyName(owner: string): Promise<readonly string[]> {
  const [everything] = await checkRules(owner, ["*"], { names: NAMES });
  return everything?.permissions ?? [];
}

async function owners(pattern: string, path: string): Promise<Suggestion[]> {
  const found = await findNodes(path || "/");
  return found.map((node) => ({ value: `${pattern}@${node.path}`, kind: "owner" }));
}

/** `sql:crm:*` for each beginning of several names that goes on from what was written. */
function wildcards(written: string, names: readonly string[]): Suggestion[] {
  const beginnings = new Set<string>();
  for (const name of names) {
    const segments = name.split(":");
    for (let length = 1; length < segments.length; length++) {
      const pattern = `${segments.slice(0, length).join(":")}:*`;
      if (pattern.startsWith(written)) beginnings.add(pattern);
    }
  }
  const found = [...beginnings].sort().map((value): Suggestion => ({ value, kind: "wildcard" }));
  return written === "" ? [{ value: "*", kind: "everything" }, ...found] : found.slice(0, SHOWN / 3);
}

function isLike(name: string, written: string): boolean {
  return name.toLowerCase().includes(written.toLowerCase());
}

function rank(name: string, written: string): number {
  return name.startsWith(written) ? 0 : 1;
}

/** As far as paths tell it: a node that is above by a connection is offered with its path, which means the same. */
function isAbove(node: string, below: string): boolean {
  return node === "/$global" || below === node || below.startsWith(`${node}/`);
}
