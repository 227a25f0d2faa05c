import { Grid, Select, TextInput } from "@mantine/core";
import { useTranslations } from "use-intl";
import { RANGES, type Range, useFilters } from "./filters.ts";

const KEYS = Object.keys(RANGES).filter((key): key is Range => key in RANGES);

/** When: a span up to now, or from one moment until another. */
export function TimeFilter() {
  const t = useTranslations("audit");
  const { filters, change } = useFilters();
  const { range, since, until } = filters;
  const own = range === "" && (since !== "" || until !== "");
  return (
    <>
      <Grid.Col span={{ base: 12, xs: 6, md: 3 }}>
        <Select
          label={t("filter.range")}
          data={[
            { value: "", label: t("range.all") },
            ...KEYS.map((key) => ({ value: key, label: t(`range.${key}`) })),
            { value: "own", label: t("range.own") },
          ]}
          value={own ? "own" : range}
          onChange={(chosen) => {
            if (chosen === "own") change({ range: "", since: daysAgo(7) });
            else change({ range: chosen ?? "", since: "", until: "" });
          }}
          allowDeselect={false}
        />
      </Grid.Col>
      {own && (
        <>
          <Grid.Col span={{ base: 12, xs: 6, md: 3 }}>
            <Moment label={t("filter.since")} at={since} onChange={(at) => change({ since: at })} />
          </Grid.Col>
          <Grid.Col span={{ base: 12, xs: 6, md: 3 }}>
            <Moment label={t("filter.until")} at={until} onChange={(at) => change({ until: at })} />
          </Grid.Col>
        </>
      )}
    </>
  );
}

/** A moment, in the browser's own field and time zone. */
function Moment({ label, at, onChange }: { label: string; at: string; onChange(at: string): void }) {
  return (
    <TextInput
      type="datetime-local"
      label={label}
      value={at ? local(new Date(at)) : ""}
      onChange={(event) => {
        const text = event.currentTarget.value;
        const time = new Date(text);
        onChange(text === "" || Number.isNaN(time.getTime()) ? "" : time.toISOString());
      }}
    />
  );
}

/** `2026-11-29T10:20`, as the field wants it. */
function local(time: Date): string {
  if (Number.isNaN(time.getTime())) return "";
  const shifted = new Date(time.getTime() - time.getTimezoneOffset() * 60_000);
  return shifted.toISOString().slice(0, 16);
}

function daysAgo(days: number): string {
  const time = new Date();
  time.setDate(time.getDate() - days);
  time.setHours(0, 0, 0, 0);
  return time.toISOString();
}
