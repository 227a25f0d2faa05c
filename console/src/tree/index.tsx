import { useTranslations } from "use-intl";
import { Page } from "~/common/Page.tsx";

export default function Tree() {
  const t = useTranslations("app");
  return (
    <Page title={t("navigation.tree")} lead={t("home.tree")}>
      {null}
    </Page>
  );
}
