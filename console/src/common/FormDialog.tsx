import { Button, Group, Modal, type ModalProps, Stack } from "@mantine/core";
import type { FormEventHandler, ReactNode } from "react";
import { useTranslations } from "use-intl";
import type { FieldError } from "~/api/problem.ts";
import { ProblemAlert } from "./ProblemAlert.tsx";

interface Props {
  title: string;
  /** What the button says: the deed. */
  action: string;
  children: ReactNode;
  submit: FormEventHandler<HTMLFormElement>;
  busy: boolean;
  error: unknown;
  shown: readonly FieldError[];
  onClose(): void;
  size?: ModalProps["size"];
  /** Whether what is done takes something away. */
  danger?: boolean;
}

/** A form in a dialog: fields, what was refused, and the two ways out. */
export function FormDialog({
  title,
  action,
  children,
  submit,
  busy,
  error,
  shown,
  onClose,
  size,
  danger,
}: Props) {
  const t = useTranslations("app.do");
  return (
    <Modal opened onClose={onClose} title={title} size={size ?? "md"}>
      <form onSubmit={submit}>
        <Stack>
          {children}
          <ProblemAlert error={error} shown={shown} />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t("cancel")}
            </Button>
            <Button type="submit" loading={busy} {...(danger && { color: "red" })}>
              {action}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
