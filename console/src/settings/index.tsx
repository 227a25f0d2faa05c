import { useTranslations } from "use-intl";
import { Page } from "~/common/Page.tsx";

export default function Settings() {
  const t = useTranslations("app");
  return (
    <Page title={t("navigation.settings")} lead={t("home.settings")}>
      {null}
    </Page>
  );
}
