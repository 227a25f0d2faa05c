import { useTranslations } from "use-intl";
import { Page } from "~/common/Page.tsx";

export default function Roles() {
  const t = useTranslations("app");
  return (
    <Page title={t("navigation.roles")} lead={t("home.roles")}>
      {null}
    </Page>
  );
}
