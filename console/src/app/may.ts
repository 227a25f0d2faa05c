import { api } from "~/api/client.ts";
import { useMe } from "./session.ts";

/**
 * Which of these permissions one has at a node; at `$global` if none is named. Only for what is shown: the server
 * decides anew at each request. Until it is known, nothing is.
 */
export function useMay<Name extends string>(permissions: readonly Name[], node?: string): ReadonlySet<Name> {
  const { superuser } = useMe();
  const body = { permissions: [...permissions], ...(node === undefined ? {} : { node }) };
  const answer = api.useQuery("post", "/api/v1/access/permissions", { body }, { enabled: !superuser });
  if (superuser) return new Set(permissions);
  const held = new Set(answer.data?.permissions);
  return new Set(permissions.filter((permission) => held.has(permission)));
}
