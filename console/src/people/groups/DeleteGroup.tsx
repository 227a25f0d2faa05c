import { List } from "@mantine/core";
import { useTranslations } from "use-intl";
import { useLocation } from "wouter";
import { client, type Schema } from "~/api/client.ts";
import { tellDone } from "~/common/tell.tsx";
import { ifMatch } from "../deed.ts";
import { EndingCard } from "../EndingCard.tsx";
import { useEnding } from "../ending.ts";

interface Props {
  group: Schema<"GroupView">;
  tag: string | null;
}

/** The end of a group. */
export function DeleteGroup({ group, tag }: Props) {
  const t = useTranslations("people.deleteGroup");
  const [, go] = useLocation();
  const { id, name } = group;
  const end = useEnding(
    () => client.DELETE("/api/v1/groups/{group}", { params: { path: { group: id } }, ...ifMatch(tag) }),
    () => {
      tellDone(t("done", { name }));
      go("/people/groups");
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
