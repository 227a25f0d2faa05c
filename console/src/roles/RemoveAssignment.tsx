import { Button, Group, Modal, Stack, Text } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useTranslations } from "use-intl";
import type { Schema } from "~/api/client.ts";
import { WhatIf } from "~/common/WhatIf.tsx";
import { takeAway, useTellRemoved } from "./giving.ts";
import { Refusal } from "./Refusal.tsx";
import { GLOBAL } from "./Where.tsx";

interface Props {
  assignment: Schema<"AssignmentView">;
  close(): void;
}

/** Takes a role back from somebody: who loses what is shown first, and it can be undone. */
export function RemoveAssignment({ assignment, close }: Props) {
  const t = useTranslations("roles");
  const tellRemoved = useTellRemoved();
  const { id, subject, role, node } = assignment;
  const removing = useMutation({
    mutationFn: () => takeAway(id),
    onSuccess: () => {
      close();
      return tellRemoved(assignment);
    },
  });
  return (
    <Modal
      opened
      onClose={close}
      title={t("remove.title")}
      size="lg"
      closeButtonProps={{ "aria-label": t("remove.cancel") }}
    >
      <Stack>
        <Text className="told">
          {t("remove.lead", {
            subject: subject.path ?? subject.id,
            role: role.name,
            node: node.path === GLOBAL ? t("everywhere") : (node.path ?? node.id),
          })}
        </Text>
        <WhatIf asksAtOnce question={{ remove: { assignments: [id] } }} />
        <Refusal error={removing.error} />
        <Group justify="flex-end">
          <Button variant="default" onClick={close}>
            {t("remove.cancel")}
          </Button>
          <Button color="red.9" loading={removing.isPending} onClick={() => removing.mutate()}>
            {t("remove.confirm")}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
