import { Badge, Button, Group, Text } from "@mantine/core";
import { IconDeviceLaptop } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "use-intl";
import { client, type Schema } from "~/api/client.ts";
import { Problem } from "~/api/problem.ts";
import { Empty } from "~/common/Empty.tsx";
import { useList } from "~/common/list.ts";
import { Table } from "~/common/Table.tsx";
import { Time } from "~/common/Time.tsx";
import { confirmLoss, tellDone, tellFailed } from "~/common/tell.tsx";
import { Card } from "../Card.tsx";
import { deviceOf } from "./device.ts";
import { useMethod } from "./method.ts";

type Session = Schema<"Page_SessionView">["items"][number];

/** The sessions that are open, this one marked; each other one can be ended, or all of them. */
export function OpenSessions() {
  const t = useTranslations("own.sessions");
  const methodOf = useMethod();
  const list = useList<Session>(["own", "sessions"], readPage);
  const again = useAgain();
  const end = useMutation({
    mutationFn: endOne,
    onSuccess: () => tellDone(t("ended")),
    onError: tellFailed,
    onSettled: again,
  });
  const endOthers = useMutation({
    mutationFn: endAllOthers,
    onSuccess: (count) => tellDone(t("othersEnded", { count })),
    onError: tellFailed,
    onSettled: again,
  });
  const askOthers = async () => {
    const words = { title: t("endOthers"), confirm: t("endOthers"), cancel: t("keep") };
    if (await confirmLoss({ ...words, children: <Text size="sm">{t("loss")}</Text> })) endOthers.mutate();
  };
  const others = list.items.some(({ current }) => !current) || list.hasNextPage;
  return (
    <Card
      title={t("title")}
      lead={t("lead")}
      actions={
        others && (
          <Button variant="default" loading={endOthers.isPending} onClick={askOthers}>
            {t("endOthers")}
          </Button>
        )
      }
    >
      <Table
        label={t("title")}
        list={list}
        id={(session) => session.id}
        columns={[
          {
            title: t("device"),
            show: (session) => (
              <>
                <Group gap="xs">
                  <Text size="sm" fw={600} title={session.user_agent ?? ""}>
                    {session.device_name ?? deviceOf(session.user_agent) ?? t("unknown")}
                  </Text>
                  {session.current && <Badge tt="none">{t("current")}</Badge>}
                  {session.remembered && (
                    <Badge variant="light" tt="none">
                      {t("remembered")}
                    </Badge>
                  )}
                </Group>
                <Text size="xs" c="dimmed">
                  {methodOf(session.method)}
                  {session.impersonator && ` · ${t("by", { name: session.impersonator })}`}
                </Text>
              </>
            ),
          },
          { title: t("from"), show: (session) => <span className="whole">{session.ip}</span>, wide: true },
          { title: t("signedIn"), show: (session) => <Time at={session.signed_in_at} />, wide: true },
          { title: t("seen"), show: (session) => <Time at={session.last_seen_at} /> },
          {
            title: t("actions"),
            align: "right",
            show: (session) =>
              !session.current && (
                <Button
                  size="compact-sm"
                  variant="default"
                  aria-label={t("endOne", {
                    device: session.device_name ?? deviceOf(session.user_agent) ?? t("unknown"),
                  })}
                  onClick={() => end.mutate(session.id)}
                >
                  {t("end")}
                </Button>
              ),
          },
        ]}
        empty={<Empty Icon={IconDeviceLaptop} title={t("none")} />}
      />
    </Card>
  );
}

/** What has ended is gone from both lists. */
export function useAgain() {
  const queries = useQueryClient();
  return async () => {
    await queries.invalidateQueries({ queryKey: ["own", "sessions"] });
    await queries.invalidateQueries({ queryKey: ["own", "devices"] });
  };
}

async function readPage(cursor: string | undefined) {
  const query = cursor === undefined ? {} : { cursor };
  const { data } = await client.GET("/auth/sessions", { params: { query } });
  return data ?? { items: [] };
}

async function endOne(id: string) {
  await client.DELETE("/auth/sessions/{id}", { params: { path: { id } } });
}

/** Ends all but this one, page by page; how many. */
async function endAllOthers(): Promise<number> {
  let count = 0;
  let cursor: string | undefined;
  do {
    const page: Awaited<ReturnType<typeof readPage>> = await readPage(cursor);
    for (const { id } of page.items.filter(({ current }) => !current)) {
      await endOne(id).catch(unlessGone);
      count++;
    }
    cursor = page.next_cursor ?? undefined;
  } while (cursor !== undefined);
  return count;
}

/** One that ended by itself in between is what was wanted. */
function unlessGone(error: unknown) {
  if (!(error instanceof Problem) || error.status !== 404) throw error;
}
