import { Stack, Text } from "@mantine/core";
import { useTranslations } from "use-intl";
import { type FieldError, Problem } from "~/api/problem.ts";
import { ProblemAlert } from "~/common/ProblemAlert.tsx";

/** A refusal of the server, and what it means here in plain words. */
export function Refusal({ error, shown = [] }: { error: unknown; shown?: readonly FieldError[] }) {
  const t = useTranslations("roles.refused");
  if (!error) return null;
  const meaning = meaningOf(error);
  return (
    <Stack gap={4}>
      <ProblemAlert error={error} shown={shown} />
      {meaning && (
        <Text size="sm" c="dimmed">
          {t(meaning)}
        </Text>
      )}
    </Stack>
  );
}

function meaningOf(error: unknown) {
  if (!(error instanceof Problem)) return undefined;
  if (error.status === 403) return /would give|granting/.test(error.message) ? "granting" : "forbidden";
  if (error.status === 412) return "changed";
  if (error.status === 409 && /built-in/i.test(error.message)) return "builtIn";
  return undefined;
}
