import { List, SimpleGrid, Stack, Text, Title } from "@mantine/core";
import { useTranslations } from "use-intl";
import type { AuditEvent } from "../filters.ts";
import { changeOf } from "./changes.ts";
import { Value } from "./Value.tsx";

/** What was there before, and what is after. */
export function Changes({ event }: { event: AuditEvent }) {
  const t = useTranslations("audit.event");
  const change = changeOf(event);
  if (!change) return null;
  if (change.kind === "none") {
    return (
      <Text size="sm" c="dimmed">
        {t("noValues")}
      </Text>
    );
  }
  const lists = change.kind === "lists";
  return (
    <section aria-label={t("change")}>
      <Title order={4} size="h5" mb="xs">
        {t("change")}
      </Title>
      <SimpleGrid cols={{ base: 1, xs: 2 }}>
        <Side title={t(lists ? "taken" : "before")} value={change.before} />
        <Side title={t(lists ? "given" : "after")} value={change.after} />
      </SimpleGrid>
    </section>
  );
}

function Side({ title, value }: { title: string; value: unknown }) {
  const t = useTranslations("audit.event");
  const empty = value === null || value === "" || (Array.isArray(value) && value.length === 0);
  return (
    <Stack gap={4}>
      <Text size="sm" fw={600}>
        {title}
      </Text>
      {empty ? (
        <Text size="sm" c="dimmed">
          {t("none")}
        </Text>
      ) : Array.isArray(value) ? (
        <List size="sm" className="told">
          {value.map((item) => (
            <List.Item key={JSON.stringify(item)}>
              <Value name="" value={item} />
            </List.Item>
          ))}
        </List>
      ) : (
        <Text size="sm" component="div" className="told">
          <Value name="" value={value} />
        </Text>
      )}
    </Stack>
  );
}
