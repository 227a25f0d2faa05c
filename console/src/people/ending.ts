import { useMutation, useQueryClient } from "@tanstack/react-query";
import { READ } from "./deed.ts";

/** The end of a thing that has a page: one leaves the page first, so that nothing reads what is gone. */
export function useEnding(run: () => Promise<unknown>, leave: () => void) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: run,
    onSuccess: () => {
      queries.removeQueries({ queryKey: READ, type: "inactive" });
      leave();
      // What is left is read anew when it is shown next.
      return queries.invalidateQueries({ queryKey: READ, refetchType: "none" });
    },
  });
}
