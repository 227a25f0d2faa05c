import { Text } from "@mantine/core";
import { useTranslations } from "use-intl";
import { client } from "~/api/client.ts";
import { FormDialog } from "~/common/FormDialog.tsx";
import { RealmPicker } from "~/common/pick.tsx";
import { useSaving } from "~/common/saving.ts";
import { tellDone } from "~/common/tell.tsx";
import { READ } from "../deed.ts";
import { Arrow } from "./Arrow.tsx";

interface Props {
  from?: string;
  to?: string;
  onClose(): void;
}

/** Lets the users of one realm sign in where those of another may. */
export function ConnectRealms({ from = "", to = "", onClose }: Props) {
  const t = useTranslations("people.connections");
  const { form, ...dialog } = useSaving({
    initial: { from, to },
    validate: {
      from: (value) => (value === "" ? t("choose") : null),
      to: (value) => (value === "" ? t("choose") : null),
    },
    changes: READ,
    save: (body) => client.POST("/api/v1/realm-connections", { body }),
    saved: (_, values) => {
      onClose();
      tellDone(t("sentence", values));
    },
  });
  const realm = (field: "from" | "to") => {
    const name = form.values[field];
    return {
      value: name ? { value: name, label: name } : null,
      onChange: (choice: { value: string } | null) => form.setFieldValue(field, choice?.value ?? ""),
      error: form.errors[field],
    };
  };
  return (
    <FormDialog title={t("connect")} action={t("connect")} onClose={onClose} size="lg" {...dialog}>
      <RealmPicker label={t("from")} required {...realm("from")} />
      <RealmPicker label={t("to")} required {...realm("to")} />
      {form.values.from && form.values.to && (
        <>
          <Arrow {...form.values} />
          <Text size="sm" className="told">
            {t("sentence", form.values)} {t("noPermission")}
          </Text>
        </>
      )}
    </FormDialog>
  );
}
