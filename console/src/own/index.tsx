import { useTranslations } from "use-intl";
import { Page } from "~/common/Page.tsx";

export default function Own() {
  const t = useTranslations("app");
  return (
    <Page title={t("navigation.own")} lead={t("home.own")}>
      {null}
    </Page>
  );
}
