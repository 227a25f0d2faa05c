import { Button } from "@mantine/core";
import { useTranslations } from "use-intl";
import { client } from "~/api/client.ts";
import { confirmLoss } from "~/common/tell.tsx";
import { useDeed } from "../deed.ts";

/** Ends a connection between realms. */
export function Disconnect({ from, to }: { from: string; to: string }) {
  const t = useTranslations("people.connections");
  const app = useTranslations("app.do");
  const end = useDeed(
    () => client.DELETE("/api/v1/realm-connections/{from}/{to}", { params: { path: { from, to } } }),
    () => t("ended", { from, to }),
  );
  const ask = async () => {
    const loss = {
      title: t("endTitle"),
      children: t("endLead", { from, to }),
      confirm: t("end"),
      cancel: app("cancel"),
    };
    if (await confirmLoss(loss)) end.mutate();
  };
  return (
    <Button
      size="xs"
      variant="default"
      loading={end.isPending}
      onClick={ask}
      aria-label={t("endOf", { from, to })}
    >
      {t("end")}
    </Button>
  );
}
