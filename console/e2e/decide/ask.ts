/** The address of a question, as other sections link to it. */
export function decideAt(principal: string, permission: string, node: string): string {
  return `/console/decide?${new URLSearchParams({ principal, permission, node })}`;
}
