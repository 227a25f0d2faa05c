import { List, SimpleGrid, Stack, Table, Text, Title } from "@mantine/core";
import { useTranslations } from "use-intl";
import type { AuditEvent } from "../filters.ts";
import { type Change, changesOf, fieldsOf } from "./changes.ts";
import { Value } from "./Value.tsx";

/** What was there before, and what is after. */
export function Changes({ event }: { event: AuditEvent }) {
  const t = useTranslations("audit.event");
  const changes = changesOf(event);
  if (!changes) return null;
  if (changes.length === 0) {
    return (
      <Text size="sm" c="dimmed">
        {t("noValues")}
      </Text>
    );
  }
  return (
    <section aria-label={t("change")}>
      <Title order={4} size="h5" mb="xs">
        {t("change")}
      </Title>
      <Stack>
        {changes.map((change) => (
          <OneChange key={JSON.stringify(change)} change={change} />
        ))}
      </Stack>
    </section>
  );
}

function OneChange({ change }: { change: Change }) {
  const t = useTranslations("audit.event");
  const fields = fieldsOf(change);
  if (fields.length > 0) {
    return (
      <Table aria-label={t("change")} layout="fixed" withTableBorder>
        <Table.Thead>
          <Table.Tr>
            <Table.Th w="32%">{t("field")}</Table.Th>
            <Table.Th>{t("before")}</Table.Th>
            <Table.Th>{t("after")}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {fields.map(({ name, before, after }) => (
            <Table.Tr key={name}>
              <Table.Th scope="row" className="told">
                {name}
              </Table.Th>
              <Table.Td className="told">
                <Value name={name} value={before} />
              </Table.Td>
              <Table.Td className="told">
                <Value name={name} value={after} />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    );
  }
  const lists = change.kind === "lists";
  return (
    <SimpleGrid cols={{ base: 1, xs: 2 }}>
      <Side title={t(lists ? "taken" : "before")} value={change.before} />
      <Side title={t(lists ? "given" : "after")} value={change.after} />
    </SimpleGrid>
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
