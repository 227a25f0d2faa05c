import { useTranslations } from "use-intl";
import { Page } from "~/common/Page.tsx";

export default function Decide() {
  const t = useTranslations("app");
  return (
    <Page title={t("navigation.decide")} lead={t("home.decide")}>
      {null}
    </Page>
  );
}
