import { IconPointer } from "@tabler/icons-react";
import { useTranslations } from "use-intl";
import { Empty } from "~/common/Empty.tsx";

/** Where the page of a node would be, and none was chosen. */
export function Unchosen() {
  const t = useTranslations("tree.unchosen");
  return (
    <Empty Icon={IconPointer} title={t("title")}>
      {t("lead")}
    </Empty>
  );
}
