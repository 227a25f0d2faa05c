import { useTranslations } from "use-intl";
import { Page } from "~/common/Page.tsx";

export default function People() {
  const t = useTranslations("app");
  return (
    <Page title={t("navigation.people")} lead={t("home.people")}>
      {null}
    </Page>
  );
}
