import { keepPreviousData } from "@tanstack/react-query";
import { api } from "~/api/client.ts";
import { Problem } from "~/api/problem.ts";
import { useMe } from "~/app/session.ts";
import { MYSELF, type Who } from "./question.ts";

/** A node by its path or id. One that cannot be read stays without a name: the answer tells what that means. */
export function useNode(reference: string) {
  return api.useQuery(
    "get",
    "/api/v1/nodes/{node}",
    { params: { path: { node: reference } } },
    {
      enabled: reference !== "",
      placeholderData: keepPreviousData,
      retry: (count, error) => count < 2 && !(error instanceof Problem),
    },
  );
}

/** Who a question is about. Undefined while that is not known. */
export function useWho(principal: string): Who | undefined {
  const me = useMe();
  const myself = principal === MYSELF;
  const node = useNode(myself ? "" : principal);
  if (myself) {
    const path = me.realm ? `/${me.realm}/${me.username}` : undefined;
    return {
      myself,
      reference: MYSELF,
      name: me.full_name || me.username,
      path,
      id: undefined,
      kind: me.kind,
    };
  }
  if (principal === "" || node.isPending || node.isPlaceholderData) return undefined;
  return {
    myself,
    reference: principal,
    name: node.data?.name ?? principal,
    path: node.data?.path,
    id: node.data?.id,
    kind: node.data?.kind,
  };
}
