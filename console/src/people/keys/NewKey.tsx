import { Button, Group, Modal, Select, Stack, TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { client } from "~/api/client.ts";
import { FormDialog } from "~/common/FormDialog.tsx";
import { RolePicker } from "~/common/pick.tsx";
import type { Choice } from "~/common/SearchSelect.tsx";
import { Secret } from "~/common/Secret.tsx";
import { useSaving } from "~/common/saving.ts";
import { TimeInput } from "~/common/TimeInput.tsx";
import { READ } from "../deed.ts";

interface Props {
  owner: string;
  onClose(): void;
}

const LIVES = ["7d", "30d", "90d", "365d", "never", "custom"] as const;
type Life = (typeof LIVES)[number];

/** Makes a key for a service account, and shows its secret once. */
export function NewKey({ owner, onClose }: Props) {
  const t = useTranslations("people.newKey");
  const [secret, setSecret] = useState<string>();
  const { form, ...dialog } = useSaving({
    initial: {
      name: "",
      role: null as Choice | null,
      expires_in: "90d" as Life,
      expires_at: null as string | null,
    },
    validate: {
      role: (role) => (role === null ? t("chooseRole") : null),
      expires_at: (at, { expires_in }) => (expires_in === "custom" && at === null ? t("chooseEnd") : null),
    },
    changes: READ,
    save: ({ name, role, expires_in, expires_at }) =>
      client.POST("/api/v1/api-keys", {
        body: {
          name,
          owner,
          role: role?.value ?? "",
          expires_in,
          ...(expires_in === "custom" && { expires_at }),
        },
      }),
    saved: ({ data }) => setSecret(data?.key),
  });
  if (secret !== undefined) {
    return (
      <Modal
        opened
        // Whoever clicks beside it would lose the secret.
        closeOnClickOutside={false}
        onClose={onClose}
        title={t("made")}
      >
        <Stack>
          <Secret secret={secret} lead={t("madeLead")} />
          <Group justify="flex-end">
            <Button onClick={onClose}>{t("kept")}</Button>
          </Group>
        </Stack>
      </Modal>
    );
  }
  return (
    <FormDialog title={t("title")} action={t("action")} onClose={onClose} {...dialog}>
      <TextInput
        data-autofocus
        required
        maxLength={128}
        label={t("name")}
        description={t("nameHint")}
        {...form.getInputProps("name")}
      />
      <RolePicker
        required
        label={t("role")}
        description={t("roleHint")}
        {...form.getInputProps("role")}
        value={form.values.role}
      />
      <Select
        label={t("life")}
        allowDeselect={false}
        data={LIVES.map((value) => ({ value, label: t(`lives.${value}`) }))}
        {...form.getInputProps("expires_in")}
      />
      {form.values.expires_in === "custom" && (
        <TimeInput
          required
          label={t("end")}
          {...form.getInputProps("expires_at")}
          value={form.values.expires_at}
        />
      )}
    </FormDialog>
  );
}
