/** How a part of a world file names things whose path is known: docs/guide/world-files.md. */

interface Subject {
  path: string;
  kind: string;
}

/** Name and path of what stands above. */
function parted(path: string): { name: string; above: string } {
  const at = path.lastIndexOf("/");
  return { name: path.slice(at + 1), above: path.slice(0, at) };
}

/** A group, role or service account: `name@/owner`. */
export function ownedName(name: string, owner: string): string {
  return `${name}@${owner}`;
}

/** The field of an assignment that says to whom: `{user: "jane@staff"}`, `{group: "clerks@/acme"}`. */
export function subjectOf({ path, kind }: Subject): Record<string, string> {
  const { name, above } = parted(path);
  if (kind === "user") return { user: `${name}@${above.slice(1)}` };
  const field = kind === "service_account" ? "service_account" : "group";
  return { [field]: ownedName(name, above) };
}
