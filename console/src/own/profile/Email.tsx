import { Alert, Badge, Button, Group, Stack, Text, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { IconMailCheck, IconMailQuestion } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { client, type Schema } from "~/api/client.ts";
import type { FieldError } from "~/api/problem.ts";
import { useMe } from "~/app/session.ts";
import { tellFields } from "~/common/form.ts";
import { ProblemAlert } from "~/common/ProblemAlert.tsx";
import { Time } from "~/common/Time.tsx";
import { tellDone, tellFailed } from "~/common/tell.tsx";
import { Card } from "../Card.tsx";
import { useMeAgain, useProfileChange } from "./me.ts";

/** Where one gets mail, and what has to be confirmed about it. */
export function Email() {
  const t = useTranslations("own.email");
  const me = useMe();
  return (
    <Card title={t("title")} lead={t("lead")}>
      <Group gap="xs">
        <Text size="sm" fw={600} className="told">
          {me.email ?? t("none")}
        </Text>
        {me.email && (
          <Badge variant="default" tt="none">
            {me.email_verified ? t("verified") : t("notVerified")}
          </Badge>
        )}
      </Group>
      {me.pending_email && <Pending pending={me.pending_email} />}
      {me.email && !me.email_verified && !me.pending_email && <Verify />}
      <Change />
    </Card>
  );
}

function Pending({ pending }: { pending: Schema<"PendingEmailView"> }) {
  const t = useTranslations("own.email");
  const again = useMeAgain();
  const cancel = useMutation({
    mutationFn: async () => {
      await client.DELETE("/auth/email/change");
      await again();
    },
    onSuccess: () => tellDone(t("canceled")),
    onError: tellFailed,
  });
  return (
    <Alert icon={<IconMailQuestion />} title={t("waiting", { address: pending.address })} className="told">
      <Stack gap="xs">
        {pending.waits_for.map((side) => (
          <Text key={side} size="sm">
            {t(`waits.${side}`)}
          </Text>
        ))}
        <Text size="sm">
          {t("goodUntil")} <Time at={pending.expires_at} />
        </Text>
        <Group gap="xs">
          <Button size="xs" variant="default" onClick={() => again()}>
            {t("look")}
          </Button>
          <Button size="xs" variant="default" loading={cancel.isPending} onClick={() => cancel.mutate()}>
            {t("cancel")}
          </Button>
        </Group>
      </Stack>
    </Alert>
  );
}

function Verify() {
  const t = useTranslations("own.email");
  const again = useMeAgain();
  const send = useMutation({
    mutationFn: async () => {
      await client.POST("/auth/email/verify");
      await again();
    },
    onSuccess: () => tellDone(t("sent")),
  });
  return (
    <Stack gap="xs" align="flex-start">
      <Text size="sm">{t("verifyWhy")}</Text>
      <Button
        size="xs"
        variant="default"
        leftSection={<IconMailCheck size={16} aria-hidden />}
        loading={send.isPending}
        onClick={() => send.mutate()}
      >
        {t("verify")}
      </Button>
      <ProblemAlert error={send.error} />
    </Stack>
  );
}

function Change() {
  const t = useTranslations("own.email");
  const change = useProfileChange();
  const form = useForm({ initialValues: { email: "" } });
  const [shown, setShown] = useState<readonly FieldError[]>([]);
  const save = (email: string) =>
    change.mutate(
      { email: email.trim() },
      {
        onSuccess: (now) => {
          form.reset();
          tellDone(now?.pending_email ? t("sent") : t("changed"));
        },
        onError: (error) => setShown(tellFields(form, error)),
      },
    );
  return (
    <form onSubmit={form.onSubmit(({ email }) => save(email))}>
      <Stack>
        <TextInput
          label={t("another")}
          description={t("anotherHint")}
          type="email"
          autoComplete="email"
          required
          {...form.getInputProps("email")}
        />
        <ProblemAlert error={change.error} shown={shown} />
        <Group justify="flex-end">
          <Button type="submit" disabled={!form.isDirty()} loading={change.isPending}>
            {t("change")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
