import { useQuery } from "@tanstack/react-query";
import { client } from "~/api/client.ts";
import { Problem } from "~/api/problem.ts";
import { READ } from "./deed.ts";

/** A thing, and the tag of what was read. */
interface Tagged<Thing> {
  thing: Thing;
  tag: string | null;
}

async function tagged<Thing>(answer: Promise<{ data?: Thing; response: Response }>): Promise<Tagged<Thing>> {
  const { data, response } = await answer;
  if (data === undefined) throw new Problem(response.status, undefined);
  return { thing: data, tag: response.headers.get("etag") };
}

/** A user. */
export function useUser(realm: string, username: string) {
  return useQuery({
    queryKey: [...READ, "user", realm, username],
    queryFn: () =>
      tagged(
        client.GET("/api/v1/realms/{realm}/users/{username}", { params: { path: { realm, username } } }),
      ),
  });
}

/** A group, by id or `name@/path/of/owner`. */
export function useGroup(group: string) {
  return useQuery({
    queryKey: [...READ, "group", group],
    queryFn: () => tagged(client.GET("/api/v1/groups/{group}", { params: { path: { group } } })),
  });
}

/** A service account, by id or path. */
export function useAccount(account: string) {
  return useQuery({
    queryKey: [...READ, "account", account],
    queryFn: () =>
      tagged(client.GET("/api/v1/service-accounts/{account}", { params: { path: { account } } })),
  });
}

/** A realm. */
export function useRealm(realm: string) {
  return useQuery({
    queryKey: [...READ, "realm", realm],
    queryFn: () => tagged(client.GET("/api/v1/realms/{realm}", { params: { path: { realm } } })),
  });
}

/** The connections between realms, all of them: they are few. */
export function useConnections() {
  return useQuery({
    queryKey: [...READ, "connections"],
    queryFn: async () => {
      const { data } = await client.GET("/api/v1/realm-connections", { params: { query: { limit: 500 } } });
      return data?.items ?? [];
    },
  });
}

/** How many users one manages in a realm. */
export function useUserCount(realm: string) {
  return useQuery({
    queryKey: [...READ, "users", realm, "count"],
    queryFn: async () => {
      const { data } = await client.GET("/api/v1/realms/{realm}/users", {
        params: { path: { realm }, query: { limit: 1 } },
      });
      return data?.total ?? null;
    },
  });
}
