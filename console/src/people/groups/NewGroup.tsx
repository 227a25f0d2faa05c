import { Button, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconPlus } from "@tabler/icons-react";
import { useTranslations } from "use-intl";
import { useLocation } from "wouter";
import { client, type Schema } from "~/api/client.ts";
import { FormDialog } from "~/common/FormDialog.tsx";
import { NodePicker } from "~/common/pick.tsx";
import type { Choice } from "~/common/SearchSelect.tsx";
import { useSaving } from "~/common/saving.ts";
import { tellDone } from "~/common/tell.tsx";
import { groupAddress } from "../addresses.ts";
import { READ } from "../deed.ts";
import { KindField } from "./KindField.tsx";

/** Makes a group. Where one may is a matter of the owner that is chosen. */
export function NewGroup() {
  const t = useTranslations("people.newGroup");
  const [open, { open: show, close }] = useDisclosure(false);
  return (
    <>
      <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={show}>
        {t("button")}
      </Button>
      {open && <NewGroupDialog onClose={close} />}
    </>
  );
}

function NewGroupDialog({ onClose }: { onClose(): void }) {
  const t = useTranslations("people.newGroup");
  const [, go] = useLocation();
  const { form, ...dialog } = useSaving({
    initial: { name: "", kind: "group" as Schema<"GroupKind">, owner: null as Choice | null },
    changes: READ,
    save: ({ name, kind, owner }) =>
      client.POST("/api/v1/groups", { body: { name, kind, ...(owner && { owner: owner.value }) } }),
    saved: ({ data }, { name }) => {
      onClose();
      tellDone(t("done", { name }));
      if (data) go(groupAddress(data.id));
    },
  });
  return (
    <FormDialog title={t("title")} action={t("action")} onClose={onClose} {...dialog}>
      <TextInput data-autofocus required label={t("name")} {...form.getInputProps("name")} />
      <KindField {...form.getInputProps("kind")} value={form.values.kind} />
      <NodePicker
        label={t("owner")}
        placeholder={t("everywhere")}
        {...form.getInputProps("owner")}
        value={form.values.owner}
        description={t("ownerHint")}
      />
    </FormDialog>
  );
}
