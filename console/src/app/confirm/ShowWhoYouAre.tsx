import { Button, Divider, Group, PasswordInput, Stack, Text } from "@mantine/core";
import { IconFingerprint } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslations } from "use-intl";
import { api, client, type Schema } from "~/api/client.ts";
import { Problem } from "~/api/problem.ts";
import { ProblemAlert } from "~/common/ProblemAlert.tsx";
import { obstacle, showPasskey } from "~/common/passkey.ts";
import { useMe } from "../session.ts";
import { settle } from "./asked.ts";
import { STAYS } from "./stays.ts";

/** The first step: the password, or a passkey. */
export function ShowWhoYouAre({ onReply }: { onReply(reply: Schema<"LoginReply">): void }) {
  const t = useTranslations("app.confirmSignIn");
  const me = useMe();
  const [password, setPassword] = useState("");
  const factors = api.useQuery("get", "/auth/factors");
  const hasPasskey = factors.data?.items.some(({ type }) => type === "passkey") ?? false;
  const byPassword = useMutation({
    mutationFn: () => reauthenticate({ type: "password", secret: password }),
    onSuccess: onReply,
  });
  const byPasskey = useMutation({ mutationFn: beginPasskey, onSuccess: onReply });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    byPasskey.reset();
    byPassword.mutate();
  };
  const isWrong = byPassword.error instanceof Problem && byPassword.error.status === 401;
  return (
    <form onSubmit={submit}>
      <Stack>
        <Text size="sm" className="told">
          {t("lead", { user: me.username })}
        </Text>
        <PasswordInput
          label={t("password")}
          autoComplete="current-password"
          required
          data-autofocus
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
          error={isWrong && t("wrong")}
          visibilityToggleButtonProps={{ "aria-label": t("showPassword"), ...STAYS }}
          {...STAYS}
        />
        <ProblemAlert error={isWrong ? undefined : (byPassword.error ?? byPasskey.error)} />
        <Group justify="flex-end">
          <Button variant="default" onClick={() => settle(false)} {...STAYS}>
            {t("cancel")}
          </Button>
          <Button type="submit" loading={byPassword.isPending} {...STAYS}>
            {t("confirm")}
          </Button>
        </Group>
        {hasPasskey && !obstacle() && (
          <>
            <Divider label={t("or")} />
            <Button
              variant="default"
              leftSection={<IconFingerprint size={18} aria-hidden />}
              loading={byPasskey.isPending}
              onClick={() => {
                byPassword.reset();
                byPasskey.mutate();
              }}
              {...STAYS}
            >
              {t("passkey")}
            </Button>
          </>
        )}
      </Stack>
    </form>
  );
}

async function reauthenticate(body: Schema<"AgainInput">): Promise<Schema<"LoginReply">> {
  const { data } = await client.POST("/auth/reauthenticate", { body });
  if (!data) throw new Error("no answer");
  return data;
}

async function beginPasskey(): Promise<Schema<"LoginReply">> {
  const { data: begun } = await client.POST("/auth/passkey");
  if (!begun) throw new Error("no answer");
  const secret = await showPasskey(begun.public_key);
  return reauthenticate({ type: "passkey", authentication_id: begun.token, secret });
}
