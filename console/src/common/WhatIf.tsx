import { Alert, Badge, Button, Code, Group, List, Progress, Stack, Text } from "@mantine/core";
import { IconArrowsDiff, IconEyeOff, IconMinus, IconPlus } from "@tabler/icons-react";
import { useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { useTranslations } from "use-intl";
import { client, type Schema } from "~/api/client.ts";
import { ProblemAlert } from "./ProblemAlert.tsx";

/** A change that is not made: `change` is a part of a world file, `remove` and `moves` are as the API has them. */
export interface WhatIfQuestion {
  change?: object;
  remove?: Partial<Schema<"Removal">>;
  moves?: readonly Schema<"NodeMove">[];
}

interface Props {
  /** Undefined: it cannot be asked yet, as something is missing. */
  question: WhatIfQuestion | undefined;
  /** Ask by itself, as where something is to be removed; otherwise a button does. */
  asksAtOnce?: boolean;
}

/** Longest that the server compares, in seconds. */
const LONGEST = 20;
/** How many people and service accounts on a page, and how many nodes are named. */
const PAGE = 20;
const NODES = 3;

/** Who would gain and who would lose what by a change, before it is made. */
export function WhatIf({ question, asksAtOnce = false }: Props) {
  const t = useTranslations("app.whatIf");
  const queries = useQueryClient();
  const now = question && JSON.stringify(question);
  const [wanted, setWanted] = useState<string>();
  const asked = asksAtOnce ? now : wanted === now ? wanted : undefined;
  const key = ["what-if", asked];
  const answer = useInfiniteQuery({
    queryKey: key,
    queryFn: ({ pageParam, signal }) => ask(asked ?? "{}", pageParam, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page?.next_cursor ?? undefined,
    enabled: asked !== undefined,
    retry: false,
    staleTime: 0,
    gcTime: 0,
    refetchOnWindowFocus: false,
  });
  const stop = () => {
    queries.cancelQueries({ queryKey: key });
    setWanted(undefined);
  };
  const again = () => {
    setWanted(now);
    if (asked !== undefined) answer.refetch();
  };
  const [first] = answer.data?.pages ?? [];
  return (
    <Stack gap="sm" aria-live="polite">
      {(asked === undefined || answer.error) && (
        <Group gap="sm">
          <Button
            variant="light"
            leftSection={<IconArrowsDiff size={16} aria-hidden />}
            disabled={!now}
            onClick={again}
          >
            {t("ask")}
          </Button>
        </Group>
      )}
      {asked !== undefined && answer.isPending && <Comparing stop={asksAtOnce ? undefined : stop} />}
      {answer.error && (
        <>
          <Text size="sm">{t("refused")}</Text>
          <ProblemAlert error={answer.error} />
        </>
      )}
      {first && (
        <>
          <Summary answer={first} />
          <List listStyleType="none" spacing="sm">
            {(answer.data?.pages ?? [])
              .flatMap((page) => page?.items ?? [])
              .map((subject, index) => (
                <List.Item key={subject.subject?.id ?? `${subject.type}-${index}`}>
                  <Affected subject={subject} />
                </List.Item>
              ))}
          </List>
          {answer.hasNextPage && (
            <Button
              variant="default"
              size="xs"
              loading={answer.isFetchingNextPage}
              onClick={() => answer.fetchNextPage()}
            >
              {t("more")}
            </Button>
          )}
        </>
      )}
    </Stack>
  );
}

async function ask(question: string, cursor: string | undefined, signal: AbortSignal) {
  const body: Schema<"WhatIfInput"> = {
    ...JSON.parse(question),
    limit: PAGE,
    nodes: NODES,
    ...(cursor !== undefined && { cursor }),
  };
  const { data } = await client.POST("/api/v1/access/what-if", { body, signal });
  return data;
}

/** A long comparison says how long it took so far. */
function Comparing({ stop }: { stop: (() => void) | undefined }) {
  const t = useTranslations("app.whatIf");
  const [seconds, setSeconds] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => setSeconds((before) => before + 1), 1000);
    return () => clearInterval(timer);
  }, []);
  return (
    <Group wrap="nowrap" aria-busy="true">
      <div style={{ flex: 1 }}>
        <Text size="sm">
          {seconds < 2 ? t("comparing") : t("comparingLong", { seconds, longest: LONGEST })}
        </Text>
        <Progress
          value={Math.min(100, (100 * Math.max(seconds, 1)) / LONGEST)}
          animated
          mt={4}
          aria-label={t("comparing")}
        />
      </div>
      {stop && (
        <Button variant="default" size="xs" onClick={stop}>
          {t("stop")}
        </Button>
      )}
    </Group>
  );
}

function Summary({ answer }: { answer: Schema<"WhatIfAnswer"> }) {
  const t = useTranslations("app.whatIf");
  const { gaining, losing, total, partial, unregistered } = answer;
  return (
    <>
      <Text fw={600}>{total === 0 ? t("nobody") : t("summary", { gaining, losing })}</Text>
      {partial && (
        <Alert color="yellow" icon={<IconEyeOff />}>
          {t("partial")}
        </Alert>
      )}
      {unregistered.length > 0 && (
        <Text size="sm" c="dimmed" className="told">
          {t("unregistered", { patterns: unregistered.join(", ") })}
        </Text>
      )}
    </>
  );
}

function Affected({ subject }: { subject: Schema<"SubjectView"> }) {
  const t = useTranslations("app.whatIf");
  const path = subject.subject?.path ?? subject.subject?.id ?? "";
  const name = subject.type === "nobody" ? t("notSignedIn") : path;
  return (
    <>
      <Text fw={600} size="sm" className="told">
        {subject.new ? t("new", { name }) : name}
      </Text>
      {subject.changes.flatMap(({ permissions, gained, lost }) => {
        const key = permissions.join();
        return [
          gained.total > 0 && <Line key={`+${key}`} permissions={permissions} nodes={gained} gains />,
          lost.total > 0 && <Line key={`-${key}`} permissions={permissions} nodes={lost} />,
        ];
      })}
    </>
  );
}

interface LineProps {
  permissions: readonly string[];
  nodes: Schema<"NodesView">;
  gains?: boolean;
}

function Line({ permissions, nodes, gains = false }: LineProps) {
  const t = useTranslations("app.whatIf");
  const Icon = gains ? IconPlus : IconMinus;
  const named = nodes.nodes.map(({ path, id }) => path ?? id).join(", ");
  return (
    <Group gap="xs" wrap="nowrap" align="flex-start" mt={4}>
      <Badge
        color={gains ? "green.9" : "red.9"}
        variant="filled"
        radius="sm"
        tt="none"
        style={{ flexShrink: 0 }}
        leftSection={<Icon size={12} aria-hidden />}
      >
        {gains ? t("gains") : t("loses")}
      </Badge>
      <Text size="sm" className="told">
        <Code>{permissions.join(", ")}</Code>{" "}
        {t("at", { nodes: named, more: nodes.total - nodes.nodes.length })}
      </Text>
    </Group>
  );
}
