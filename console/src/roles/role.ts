/** A role that is there, with the tag by which a change tells that it knows how it is now. */

import { queryOptions, useQuery } from "@tanstack/react-query";
import { client, type Schema } from "~/api/client.ts";

export interface TaggedRole {
  role: Schema<"RoleView">;
  etag: string;
}

function read(id: string) {
  return queryOptions({
    queryKey: ["roles", "role", id],
    queryFn: async (): Promise<TaggedRole> => {
      const { data, response } = await client.GET("/api/v1/roles/{role}", { params: { path: { role: id } } });
      if (!data) throw new Error("the role is missing in the answer");
      return { role: data, etag: response.headers.get("etag") ?? "*" };
    },
  });
}

/** A role by id or `name@owner`. */
export function useRole(id: string | undefined) {
  return useQuery({ ...read(id ?? ""), enabled: id !== undefined });
}

/** Saves name and rules, if nobody else changed them since. */
export async function saveRole({ role, etag }: TaggedRole, body: Schema<"UpdateRoleInput">): Promise<void> {
  const params = { path: { role: role.id } };
  await client.PUT("/api/v1/roles/{role}", { params, body, headers: { "if-match": etag } });
}

/** How a person calls a role: with its owner, unless it counts everywhere. */
export function roleLabel({ name, owner }: Schema<"RoleName">): string {
  return owner.path && owner.path !== "/$global" ? `${name} (${owner.path})` : name;
}
