import { Alert, Button, Text } from "@mantine/core";
import { IconRefresh } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "use-intl";
import { type FieldError, Problem } from "~/api/problem.ts";
import { ProblemAlert } from "~/common/ProblemAlert.tsx";
import { useOutline } from "./node.ts";

interface Props {
  error: unknown;
  shown?: readonly FieldError[];
  /** Forgets the refusal, once what is there now was loaded. */
  onReloaded(): void;
}

/** Why a change was refused; where somebody else was faster, with the way to what is there now. */
export function Refusal({ error, shown = [], onReloaded }: Props) {
  const t = useTranslations("tree.changed");
  const queries = useQueryClient();
  const outline = useOutline();
  if (!(error instanceof Problem) || error.status !== 412)
    return <ProblemAlert error={error} shown={shown} />;
  const reload = async () => {
    await Promise.all([outline.reload(), queries.invalidateQueries()]);
    onReloaded();
  };
  return (
    <Alert color="yellow" role="alert" icon={<IconRefresh />} title={t("title")}>
      <Text size="sm">{t("lead")}</Text>
      <Button size="xs" mt="xs" variant="default" onClick={reload}>
        {t("reload")}
      </Button>
    </Alert>
  );
}
