import { Button, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconPlus } from "@tabler/icons-react";
import { useTranslations } from "use-intl";
import { useLocation } from "wouter";
import { client } from "~/api/client.ts";
import { useMay } from "~/app/may.ts";
import { FormDialog } from "~/common/FormDialog.tsx";
import { useSaving } from "~/common/saving.ts";
import { tellDone } from "~/common/tell.tsx";
import { realmAddress } from "../addresses.ts";
import { READ } from "../deed.ts";

/** Makes a realm, if one may. */
export function NewRealm() {
  const t = useTranslations("people.newRealm");
  const [open, { open: show, close }] = useDisclosure(false);
  const may = useMay(["realm:manage"]);
  if (!may.has("realm:manage")) return null;
  return (
    <>
      <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={show}>
        {t("button")}
      </Button>
      {open && <NewRealmDialog onClose={close} />}
    </>
  );
}

function NewRealmDialog({ onClose }: { onClose(): void }) {
  const t = useTranslations("people.newRealm");
  const [, go] = useLocation();
  const { form, ...dialog } = useSaving({
    initial: { name: "" },
    changes: READ,
    save: (body) => client.POST("/api/v1/realms", { body }),
    saved: (_, { name }) => {
      onClose();
      tellDone(t("done", { name }));
      go(realmAddress(name));
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
    </FormDialog>
  );
}
