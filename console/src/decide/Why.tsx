import {
  Alert,
  Button,
  Card,
  Group,
  Loader,
  Stack,
  Text,
  ThemeIcon,
  Title,
  VisuallyHidden,
} from "@mantine/core";
import { IconBan, IconBulb, IconCheck, IconScale } from "@tabler/icons-react";
import { keepPreviousData } from "@tanstack/react-query";
import { lazy, Suspense } from "react";
import { useTranslations } from "use-intl";
import { Link } from "wouter";
import { api, type Schema } from "~/api/client.ts";
import { useMay } from "~/app/may.ts";
import { Empty } from "~/common/Empty.tsx";
import { ProblemAlert } from "~/common/ProblemAlert.tsx";
import { Waiting } from "~/common/Waiting.tsx";
import { type NearMiss, useNearMisses } from "./near_misses.ts";
import { parseObject, principalInput, type Question, type Who } from "./question.ts";
import { Reason } from "./Reason.tsx";
import { Steps } from "./Steps.tsx";
import { useNode, useWho } from "./who.ts";

const Picture = lazy(() => import("./Picture.tsx"));

/** May this person do this there, and why? */
export function Why({ question }: { question: Question }) {
  const t = useTranslations("decide");
  const who = useWho(question.principal);
  const asked = question.principal !== "" && question.permission !== "";
  const answer = api.useQuery(
    "post",
    "/api/v1/access/explain",
    { body: who ? ask(question, who) : {} },
    { enabled: asked && who !== undefined, staleTime: 0, placeholderData: keepPreviousData },
  );
  if (!asked) {
    return (
      <Empty Icon={IconScale} title={t("empty.title")}>
        <Text size="sm">{t("empty.why")}</Text>
      </Empty>
    );
  }
  if (answer.error) return <ProblemAlert error={answer.error} />;
  if (!who || !answer.data || answer.isPlaceholderData) return <Waiting />;
  return <Explained question={question} who={who} answer={answer.data} asking={answer.isFetching} />;
}

function ask(question: Question, who: Who): Schema<"Ask"> {
  const principal = principalInput(who);
  const context = parseObject(question.context) ?? {};
  const resource = parseObject(question.resource) ?? {};
  return {
    permission: question.permission,
    ...(principal && { principal }),
    ...(question.node && { node: question.node }),
    ...(Object.keys(context).length > 0 && { context }),
    ...(Object.keys(resource).length > 0 && { resource }),
  };
}

/** All that a part of the answer needs. */
export interface Told {
  who: Who;
  permission: string;
  node: Schema<"NodeName">;
  decision: "allow" | "deny";
  reason: Schema<"ReasonView">;
  misses: readonly NearMiss[];
}

interface ExplainedProps {
  question: Question;
  who: Who;
  answer: Schema<"ExplainAnswer">;
  asking: boolean;
}

function Explained({ question, who, answer, asking }: ExplainedProps) {
  const t = useTranslations("decide");
  const { reason } = answer;
  const misses = useNearMisses(reason.near_misses ?? []);
  const node = useNode(question.node);
  const told: Told = {
    who,
    permission: question.permission,
    node: { id: node.data?.id ?? question.node, path: node.data?.path ?? (question.node || "/$global") },
    decision: answer.decision === "allow" ? "allow" : "deny",
    reason,
    misses,
  };
  const drawn = reason.kind !== "unknown_subject" && reason.kind !== "unknown_node";
  return (
    <Stack gap="lg">
      <Verdict told={told} asking={asking} />
      {reason.nearest && <Nearest told={told} nearest={reason.nearest} />}
      {drawn && (
        <section aria-labelledby="decide-picture">
          <Title order={2} size="h4" mb="xs" id="decide-picture">
            {t("picture.title")}
          </Title>
          <Suspense fallback={<Waiting />}>
            <Picture told={told} />
          </Suspense>
        </section>
      )}
      {drawn && (
        <section aria-labelledby="decide-steps">
          <Title order={2} size="h4" mb="xs" id="decide-steps">
            {t("steps.title")}
          </Title>
          <Steps told={told} />
        </section>
      )}
      <Text size="sm" c="dimmed" className="told">
        {t("server", { text: reason.text, revision: String(answer.revision) })}
      </Text>
    </Stack>
  );
}

/** Yes or no, in words that can be read from afar. */
function Verdict({ told, asking }: { told: Told; asking: boolean }) {
  const t = useTranslations("decide");
  const { who, permission, node, decision } = told;
  const may = decision === "allow";
  return (
    <Card withBorder padding="lg" aria-live="polite">
      <Group wrap="nowrap" align="flex-start" gap="md">
        <ThemeIcon size={52} radius="xl" color={may ? "green.9" : "red.9"} variant="filled">
          {may ? <IconCheck size={30} aria-hidden /> : <IconBan size={30} aria-hidden />}
        </ThemeIcon>
        <Stack gap={6} miw={0}>
          <Text fz={{ base: 20, sm: 26 }} fw={700} lh={1.25} className="told" data-testid="verdict">
            {t(who.myself ? `verdict.${decision}Me` : `verdict.${decision}`, {
              person: who.name,
              permission,
              node: node.path ?? node.id,
            })}
          </Text>
          <Reason told={told} />
        </Stack>
        {asking && (
          <>
            <Loader size="xs" ml="auto" aria-hidden />
            <VisuallyHidden>{t("asking")}</VisuallyHidden>
          </>
        )}
      </Group>
    </Card>
  );
}

/** The smallest grant that would turn the refusal, and the way to make it. */
function Nearest({ told, nearest }: { told: Told; nearest: Schema<"NearestView"> }) {
  const t = useTranslations("decide.nearest");
  const node = nearest.node.path ?? nearest.node.id;
  const may = useMay(["access:assign"], node).has("access:assign");
  const subject = told.who.path ?? told.who.id ?? told.who.reference;
  const grant = new URLSearchParams({ subject, node, permission: nearest.permission });
  return (
    <Alert color="blue" icon={<IconBulb aria-hidden />} title={t("title")}>
      <Stack gap="sm" align="flex-start">
        <Text size="sm" className="told">
          {t("text", { permission: nearest.permission, person: told.who.name, node })}
          {nearest.role && ` ${t("role", { role: nearest.role.name })}`}
        </Text>
        {may ? (
          <Button component={Link} href={`/roles/assignments?new&${grant}`} size="sm">
            {t("grant")}
          </Button>
        ) : (
          <Text size="sm">{t("askSomebody")}</Text>
        )}
      </Stack>
    </Alert>
  );
}
