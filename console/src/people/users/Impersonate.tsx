import { List, Text, Textarea } from "@mantine/core";
import { useTranslations } from "use-intl";
import { client, type Schema } from "~/api/client.ts";
import { FormDialog } from "~/common/FormDialog.tsx";
import { useSaving } from "~/common/saving.ts";
import { READ } from "../deed.ts";
import { at } from "./paths.ts";

interface Props {
  user: Schema<"UserView">;
  onClose(): void;
}

/** Takes a user's place for a while, with a reason for the audit log. */
export function Impersonate({ user, onClose }: Props) {
  const t = useTranslations("people.impersonate");
  const { username } = user;
  const { form, ...dialog } = useSaving({
    initial: { reason: "" },
    changes: READ,
    validate: { reason: (reason) => (reason.trim() === "" ? t("reasonMissing") : null) },
    save: ({ reason }) =>
      client.POST("/api/v1/realms/{realm}/users/{username}/impersonate", {
        ...at(user),
        body: { reason, session: "cookie" },
      }),
    // Everything that was read belongs to somebody else.
    saved: () => location.assign("/console/"),
  });
  return (
    <FormDialog title={t("title", { username })} action={t("action")} onClose={onClose} {...dialog}>
      <Text size="sm">{t("lead")}</Text>
      <List size="sm">
        <List.Item>{t("audit")}</List.Item>
        <List.Item>{t("refused")}</List.Item>
        <List.Item>{t("ends")}</List.Item>
      </List>
      <Textarea
        data-autofocus
        required
        label={t("reason")}
        description={t("reasonHint")}
        maxLength={500}
        autosize
        minRows={2}
        {...form.getInputProps("reason")}
      />
    </FormDialog>
  );
}
