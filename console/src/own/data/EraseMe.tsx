import { Button, Group, List, Modal, Stack, Text, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslations } from "use-intl";
import { client } from "~/api/client.ts";
import { useMe } from "~/app/session.ts";
import { ProblemAlert } from "~/common/ProblemAlert.tsx";

interface Props {
  opened: boolean;
  onClose(): void;
}

/** Erases the own account: says what goes and what stays, and asks for the own name. */
export function EraseMe({ opened, onClose }: Props) {
  const t = useTranslations("own.data");
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={t("eraseTitle")}
      closeButtonProps={{ "aria-label": t("close") }}
    >
      <Fields onCancel={onClose} />
    </Modal>
  );
}

function Fields({ onCancel }: { onCancel(): void }) {
  const t = useTranslations("own.data");
  const { username } = useMe();
  const [typed, setTyped] = useState("");
  const erase = useMutation({
    mutationFn: async () => {
      await client.POST("/gdpr/delete", { body: { confirm: true } });
    },
    // Nobody is signed in any more.
    onSuccess: () => location.assign("/auth/login"),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    erase.mutate();
  };
  return (
    <form onSubmit={submit}>
      <Stack>
        <Text size="sm">{t("eraseWhat")}</Text>
        <List size="sm" spacing={4}>
          <List.Item>{t("goes")}</List.Item>
          <List.Item>{t("ends")}</List.Item>
          <List.Item>{t("stays")}</List.Item>
        </List>
        <TextInput
          label={t("typeName", { username })}
          className="told"
          autoComplete="off"
          autoCapitalize="off"
          spellCheck={false}
          required
          data-autofocus
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
        <ProblemAlert error={erase.error} />
        <Group justify="flex-end">
          <Button variant="default" onClick={onCancel}>
            {t("keep")}
          </Button>
          <Button type="submit" color="red" disabled={typed !== username} loading={erase.isPending}>
            {t("eraseNow")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
