import { Anchor, Button, Group, Stack, Text, TextInput } from "@mantine/core";
import { IconFingerprint } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslations } from "use-intl";
import { client, type Schema } from "~/api/client.ts";
import { Problem } from "~/api/problem.ts";
import { ProblemAlert } from "~/common/ProblemAlert.tsx";
import { isGivenUp, showPasskey } from "~/common/passkey.ts";
import { tellFailed } from "~/common/tell.tsx";
import { signInPage } from "../session.ts";
import { settle } from "./asked.ts";
import { STAYS } from "./stays.ts";

type Challenge = Schema<"ChallengeView">;
type Method = Schema<"Method">;

interface Props {
  challenge: Challenge;
  onReply(reply: Schema<"LoginReply">): void;
  /** Back to the first step: the challenge is over. */
  onAgain(): void;
}

/** The second step: a code, or a passkey; whatever of the user's factors is at hand. */
export function AnswerChallenge({ challenge: first, onReply, onAgain }: Props) {
  const t = useTranslations("app.confirmSignIn");
  const [challenge, setChallenge] = useState(first);
  const { type, token, options } = challenge;
  const answer = useMutation({
    mutationFn: (secret: string) => reply(token, type, secret),
    onSuccess: onReply,
  });
  const turn = useMutation({
    mutationFn: (method: Method) => begin(token, method),
    onSuccess: (begun) => {
      answer.reset();
      setChallenge(begun);
    },
    onError: tellFailed,
  });
  if (type === "enrol") return <NoFactorYet />;
  return (
    <Stack>
      {type === "passkey" ? (
        <ByPasskey options={options} answer={answer} />
      ) : (
        <ByCode key={type} challenge={challenge} answer={answer} />
      )}
      <Stack gap={4} align="flex-start">
        {(type === "email" || type === "sms") && (
          <Anchor component="button" type="button" size="sm" onClick={() => turn.mutate(type)} {...STAYS}>
            {t("sendAgain")}
          </Anchor>
        )}
        {options.methods
          .filter((method) => method !== type)
          .map((method) => (
            <Anchor
              key={method}
              component="button"
              type="button"
              size="sm"
              onClick={() => turn.mutate(method)}
              {...STAYS}
            >
              {t(`instead.${method}`)}
            </Anchor>
          ))}
        <Anchor component="button" type="button" size="sm" onClick={onAgain} {...STAYS}>
          {t("again")}
        </Anchor>
      </Stack>
    </Stack>
  );
}

interface Answering {
  mutate(secret: string): void;
  isPending: boolean;
  error: unknown;
}

function ByCode({ challenge, answer }: { challenge: Challenge; answer: Answering }) {
  const t = useTranslations("app.confirmSignIn");
  const [code, setCode] = useState("");
  const method = challenge.type as Exclude<Method, "passkey">;
  const isWrong = answer.error instanceof Problem && answer.error.status === 401;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    answer.mutate(code.trim());
  };
  return (
    <form onSubmit={submit}>
      <Stack>
        <TextInput
          label={t(`code.${method}`)}
          description={challenge.options.hint && t("sentTo", { place: challenge.options.hint })}
          inputMode={method === "recovery" ? "text" : "numeric"}
          autoComplete="one-time-code"
          required
          data-autofocus
          autoFocus
          value={code}
          onChange={(event) => setCode(event.currentTarget.value)}
          error={isWrong && answer.error instanceof Problem && answer.error.message}
          {...STAYS}
        />
        <ProblemAlert error={isWrong ? undefined : answer.error} />
        <Group justify="flex-end">
          <Cancel />
          <Button type="submit" loading={answer.isPending} {...STAYS}>
            {t("confirm")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function ByPasskey({ options, answer }: { options: Challenge["options"]; answer: Answering }) {
  const t = useTranslations("app.confirmSignIn");
  const show = useMutation({
    mutationFn: () => showPasskey(options.public_key ?? {}),
    onSuccess: (secret) => answer.mutate(secret),
  });
  return (
    <Stack>
      <Text size="sm">{t("passkeyNext")}</Text>
      <ProblemAlert error={isGivenUp(show.error) ? undefined : (show.error ?? answer.error)} />
      {isGivenUp(show.error) && <Text size="sm">{t("givenUp")}</Text>}
      <Group justify="flex-end">
        <Cancel />
        <Button
          data-autofocus
          leftSection={<IconFingerprint size={18} aria-hidden />}
          loading={show.isPending || answer.isPending}
          onClick={() => show.mutate()}
          {...STAYS}
        >
          {t("passkey")}
        </Button>
      </Group>
    </Stack>
  );
}

/** A rule asks for a factor and there is none: making one is the sign-in page's work. */
function NoFactorYet() {
  const t = useTranslations("app.confirmSignIn");
  return (
    <Stack>
      <Text size="sm">{t("enrol")}</Text>
      <Group justify="flex-end">
        <Cancel />
        <Button component="a" href={signInPage({ fresh: true })} {...STAYS}>
          {t("toSignIn")}
        </Button>
      </Group>
    </Stack>
  );
}

function Cancel() {
  const t = useTranslations("app.confirmSignIn");
  return (
    <Button variant="default" onClick={() => settle(false)} {...STAYS}>
      {t("cancel")}
    </Button>
  );
}

async function reply(token: string, type: string, secret: string): Promise<Schema<"LoginReply">> {
  const { data } = await client.POST("/auth/login", { body: { type, authentication_id: token, secret } });
  if (!data) throw new Error("no answer");
  return data;
}

async function begin(token: string, type: Method): Promise<Challenge> {
  const { data } = await client.POST("/auth/challenge", { body: { token, type } });
  if (!data) throw new Error("no answer");
  return data;
}
