import { Button, Group, Modal, Select, Stack, Text, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { client } from "~/api/client.ts";
import type { FieldError } from "~/api/problem.ts";
import { useMe } from "~/app/session.ts";
import { tellFields } from "~/common/form.ts";
import { ProblemAlert } from "~/common/ProblemAlert.tsx";
import { RolePicker } from "~/common/pick.tsx";
import type { Choice } from "~/common/SearchSelect.tsx";
import { Secret } from "~/common/Secret.tsx";

const LIFETIMES = ["1d", "7d", "30d", "90d", "365d", "never", "custom"] as const;
type Lifetime = (typeof LIFETIMES)[number];

interface Values extends Record<string, unknown> {
  name: string;
  role: Choice | null;
  expires_in: Lifetime;
  expires_at: string;
}

interface Props {
  opened: boolean;
  onClose(): void;
  onMade(): void;
}

/** Makes a key, and shows it once. */
export function CreateApiKey({ opened, onClose, onMade }: Props) {
  const t = useTranslations("own.keys");
  const [secret, setSecret] = useState<string>();
  const close = () => {
    setSecret(undefined);
    onClose();
  };
  return (
    <Modal
      opened={opened}
      onClose={close}
      title={t("create")}
      closeOnClickOutside={secret === undefined}
      closeOnEscape={secret === undefined}
      closeButtonProps={{ "aria-label": t("close") }}
    >
      {secret === undefined ? (
        <Fields
          onCancel={close}
          onMade={(key) => {
            setSecret(key);
            onMade();
          }}
        />
      ) : (
        <Stack>
          <Secret secret={secret} lead={t("secret")} />
          <Group justify="flex-end">
            <Button onClick={close}>{t("done")}</Button>
          </Group>
        </Stack>
      )}
    </Modal>
  );
}

function Fields({ onCancel, onMade }: { onCancel(): void; onMade(key: string): void }) {
  const t = useTranslations("own.keys");
  const app = useTranslations("app.do");
  const me = useMe();
  const form = useForm<Values>({
    initialValues: { name: "", role: null, expires_in: "90d", expires_at: "" },
    validate: { role: (role) => (role ? null : t("roleMissing")) },
  });
  const [shown, setShown] = useState<readonly FieldError[]>([]);
  const create = useMutation({
    mutationFn: async ({ name, role, expires_in, expires_at }: Values) => {
      const end = expires_in === "custom" ? { expires_at: new Date(expires_at).toISOString() } : {};
      const body = { name: name.trim(), role: role?.value ?? "", expires_in, ...end };
      const { data } = await client.POST("/api/v1/api-keys", { body });
      if (!data) throw new Error("no answer");
      return data.key;
    },
    onSuccess: onMade,
    onError: (error) => setShown(tellFields(form, error)),
  });
  const { role, expires_in } = form.getValues();
  const pick = (choice: Choice | null) => form.setFieldValue("role", choice);
  return (
    <form onSubmit={form.onSubmit((values) => create.mutate(values))}>
      <Stack>
        <TextInput
          label={t("name")}
          description={t("nameHint")}
          required
          maxLength={128}
          data-autofocus
          {...form.getInputProps("name")}
        />
        {me.superuser ? (
          <RolePicker
            required
            description={t("roleHint")}
            value={role}
            onChange={pick}
            error={form.errors.role}
          />
        ) : (
          <Select
            label={t("role")}
            description={t("roleHint")}
            required
            data={me.held_roles}
            value={role?.value ?? null}
            onChange={(value) => pick(value === null ? null : { value, label: value })}
            nothingFoundMessage={t("noRoles")}
            error={form.errors.role}
          />
        )}
        {!me.superuser && me.held_roles.length === 0 && <Text size="sm">{t("noRoles")}</Text>}
        <Select
          label={t("expires")}
          description={t("expiresHint")}
          allowDeselect={false}
          data={LIFETIMES.map((value) => ({ value, label: t(`lifetime.${value}`) }))}
          {...form.getInputProps("expires_in")}
        />
        {expires_in === "custom" && (
          <TextInput
            label={t("expiresAt")}
            type="datetime-local"
            required
            {...form.getInputProps("expires_at")}
          />
        )}
        {expires_in === "never" && <Text size="sm">{t("neverWarn")}</Text>}
        <ProblemAlert error={create.error} shown={shown} />
        <Group justify="flex-end">
          <Button variant="default" onClick={onCancel}>
            {app("cancel")}
          </Button>
          <Button type="submit" loading={create.isPending}>
            {app("create")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
