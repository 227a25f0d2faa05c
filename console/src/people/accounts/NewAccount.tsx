import { Button, Textarea, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconPlus } from "@tabler/icons-react";
import { useTranslations } from "use-intl";
import { useLocation } from "wouter";
import { client } from "~/api/client.ts";
import { FormDialog } from "~/common/FormDialog.tsx";
import type { Choice } from "~/common/SearchSelect.tsx";
import { useSaving } from "~/common/saving.ts";
import { tellDone } from "~/common/tell.tsx";
import { accountAddress } from "../addresses.ts";
import { READ } from "../deed.ts";
import { OwnerPicker } from "./OwnerPicker.tsx";

/** Makes a service account. Where one may is a matter of the owner that is chosen. */
export function NewAccount() {
  const t = useTranslations("people.newAccount");
  const [open, { open: show, close }] = useDisclosure(false);
  return (
    <>
      <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={show}>
        {t("button")}
      </Button>
      {open && <NewAccountDialog onClose={close} />}
    </>
  );
}

function NewAccountDialog({ onClose }: { onClose(): void }) {
  const t = useTranslations("people.newAccount");
  const [, go] = useLocation();
  const { form, ...dialog } = useSaving({
    initial: { name: "", description: "", owner: null as Choice | null },
    changes: READ,
    save: ({ name, description, owner }) =>
      client.POST("/api/v1/service-accounts", {
        body: { name, ...(description && { description }), ...(owner && { owner: owner.value }) },
      }),
    saved: ({ data }, { name }) => {
      onClose();
      tellDone(t("done", { name }));
      if (data) go(accountAddress(data.id));
    },
  });
  return (
    <FormDialog title={t("title")} action={t("action")} onClose={onClose} {...dialog}>
      <TextInput
        data-autofocus
        required
        label={t("name")}
        description={t("nameHint")}
        {...form.getInputProps("name")}
      />
      <Textarea
        label={t("description")}
        description={t("descriptionHint")}
        maxLength={500}
        autosize
        minRows={2}
        {...form.getInputProps("description")}
      />
      <OwnerPicker
        label={t("owner")}
        description={t("ownerHint")}
        placeholder={t("system")}
        {...form.getInputProps("owner")}
        value={form.values.owner}
      />
    </FormDialog>
  );
}
