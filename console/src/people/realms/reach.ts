import type { Schema } from "~/api/client.ts";

type Connections = readonly Pick<Schema<"RealmConnectionView">, "from" | "to">[];

/** The realms where users of that realm may sign in beside their own: sharing goes on from realm to realm. */
export function reach(realm: string, connections: Connections): readonly string[] {
  return closure(realm, (one) => connections.filter(({ from }) => from === one).map(({ to }) => to));
}

/** The realms whose users may sign in where those of that realm may. */
export function admitted(realm: string, connections: Connections): readonly string[] {
  return closure(realm, (one) => connections.filter(({ to }) => to === one).map(({ from }) => from));
}

function closure(start: string, next: (realm: string) => readonly string[]): readonly string[] {
  const found = new Set<string>();
  const open = [start];
  for (let realm = open.pop(); realm !== undefined; realm = open.pop()) {
    for (const other of next(realm)) {
      if (other === start || found.has(other)) continue;
      found.add(other);
      open.push(other);
    }
  }
  return [...found];
}
