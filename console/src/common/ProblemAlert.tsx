import { Alert, List, Text } from "@mantine/core";
import { IconAlertCircle } from "@tabler/icons-react";
import { useTranslations } from "use-intl";
import { type FieldError, Problem } from "~/api/problem.ts";

interface Props {
  error: unknown;
  /** Errors of fields that are shown at their fields already. */
  shown?: readonly FieldError[];
}

/** What was refused or went wrong, in the server's words. Nothing without an error, or if its fields tell all of it. */
export function ProblemAlert({ error, shown = [] }: Props) {
  const t = useTranslations("app.problem");
  if (!error) return null;
  const problem = error instanceof Problem ? error : undefined;
  const rest = problem?.errors.filter((field) => !shown.includes(field)) ?? [];
  if (shown.length > 0 && rest.length === 0) return null;
  return (
    <Alert color="red" role="alert" icon={<IconAlertCircle />} title={problem?.title || t("title")}>
      <Text size="sm" className="told">
        {problem ? problem.message : t("away")}
      </Text>
      {rest.length > 0 && (
        <List size="sm" mt={4}>
          {rest.map((field) => (
            <List.Item key={field.pointer + field.detail} className="told">
              {field.pointer && <code>{field.pointer}</code>} {field.detail}
            </List.Item>
          ))}
        </List>
      )}
      {problem && problem.status >= 500 && problem.requestId && (
        <Text size="xs" mt={4}>
          {t("request", { id: problem.requestId })}
        </Text>
      )}
    </Alert>
  );
}
