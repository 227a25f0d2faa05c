import { Select, Text, Textarea } from "@mantine/core";
import { useTranslations } from "use-intl";
import { client } from "~/api/client.ts";
import { FormDialog } from "~/common/FormDialog.tsx";
import { useSaving } from "~/common/saving.ts";
import { TimeInput } from "~/common/TimeInput.tsx";
import { tellDone } from "~/common/tell.tsx";
import { READ } from "../deed.ts";
import { atRead, type Read } from "./paths.ts";

const HOUR = 3_600_000;
const LENGTHS = { hour: HOUR, day: 24 * HOUR, week: 7 * 24 * HOUR } as const;
const CHOICES = ["forGood", "hour", "day", "week", "until"] as const;
type Length = (typeof CHOICES)[number];

/** Locks a user: how long, and why. */
export function Lock({ user, tag, onClose }: Read & { onClose(): void }) {
  const t = useTranslations("people.lockUser");
  const { username } = user;
  const { form, ...dialog } = useSaving({
    initial: { length: "forGood" as Length, until: null as string | null, reason: "" },
    validate: { until: (until, { length }) => (length === "until" && until === null ? t("choose") : null) },
    changes: READ,
    save: (values) => {
      const until = end(values.length, values.until);
      const body = { ...(until && { until }), ...(values.reason && { reason: values.reason }) };
      return client.POST("/api/v1/realms/{realm}/users/{username}/lock", {
        ...atRead({ user, tag }),
        body,
      });
    },
    saved: () => {
      onClose();
      tellDone(t("done", { username }));
    },
  });
  return (
    <FormDialog title={t("title", { username })} action={t("action")} danger onClose={onClose} {...dialog}>
      <Text size="sm">{t("lead")}</Text>
      <Select
        data-autofocus
        label={t("length")}
        allowDeselect={false}
        data={CHOICES.map((value) => ({ value, label: t(value) }))}
        {...form.getInputProps("length")}
      />
      {form.values.length === "until" && (
        <TimeInput label={t("until")} required {...form.getInputProps("until")} value={form.values.until} />
      )}
      <Textarea
        label={t("reason")}
        description={t("reasonHint")}
        maxLength={500}
        autosize
        minRows={2}
        {...form.getInputProps("reason")}
      />
    </FormDialog>
  );
}

function end(length: Length, until: string | null): string | null {
  if (length === "until") return until;
  return length === "forGood" ? null : new Date(Date.now() + LENGTHS[length]).toISOString();
}
