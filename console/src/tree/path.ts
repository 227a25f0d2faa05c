/** Paths of nodes: `/acme/northwind`. */

/** The paths of all nodes above, the root first. */
export function above(path: string): string[] {
  const names = path.split("/").slice(1, -1);
  return names.map((_, index) => `/${names.slice(0, index + 1).join("/")}`);
}

/** The path of the parent; none for a root. */
export function parentOf(path: string): string | undefined {
  return above(path).at(-1);
}

/** Whether a path is another one or leads to below it. */
export function isWithin(path: string, top: string): boolean {
  return path === top || path.startsWith(`${top}/`);
}
