import { useTranslations } from "use-intl";
import { Page } from "~/common/Page.tsx";

export default function Audit() {
  const t = useTranslations("app");
  return (
    <Page title={t("navigation.audit")} lead={t("home.audit")}>
      {null}
    </Page>
  );
}
