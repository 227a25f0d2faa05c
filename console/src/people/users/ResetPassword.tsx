import { Checkbox, PasswordInput, Text } from "@mantine/core";
import { useTranslations } from "use-intl";
import { client, type Schema } from "~/api/client.ts";
import { FormDialog } from "~/common/FormDialog.tsx";
import { useSaving } from "~/common/saving.ts";
import { tellDone } from "~/common/tell.tsx";
import { READ } from "../deed.ts";
import { MakePassword } from "./MakePassword.tsx";
import { at } from "./paths.ts";

interface Props {
  user: Schema<"UserView">;
  onClose(): void;
}

/** Gives a user another password, as a rule one for the next sign-in alone. */
export function ResetPassword({ user, onClose }: Props) {
  const t = useTranslations("people.password");
  const { username } = user;
  const { form, ...dialog } = useSaving({
    initial: { password: "", must_change: true },
    changes: READ,
    save: (body) => client.PUT("/api/v1/realms/{realm}/users/{username}/password", { ...at(user), body }),
    saved: () => {
      onClose();
      tellDone(t("done", { username }));
    },
  });
  return (
    <FormDialog title={t("title", { username })} action={t("action")} onClose={onClose} {...dialog}>
      <Text size="sm">{t("lead")}</Text>
      <PasswordInput
        data-autofocus
        required
        label={t("password")}
        autoComplete="new-password"
        aria-invalid={form.errors.password !== undefined}
        visibilityToggleButtonProps={{ "aria-label": t("show"), tabIndex: 0 }}
        {...form.getInputProps("password")}
      />
      <MakePassword onMade={(password) => form.setFieldValue("password", password)} />
      <Checkbox
        label={t("mustChange")}
        description={t("mustChangeHint")}
        {...form.getInputProps("must_change", { type: "checkbox" })}
      />
    </FormDialog>
  );
}
