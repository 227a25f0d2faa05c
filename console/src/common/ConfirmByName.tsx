import { Button, Group, Modal, Stack, TextInput } from "@mantine/core";
import { type FormEvent, type ReactNode, useState } from "react";
import { useTranslations } from "use-intl";
import { ProblemAlert } from "./ProblemAlert.tsx";

interface Props {
  title: string;
  /** What goes, and what stays. */
  children: ReactNode;
  /** What has to be typed. */
  name: string;
  /** What the button says: the deed. */
  confirm: string;
  error?: unknown;
  busy: boolean;
  onConfirm(): void;
  onClose(): void;
}

/** Asks for the name of what is lost, so that nobody does it by a slip of the hand. */
export function ConfirmByName({ title, children, name, confirm, error, busy, onConfirm, onClose }: Props) {
  const t = useTranslations("app");
  const [typed, setTyped] = useState("");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (typed === name) onConfirm();
  };
  return (
    <Modal opened onClose={onClose} title={title}>
      <form onSubmit={submit}>
        <Stack>
          {children}
          <TextInput
            data-autofocus
            className="told"
            label={t("confirm.type", { name })}
            autoComplete="off"
            autoCapitalize="off"
            spellCheck={false}
            value={typed}
            onChange={(event) => setTyped(event.currentTarget.value)}
          />
          <ProblemAlert error={error} />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t("do.cancel")}
            </Button>
            <Button type="submit" color="red" loading={busy} disabled={typed !== name}>
              {confirm}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
