import { Button, Card, Group, JsonInput, Stack } from "@mantine/core";
import { useTranslations } from "use-intl";
import { client } from "~/api/client.ts";
import { ProblemAlert } from "~/common/ProblemAlert.tsx";
import { useSaving } from "~/common/saving.ts";
import { tellDone } from "~/common/tell.tsx";
import { CardHead } from "../CardHead.tsx";
import { READ } from "../deed.ts";
import { anyObject, atRead, type Read } from "./paths.ts";

/** What the user keeps about himself, as JSON. */
export function Metadata({ user, tag }: Read) {
  const t = useTranslations("people.metadata");
  const app = useTranslations("app.do");
  const { form, submit, busy, error, shown } = useSaving({
    initial: { metadata: JSON.stringify(user.metadata, null, 2) },
    validate: { metadata: (text) => (object(text) ? null : t("noObject")) },
    changes: READ,
    save: ({ metadata }) =>
      client.PATCH("/api/v1/realms/{realm}/users/{username}", {
        ...atRead({ user, tag }),
        body: { metadata: anyObject(object(metadata) ?? {}) },
      }),
    saved: () => tellDone(t("done")),
  });
  return (
    <Card withBorder component="form" onSubmit={submit}>
      <Stack>
        <CardHead title={t("title")} lead={t("lead")} />
        <JsonInput
          aria-label={t("title")}
          autosize
          minRows={2}
          maxRows={16}
          spellCheck={false}
          {...form.getInputProps("metadata")}
        />
        <ProblemAlert error={error} shown={shown} />
        {form.isDirty() && (
          <Group>
            <Button type="submit" loading={busy}>
              {app("save")}
            </Button>
            <Button variant="subtle" onClick={form.reset}>
              {app("cancel")}
            </Button>
          </Group>
        )}
      </Stack>
    </Card>
  );
}

/** The object that a text is, if it is one. */
function object(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
