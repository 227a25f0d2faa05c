import { Button, Group, JsonInput, Stack } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useState } from "react";
import { useTranslations } from "use-intl";
import type { FieldError } from "~/api/problem.ts";
import { useMe } from "~/app/session.ts";
import { begin, tellFields } from "~/common/form.ts";
import { ProblemAlert } from "~/common/ProblemAlert.tsx";
import { tellDone } from "~/common/tell.tsx";
import { Card } from "../Card.tsx";
import { useProfileChange } from "./me.ts";

/** Notes of one's own, which applications may read. */
export function Metadata() {
  const t = useTranslations("own.metadata");
  const app = useTranslations("app.do");
  const { metadata } = useMe();
  const change = useProfileChange();
  const form = useForm({
    initialValues: { metadata: written(metadata) },
    validate: { metadata: (text) => (parsed(text) ? null : t("wrong")) },
  });
  const [shown, setShown] = useState<readonly FieldError[]>([]);
  const save = (text: string) =>
    change.mutate(
      // The document says no more than that it is an object.
      { metadata: merge(metadata, parsed(text) ?? {}) as Record<string, never> },
      {
        onSuccess: (now) => {
          begin(form, { metadata: text }, { metadata: written(now?.metadata ?? {}) });
          tellDone(t("saved"));
        },
        onError: (error) => setShown(tellFields(form, error)),
      },
    );
  return (
    <Card title={t("title")} lead={t("lead")}>
      <form onSubmit={form.onSubmit(({ metadata }) => save(metadata))}>
        <Stack>
          <JsonInput
            label={t("label")}
            validationError={t("wrong")}
            autosize
            minRows={3}
            maxRows={16}
            {...form.getInputProps("metadata")}
          />
          <ProblemAlert error={change.error} shown={shown} />
          <Group justify="flex-end">
            <Button type="submit" disabled={!form.isDirty()} loading={change.isPending}>
              {app("save")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Card>
  );
}

function written(metadata: object): string {
  return JSON.stringify(metadata, null, 2);
}

function parsed(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text || "{}");
    const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
    return isObject ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

/** What makes one object of another when it is merged into it (RFC 7396): null where something goes. */
function merge(from: object, to: Record<string, unknown>): Record<string, unknown> {
  const gone = Object.keys(from).filter((key) => !Object.hasOwn(to, key));
  const kept = Object.entries(to).map(([key, value]) => {
    const before: unknown = Object.hasOwn(from, key) ? from[key as keyof typeof from] : undefined;
    const both = isPlain(before) && isPlain(value);
    return [key, both ? merge(before, value) : value] as const;
  });
  return Object.fromEntries([...gone.map((key) => [key, null] as const), ...kept]);
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
