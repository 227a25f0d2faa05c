import { useTranslations } from "use-intl";
import { Page } from "~/common/Page.tsx";
import { PEOPLE } from "../addresses.ts";
import { Sheets } from "../Sheets.tsx";
import { LockedSources } from "./LockedSources.tsx";
import { LockedUsers } from "./LockedUsers.tsx";

/** Who cannot come in now: users, and the addresses that failed too often. */
export function Locks() {
  const t = useTranslations("people.locks");
  return (
    <Page title={t("title")} lead={t("lead")} above={[{ title: t("above"), href: PEOPLE }]}>
      <Sheets
        label={t("title")}
        sheets={[
          { name: "users", title: t("users"), show: () => <LockedUsers /> },
          { name: "sources", title: t("sources"), show: () => <LockedSources /> },
        ]}
      />
    </Page>
  );
}
