import { Button, Group, Stack, TextInput } from "@mantine/core";
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

/** How one is called. */
export function Names() {
  const t = useTranslations("own.profile");
  const app = useTranslations("app.do");
  const me = useMe();
  const change = useProfileChange();
  const form = useForm({ initialValues: { full_name: me.full_name ?? "" } });
  const [shown, setShown] = useState<readonly FieldError[]>([]);
  const save = (full_name: string) =>
    change.mutate(
      { full_name: full_name.trim() || null },
      {
        onSuccess: (now) => {
          begin(form, { full_name }, { full_name: now?.full_name ?? "" });
          tellDone(t("saved"));
        },
        onError: (error) => setShown(tellFields(form, error)),
      },
    );
  return (
    <Card title={t("names")}>
      <form onSubmit={form.onSubmit(({ full_name }) => save(full_name))}>
        <Stack>
          <TextInput
            label={t("username")}
            description={t("usernameHint")}
            value={me.username}
            readOnly
            variant="filled"
          />
          {me.realm && <TextInput label={t("realm")} value={me.realm} readOnly variant="filled" />}
          <TextInput
            label={t("fullName")}
            description={t("fullNameHint")}
            autoComplete="name"
            {...form.getInputProps("full_name")}
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
