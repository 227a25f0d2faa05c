import { List } from "@mantine/core";
import { useTranslations } from "use-intl";
import { useLocation } from "wouter";
import { client, type Schema } from "~/api/client.ts";
import { tellDone } from "~/common/tell.tsx";
import { ifMatch } from "../deed.ts";
import { EndingCard } from "../EndingCard.tsx";
import { useEnding } from "../ending.ts";

interface Props {
  account: Schema<"ServiceAccountView">;
  tag: string | null;
}

/** The end of a service account. */
export function DeleteAccount({ account, tag }: Props) {
  const t = useTranslations("people.deleteAccount");
  const [, go] = useLocation();
  const { id, name } = account;
  const end = useEnding(
    () =>
      client.DELETE("/api/v1/service-accounts/{account}", {
        params: { path: { account: id } },
        ...ifMatch(tag),
      }),
    () => {
      tellDone(t("done", { name }));
      go("/people/service-accounts");
    },
  );
  return (
    <EndingCard title={t("title")} lead={t("lead")} button={t("button")} name={name} end={end}>
      <List size="sm">
        <List.Item>{t("goes")}</List.Item>
        <List.Item>{t("stays")}</List.Item>
      </List>
    </EndingCard>
  );
}
