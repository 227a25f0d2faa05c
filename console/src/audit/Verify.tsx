import {
  ActionIcon,
  Alert,
  Button,
  Code,
  CopyButton,
  Group,
  Progress,
  Stack,
  Text,
  TextInput,
} from "@mantine/core";
import { useInterval } from "@mantine/hooks";
import { IconCheck, IconCopy, IconShieldCheck, IconShieldX } from "@tabler/icons-react";
import { useEffect, useRef, useState } from "react";
import { useTranslations } from "use-intl";
import { client, type Schema } from "~/api/client.ts";
import { Problem } from "~/api/problem.ts";
import { sentence } from "~/common/form.ts";
import { Page } from "~/common/Page.tsx";
import { ProblemAlert } from "~/common/ProblemAlert.tsx";

/** Where a check is. */
type State =
  | { at: "start" }
  | { at: "running"; events: number | undefined }
  | { at: "done"; verified: Schema<"Verified">; compared: boolean }
  | { at: "stopped" }
  | { at: "failed"; error: unknown };

/** Has the server walk the whole chain of events. */
export function Verify() {
  const t = useTranslations("audit");
  const [head, setHead] = useState("");
  const [state, setState] = useState<State>({ at: "start" });
  const running = useRef<AbortController>(undefined);
  useEffect(() => () => running.current?.abort(), []);
  const start = async () => {
    const control = new AbortController();
    running.current = control;
    setState({ at: "running", events: undefined });
    try {
      const events = await newest(control.signal);
      setState({ at: "running", events });
      const query = head.trim() ? { head: head.trim() } : {};
      const { data } = await client.GET("/api/v1/audit/verify", {
        params: { query },
        signal: control.signal,
      });
      if (data) setState({ at: "done", verified: data, compared: head.trim() !== "" });
    } catch (error) {
      setState(control.signal.aborted ? { at: "stopped" } : { at: "failed", error });
    }
  };
  const error = state.at === "failed" ? state.error : undefined;
  const wrong = error instanceof Problem ? error.errors.filter(({ pointer }) => pointer === "/head") : [];
  return (
    <Page title={t("verify.title")} lead={t("verify.lead")} above={[{ title: t("title"), href: "/audit" }]}>
      <Stack maw={760}>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            void start();
          }}
        >
          <Stack align="flex-start">
            <TextInput
              label={t("verify.head")}
              description={t("verify.headHint")}
              value={head}
              onChange={(event) => setHead(event.currentTarget.value)}
              error={wrong[0] && sentence(wrong[0].detail)}
              w="100%"
              spellCheck={false}
            />
            {/* Keys, so that the one is not made into the other during the click, which would then send the form. */}
            {state.at === "running" ? (
              <Button key="stop" variant="default" onClick={() => running.current?.abort()}>
                {t("verify.stop")}
              </Button>
            ) : (
              <Button key="start" type="submit" leftSection={<IconShieldCheck size={18} aria-hidden />}>
                {t(state.at === "done" ? "verify.again" : "verify.start")}
              </Button>
            )}
          </Stack>
        </form>
        <div aria-live="polite">
          {state.at === "running" && <Running events={state.events} />}
          {state.at === "stopped" && <Text size="sm">{t("verify.stopped")}</Text>}
          {state.at === "done" && <Result verified={state.verified} compared={state.compared} />}
          <ProblemAlert error={error} shown={wrong} />
        </div>
      </Stack>
    </Page>
  );
}

/** The number of the newest event, which is how many there are. */
async function newest(signal: AbortSignal): Promise<number | undefined> {
  const { data } = await client.GET("/api/v1/audit/events", { params: { query: { limit: 1 } }, signal });
  return data?.items[0]?.sequence;
}

function Running({ events }: { events: number | undefined }) {
  const t = useTranslations("audit.verify");
  const [seconds, setSeconds] = useState(0);
  useInterval(() => setSeconds((before) => before + 1), 1000, { autoInvoke: true });
  return (
    <Stack gap={6}>
      <Progress value={100} animated aria-label={t("progress")} />
      <Text size="sm" aria-live="off">
        {t("running", { seconds })} {events !== undefined && t("runningOf", { events })}
      </Text>
    </Stack>
  );
}

function Result({ verified, compared }: { verified: Schema<"Verified">; compared: boolean }) {
  const t = useTranslations("audit.verify");
  const { valid, events, head, problem } = verified;
  return (
    <Stack>
      <Alert
        color={valid ? "green" : "red"}
        icon={valid ? <IconShieldCheck aria-hidden /> : <IconShieldX aria-hidden />}
        title={t(valid ? "valid" : "broken")}
        // The green of the library has too little contrast on its own ground.
        styles={{ label: { color: "var(--mantine-color-text)" } }}
      >
        <Stack gap="xs">
          {problem && (
            <Text size="sm" fw={600} className="told">
              {sentence(problem)}
            </Text>
          )}
          <Text size="sm">{valid ? t("validText", { events }) : t("brokenText")}</Text>
          {valid && compared && <Text size="sm">{t("validHead")}</Text>}
        </Stack>
      </Alert>
      {valid && <Head head={head} />}
    </Stack>
  );
}

function Head({ head }: { head: string }) {
  const t = useTranslations("audit.verify");
  return (
    <div>
      <Text size="sm" mb={4}>
        {t("keep")}
      </Text>
      <Group wrap="nowrap" gap="xs">
        <Code block className="told" flex={1} data-testid="head">
          {head}
        </Code>
        <CopyButton value={head}>
          {({ copied, copy }) => (
            <ActionIcon variant="default" size="lg" onClick={copy} aria-label={t(copied ? "copied" : "copy")}>
              {copied ? <IconCheck size={18} /> : <IconCopy size={18} />}
            </ActionIcon>
          )}
        </CopyButton>
      </Group>
    </div>
  );
}
