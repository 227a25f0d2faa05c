import { Group, Text } from "@mantine/core";
import { IconCheck, IconX } from "@tabler/icons-react";
import { useTranslations } from "use-intl";
import type { AuditEvent } from "./filters.ts";

/** Whether it succeeded, by a sign and a word. */
export function Outcome({ event }: { event: AuditEvent }) {
  const t = useTranslations("audit.outcome");
  return (
    <Group gap={4} wrap="nowrap" c={event.success ? "inherit" : "var(--mantine-color-error)"}>
      {event.success ? <IconCheck size={16} aria-hidden /> : <IconX size={16} aria-hidden />}
      <Text span inherit size="sm">
        {t(event.success ? "success" : "failure")}
      </Text>
    </Group>
  );
}
