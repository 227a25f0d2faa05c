import { useMutation, useQueryClient } from "@tanstack/react-query";
import { client, type Schema } from "~/api/client.ts";

/** What is read anew when something of the own account has changed. */
export function useMeAgain(): () => Promise<void> {
  const queries = useQueryClient();
  return () => queries.invalidateQueries({ queryKey: ["get", "/auth/me"] });
}

/** Changes the own profile; what is not named stays. */
export function useProfileChange() {
  const again = useMeAgain();
  return useMutation({
    mutationFn: async (body: Schema<"ProfileInput">) => {
      const { data } = await client.PUT("/auth/profile", { body });
      await again();
      return data;
    },
  });
}
