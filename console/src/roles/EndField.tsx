import { Select, SimpleGrid, TextInput } from "@mantine/core";
import { type ReactNode, useId } from "react";
import { useTranslations } from "use-intl";

const DAY = 86_400_000;
const PRESETS = { day: DAY, week: 7 * DAY, month: 30 * DAY } as const;

/** When something ends: never, some time from now, or at a time that is typed, as `datetime-local` has it. */
export interface End {
  choice: "never" | keyof typeof PRESETS | "date";
  date: string;
}

export const NEVER: End = { choice: "never", date: "" };

/** A time that is known, as it can be changed. */
export function endOf(at: string | null | undefined): End {
  if (!at) return NEVER;
  const time = new Date(at);
  const local = new Date(time.getTime() - time.getTimezoneOffset() * 60_000);
  return { choice: "date", date: local.toISOString().slice(0, 16) };
}

/** The moment; null is never, undefined that none was typed. */
export function momentOf({ choice, date }: End, now: Date): string | null | undefined {
  if (choice === "never") return null;
  if (choice !== "date") return new Date(now.getTime() + PRESETS[choice]).toISOString();
  const time = new Date(date);
  return Number.isNaN(time.getTime()) ? undefined : time.toISOString();
}

interface Props {
  value: End;
  onChange(end: End): void;
  error?: ReactNode;
}

/** When an assignment ends. */
export function EndField({ value, onChange, error }: Props) {
  const t = useTranslations("roles.end");
  const choices: { value: End["choice"]; label: string }[] = [
    { value: "never", label: t("never") },
    { value: "day", label: t("day") },
    { value: "week", label: t("week") },
    { value: "month", label: t("month") },
    { value: "date", label: t("date") },
  ];
  const id = useId();
  const isDate = value.choice === "date";
  return (
    <SimpleGrid cols={{ base: 1, xs: isDate ? 2 : 1 }}>
      <Select
        id={id}
        label={t("label")}
        data={choices}
        value={value.choice}
        allowDeselect={false}
        error={isDate ? undefined : error}
        onChange={(choice) => onChange({ ...value, choice: choice ?? "never" })}
      />
      {isDate && (
        <TextInput
          type="datetime-local"
          label={t("time")}
          required
          value={value.date}
          error={error}
          onChange={(event) => onChange({ ...value, date: event.currentTarget.value })}
        />
      )}
    </SimpleGrid>
  );
}
