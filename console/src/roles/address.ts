/** The page of a role. */
export function roleAddress(id: string): string {
  return `/roles/role/${encodeURIComponent(id)}`;
}
