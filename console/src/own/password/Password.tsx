import { Button, Group, PasswordInput, Stack, Text } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { client } from "~/api/client.ts";
import { type FieldError, Problem } from "~/api/problem.ts";
import { useMe } from "~/app/session.ts";
import { tellFields } from "~/common/form.ts";
import { ProblemAlert } from "~/common/ProblemAlert.tsx";
import { Time } from "~/common/Time.tsx";
import { tellDone } from "~/common/tell.tsx";
import { Card } from "../Card.tsx";
import { Policy } from "./Policy.tsx";

/** Another password. */
export function Password() {
  const t = useTranslations("own.password");
  const me = useMe();
  const queries = useQueryClient();
  const form = useForm({
    initialValues: { old_password: "", new_password: "", again: "" },
    validate: { again: (again, { new_password }) => (again === new_password ? null : t("unlike")) },
  });
  const [shown, setShown] = useState<readonly FieldError[]>([]);
  const change = useMutation({
    mutationFn: async () => {
      const { old_password, new_password } = form.getValues();
      await client.POST("/auth/password", { body: { old_password, new_password } });
    },
    onSuccess: async () => {
      form.reset();
      tellDone(t("changed"));
      await queries.invalidateQueries();
    },
    onError: (error) => {
      setShown(tellFields(form, error));
      if (isWrong(error)) form.setFieldError("old_password", t("wrong"));
    },
  });
  const show = { "aria-label": t("show") };
  return (
    <Card title={t("title")} lead={t("lead")}>
      {me.password_expires_at && (
        <Text size="sm" fw={600}>
          {t("expires")} <Time at={me.password_expires_at} />
        </Text>
      )}
      <form onSubmit={form.onSubmit(() => change.mutate())}>
        <Stack maw={480}>
          <input type="hidden" autoComplete="username" value={me.username} />
          <PasswordInput
            label={t("old")}
            autoComplete="current-password"
            required
            visibilityToggleButtonProps={show}
            {...form.getInputProps("old_password")}
          />
          <PasswordInput
            label={t("new")}
            autoComplete="new-password"
            required
            visibilityToggleButtonProps={show}
            {...form.getInputProps("new_password")}
          />
          <Policy password={form.getValues().new_password} />
          <PasswordInput
            label={t("again")}
            autoComplete="new-password"
            required
            visibilityToggleButtonProps={show}
            {...form.getInputProps("again")}
          />
          <ProblemAlert error={isWrong(change.error) ? undefined : change.error} shown={shown} />
          <Group justify="flex-end">
            <Button type="submit" loading={change.isPending}>
              {t("change")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Card>
  );
}

/** The old password was wrong: the session is good. */
function isWrong(error: unknown): boolean {
  return error instanceof Problem && error.status === 401 && error.credential === undefined;
}
