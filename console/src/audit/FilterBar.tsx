import { Anchor, Card, Collapse, Grid, Group, Select, Stack, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconChevronDown, IconChevronRight } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { ACTIONS } from "./actions.ts";
import { useFilters } from "./filters.ts";
import { PersonFilter, ThingFilter } from "./pick_by_id.tsx";
import { TimeFilter } from "./TimeFilter.tsx";
import { RESOURCES, TYPES, useWords } from "./words.ts";

/** Which events are shown; all of it stands in the address. */
export function FilterBar() {
  const t = useTranslations("audit.filter");
  const words = useWords();
  const { filters, change, clear, isFiltered } = useFilters();
  const { resource_type, resource_id, request_id } = filters;
  const [more, { toggle }] = useDisclosure(`${resource_type}${resource_id}${request_id}` !== "");
  const choices = (known: readonly string[], chosen: string, word: (name: string) => string) =>
    [...new Set([...known, ...(chosen ? [chosen] : [])])].map((value) => ({ value, label: word(value) }));
  return (
    <Card withBorder padding="md" component="section" aria-label={t("label")}>
      <Stack gap="sm">
        <Grid gap="md" align="flex-end">
          <TimeFilter />
          <Grid.Col span={{ base: 12, xs: 6, md: 3 }}>
            <Select
              label={t("type")}
              placeholder={t("any")}
              data={choices(TYPES, filters.event_type, words.type)}
              value={filters.event_type || null}
              onChange={(event_type) => change({ event_type: event_type ?? "" })}
              clearable
              searchable
            />
          </Grid.Col>
          <Grid.Col span={{ base: 12, xs: 6, md: 3 }}>
            <Select
              label={t("action")}
              placeholder={t("any")}
              data={choices(ACTIONS, filters.action, words.action)}
              value={filters.action || null}
              onChange={(action) => change({ action: action ?? "" })}
              clearable
              searchable
            />
          </Grid.Col>
          <Grid.Col span={{ base: 12, xs: 6, md: 3 }}>
            <Select
              label={t("success")}
              data={[
                { value: "", label: t("any") },
                { value: "true", label: t("succeeded") },
                { value: "false", label: t("failed") },
              ]}
              value={filters.success}
              onChange={(success) => change({ success: success ?? "" })}
              allowDeselect={false}
            />
          </Grid.Col>
          <Grid.Col span={{ base: 12, xs: 6, md: 3 }}>
            <PersonFilter label={t("user")} id={filters.user} onChange={(user) => change({ user })} />
          </Grid.Col>
        </Grid>
        <Collapse expanded={more}>
          <Grid gap="md" align="flex-end">
            <Grid.Col span={{ base: 12, xs: 6, md: 3 }}>
              <Select
                label={t("resourceType")}
                placeholder={t("any")}
                data={choices(RESOURCES, resource_type, words.resource)}
                value={resource_type || null}
                onChange={(type) => change({ resource_type: type ?? "", resource_id: "" })}
                clearable
                searchable
              />
            </Grid.Col>
            <Grid.Col span={{ base: 12, xs: 6, md: 4 }}>
              <ThingFilter
                type={resource_type}
                id={resource_id}
                onChange={(id) => change({ resource_id: id })}
              />
            </Grid.Col>
            <Grid.Col span={{ base: 12, md: 5 }}>
              <TypedFilter
                label={t("request")}
                value={request_id}
                onChange={(id) => change({ request_id: id })}
              />
            </Grid.Col>
          </Grid>
        </Collapse>
        <Group justify="space-between">
          <Anchor component="button" size="sm" onClick={toggle} aria-expanded={more}>
            <Group gap={4}>
              {more ? <IconChevronDown size={16} aria-hidden /> : <IconChevronRight size={16} aria-hidden />}
              {t("more")}
            </Group>
          </Anchor>
          {isFiltered && (
            <Anchor component="button" size="sm" onClick={clear}>
              {t("clear")}
            </Anchor>
          )}
        </Group>
      </Stack>
    </Card>
  );
}

interface TypedProps {
  label: string;
  value: string;
  onChange(text: string): void;
}

/** A field whose text counts once one leaves it or presses Enter. */
export function TypedFilter({ label, value, onChange }: TypedProps) {
  const [text, setText] = useState<string>();
  const done = () => {
    if (text !== undefined && text.trim() !== value) onChange(text.trim());
    setText(undefined);
  };
  return (
    <TextInput
      label={label}
      value={text ?? value}
      onChange={(event) => setText(event.currentTarget.value)}
      onBlur={done}
      onKeyDown={(event) => {
        if (event.key === "Enter") done();
      }}
    />
  );
}
