import { Button } from "@mantine/core";
import { IconBinaryTree } from "@tabler/icons-react";
import { useSyncExternalStore } from "react";
import { useTranslations } from "use-intl";
import { Empty } from "~/common/Empty.tsx";
import { isManaged } from "./kinds.tsx";
import { useOutline } from "./node.ts";

/** What to do while there are no nodes of one's own, or none that one may read. */
export function Nothing({ mayCreate, create }: { mayCreate: boolean; create(): void }) {
  const t = useTranslations("tree.nothing");
  const outline = useOutline();
  const rows = useSyncExternalStore(outline.subscribe, outline.rows);
  if (!outline.isLoaded()) return null;
  if (rows.length === 0) {
    return (
      <Empty Icon={IconBinaryTree} title={t("hidden")}>
        {t("hiddenLead")}
      </Empty>
    );
  }
  const isNew = rows.every(
    (row) => row.type === "node" && row.node.kind !== "application" && isManaged(row.node.kind),
  );
  if (!isNew || !mayCreate) return null;
  return (
    <Empty Icon={IconBinaryTree} title={t("new")}>
      {t("newLead")}
      <Button onClick={create}>{t("create")}</Button>
    </Empty>
  );
}
