import { Checkbox, PasswordInput, SegmentedControl, Stack, Text, TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { useLocation } from "wouter";
import { client } from "~/api/client.ts";
import { useMe } from "~/app/session.ts";
import { FormDialog } from "~/common/FormDialog.tsx";
import { useSaving } from "~/common/saving.ts";
import { tellDone } from "~/common/tell.tsx";
import { userAddress } from "../addresses.ts";
import { READ } from "../deed.ts";
import { Invite } from "./Invite.tsx";
import { MakePassword } from "./MakePassword.tsx";

interface Props {
  realm: string;
  onClose(): void;
}

/** Makes a user, with a password that one tells him, or without; or goes over to inviting him. */
export function NewUser({ realm, onClose }: Props) {
  const [inviting, setInviting] = useState(false);
  if (inviting) return <Invite realm={realm} onClose={onClose} />;
  return <NewUserDialog realm={realm} onClose={onClose} onInvite={() => setInviting(true)} />;
}

type Way = "password" | "none" | "invite";

function NewUserDialog({ realm, onClose, onInvite }: Props & { onInvite(): void }) {
  const t = useTranslations("people.newUser");
  const { superuser } = useMe();
  const [, go] = useLocation();
  const [way, setWay] = useState<Way>("password");
  const { form, ...dialog } = useSaving({
    initial: {
      username: "",
      full_name: "",
      email: "",
      password: "",
      must_change_password: true,
      superuser: false,
    },
    changes: READ,
    save: ({ username, full_name, email, password, must_change_password, superuser }) =>
      client.POST("/api/v1/realms/{realm}/users", {
        params: { path: { realm } },
        body: {
          username,
          ...(full_name && { full_name }),
          ...(email && { email }),
          ...(way === "password" && { password, must_change_password }),
          ...(superuser && { superuser }),
        },
      }),
    saved: (_, { username }) => {
      onClose();
      tellDone(t("done", { username }));
      go(userAddress(realm, username));
    },
  });
  const choose = (chosen: string) => {
    if (chosen === "invite") onInvite();
    else setWay(chosen === "none" ? "none" : "password");
  };
  return (
    <FormDialog title={t("title", { realm })} action={t("action")} onClose={onClose} size="lg" {...dialog}>
      <TextInput
        data-autofocus
        required
        label={t("username")}
        description={t("usernameHint")}
        autoComplete="off"
        {...form.getInputProps("username")}
      />
      <TextInput label={t("fullName")} autoComplete="off" {...form.getInputProps("full_name")} />
      <TextInput
        label={t("email")}
        type="text"
        inputMode="email"
        autoComplete="off"
        {...form.getInputProps("email")}
      />
      <Stack gap={6}>
        <Text size="sm" fw={500} id="new-user-way">
          {t("way")}
        </Text>
        <SegmentedControl
          aria-labelledby="new-user-way"
          value={way}
          onChange={choose}
          data={[
            { value: "password", label: t("wayPassword") },
            { value: "none", label: t("wayNone") },
            { value: "invite", label: t("wayInvite") },
          ]}
        />
      </Stack>
      {way === "password" ? (
        <>
          <PasswordInput
            required
            label={t("password")}
            description={t("passwordHint")}
            autoComplete="new-password"
            aria-invalid={form.errors.password !== undefined}
            visibilityToggleButtonProps={{ "aria-label": t("showPassword"), tabIndex: 0 }}
            {...form.getInputProps("password")}
          />
          <MakePassword onMade={(password) => form.setFieldValue("password", password)} />
          <Checkbox
            label={t("mustChange")}
            {...form.getInputProps("must_change_password", { type: "checkbox" })}
          />
        </>
      ) : (
        <Text size="sm" c="dimmed">
          {t("wayNoneLead")}
        </Text>
      )}
      {superuser && (
        <Checkbox
          label={t("superuser")}
          description={t("superuserHint")}
          {...form.getInputProps("superuser", { type: "checkbox" })}
        />
      )}
    </FormDialog>
  );
}
