import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "use-intl";
import { client } from "~/api/client.ts";
import { tellDone } from "~/common/tell.tsx";

/** Confirms a factor: it counts, and other sessions end. Answers the recovery codes, if there are any. */
export function useConfirm(id: string, onDone: (codes: readonly string[]) => void) {
  const t = useTranslations("own.factors");
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async (code: string) => {
      const { data } = await client.POST("/auth/factors/{id}/confirm", {
        params: { path: { id } },
        body: { code },
      });
      return data;
    },
    onSuccess: (confirmed) => {
      tellDone(t("confirmed"));
      void queries.invalidateQueries({ queryKey: ["get", "/auth/me"] });
      void queries.invalidateQueries({ queryKey: ["get", "/auth/factors"] });
      onDone(confirmed?.recovery_codes ?? []);
    },
  });
}
