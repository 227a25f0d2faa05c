/** Where the pages of people are. Names are theirs, with whatever is in them. */

const part = encodeURIComponent;

export const PEOPLE = "/people";
export const realmAddress = (realm: string) => `/people/realms/${part(realm)}`;
export const userAddress = (realm: string, username: string) =>
  `${realmAddress(realm)}/users/${part(username)}`;
/** A group by its id, or by `name@/path/of/owner`. */
export const groupAddress = (group: string) => `/people/groups/${part(group)}`;
/** A service account by its id or path. */
export const accountAddress = (account: string) => `/people/service-accounts/${part(account)}`;

/** The path of a user's node. */
export const userPath = (realm: string, username: string) => `/${realm}/${username}`;

/** The path of a group's node: `clerks@/acme` is `/acme/clerks`; the last `@/` counts. */
export function pathOfGroup(group: string): string {
  const at = group.lastIndexOf("@/");
  return at < 0 ? `/$global/${group}` : `${group.slice(at + 1)}/${group.slice(0, at)}`;
}

/** Where one gives a role to somebody, and where one asks what he may. */
export const givingAddress = (path: string) => `/roles/assignments?new&subject=${part(path)}`;
export const askingAddress = (path: string) => `/decide?principal=${part(path)}`;
export const historyAddress = (id: string) => `/audit?user=${part(id)}`;

/** The page of a user, group or service account, by what its node says; none for other kinds. */
export function addressOf(kind: string, id: string, path: string | null | undefined): string | undefined {
  const [, realm, username] = (path ?? "").split("/");
  if (kind === "user" && realm && username) return userAddress(realm, username);
  if (kind === "group") return groupAddress(id);
  if (kind === "service_account") return accountAddress(id);
  if (kind === "realm" && realm) return realmAddress(realm);
  return undefined;
}
