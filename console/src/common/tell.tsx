import { Button, Group, Text } from "@mantine/core";
import { modals } from "@mantine/modals";
import { notifications } from "@mantine/notifications";
import type { ReactNode } from "react";

/** Says that something was done, with the way back where there is one. */
export function tellDone(message: string, undo?: { text: string; run(): void }) {
  const id = crypto.randomUUID();
  notifications.show({
    id,
    color: "green",
    autoClose: undo ? 10_000 : 4_000,
    message: undo ? (
      <Group justify="space-between" wrap="nowrap">
        <Text size="sm" className="told">
          {message}
        </Text>
        <Button
          size="compact-sm"
          variant="subtle"
          onClick={() => {
            notifications.hide(id);
            undo.run();
          }}
        >
          {undo.text}
        </Button>
      </Group>
    ) : (
      message
    ),
  });
}

/** Says that something failed that has no place of its own on the page. */
export function tellFailed(error: unknown) {
  const message = error instanceof Error ? error.message : String(error);
  notifications.show({ color: "red", autoClose: 10_000, message });
}

interface Loss {
  title: string;
  /** What is lost, and what is not. */
  children: ReactNode;
  /** What the button says: the deed, not "OK". */
  confirm: string;
  cancel: string;
}

/** Asks before something is lost. True: go on. */
export function confirmLoss({ title, children, confirm, cancel }: Loss): Promise<boolean> {
  return new Promise((resolve) => {
    modals.openConfirmModal({
      title,
      children,
      labels: { confirm, cancel },
      confirmProps: { color: "red" },
      onConfirm: () => resolve(true),
      onClose: () => resolve(false),
    });
  });
}
