/** One node: read with its ETag, and changed only if nobody else has changed it since. */

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { createContext, use } from "react";
import { client } from "~/api/client.ts";
import type { Outline, TreeNode } from "./outline.ts";

/** A node as it was read. */
export interface Known {
  node: TreeNode;
  /** What it was changed to last; sent with each change. */
  etag: string;
}

/** The tree beside the page of the node. */
export const OutlineContext = createContext<Outline | undefined>(undefined);

export function useOutline(): Outline {
  const outline = use(OutlineContext);
  if (!outline) throw new Error("useOutline stands outside of the page of the tree");
  return outline;
}

/** The node at a path or of an id, with all it carries. */
export function useNode(reference: string) {
  return useQuery({
    queryKey: ["node", reference],
    queryFn: async (): Promise<Known> => {
      const { data, response } = await client.GET("/api/v1/nodes/{node}", {
        params: { path: { node: reference } },
      });
      if (!data) throw new Error(`${reference} was answered without a node`);
      return { node: data, etag: response.headers.get("etag") ?? "*" };
    },
  });
}

/** The headers of a change that holds only for what was read. */
export function ifUnchanged({ etag }: Known): { "if-match": string } {
  return { "if-match": etag };
}

/** Something that changes nodes; afterwards all that is shown is asked for anew. */
export function useChange<Input, Output>(
  change: (input: Input) => Promise<Output>,
  /** Done when what is shown has been read anew. */
  done?: (output: Output) => void,
) {
  const queries = useQueryClient();
  const outline = useOutline();
  return useMutation({
    mutationFn: change,
    onSuccess: async (output) => {
      await Promise.all([outline.reload(), queries.invalidateQueries()]);
      done?.(output);
    },
  });
}
