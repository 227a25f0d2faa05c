import { IconMapQuestion } from "@tabler/icons-react";
import { useTranslations } from "use-intl";
import { Empty } from "~/common/Empty.tsx";
import { Page } from "~/common/Page.tsx";

/** An address where nothing is. */
export function Lost() {
  const t = useTranslations("app.lost");
  return (
    <Page title={t("title")}>
      <Empty Icon={IconMapQuestion} title={t("lead")} />
    </Page>
  );
}
