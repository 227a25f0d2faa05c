import { Badge, Button, Group, Text } from "@mantine/core";
import { IconDevices } from "@tabler/icons-react";
import { useTranslations } from "use-intl";
import { client, type Schema } from "~/api/client.ts";
import { Empty } from "~/common/Empty.tsx";
import { useList } from "~/common/list.ts";
import { Table } from "~/common/Table.tsx";
import { Time } from "~/common/Time.tsx";
import { confirmLoss } from "~/common/tell.tsx";
import { READ, useDeed } from "../deed.ts";
import { Device } from "./Device.tsx";
import { at } from "./paths.ts";

type User = Schema<"UserView">;

/** Where a user is signed in. */
export function Sessions({ user }: { user: User }) {
  const t = useTranslations("people.sessions");
  const list = useList([...READ, "sessions", user.id], async (cursor) => {
    const { path } = at(user).params;
    const params = { path, query: cursor ? { cursor } : {} };
    return (
      (await client.GET("/api/v1/realms/{realm}/users/{username}/sessions", { params })).data ?? { items: [] }
    );
  });
  return (
    <>
      {list.items.length > 0 && (
        <Group justify="flex-end" mb="md">
          <EndAll user={user} />
        </Group>
      )}
      <Table
        label={t("label")}
        list={list}
        id={(session) => session.id}
        columns={[
          { title: t("device"), show: (session) => <Device session={session} /> },
          { title: t("ip"), wide: true, show: ({ ip }) => ip ?? "–" },
          { title: t("began"), wide: true, show: ({ created_at }) => <Time at={created_at} /> },
          { title: t("lastSeen"), show: ({ last_seen_at }) => <Time at={last_seen_at} /> },
          {
            title: t("do"),
            align: "right",
            show: (session) =>
              session.current ? (
                <Badge tt="none" variant="default">
                  {t("current")}
                </Badge>
              ) : (
                <EndOne user={user} session={session} />
              ),
          },
        ]}
        empty={
          <Empty Icon={IconDevices} title={t("nothing")}>
            <Text size="sm">{t("nothingLead")}</Text>
          </Empty>
        }
      />
    </>
  );
}

function EndOne({ user, session }: { user: User; session: Schema<"SessionView"> }) {
  const t = useTranslations("people.sessions");
  const { id } = session;
  const end = useDeed(
    () =>
      client.DELETE("/api/v1/realms/{realm}/users/{username}/sessions/{id}", {
        params: { path: { ...at(user).params.path, id } },
      }),
    () => t("ended"),
  );
  const device = session.device_name ?? session.user_agent ?? t("unknown");
  return (
    <Button
      size="xs"
      variant="default"
      loading={end.isPending}
      onClick={() => end.mutate()}
      aria-label={t("endOf", { device })}
    >
      {t("end")}
    </Button>
  );
}

function EndAll({ user }: { user: User }) {
  const t = useTranslations("people.sessions");
  const app = useTranslations("app.do");
  const { username } = user;
  const end = useDeed(
    () => client.DELETE("/api/v1/realms/{realm}/users/{username}/sessions", at(user)),
    () => t("endedAll", { username }),
  );
  const ask = async () => {
    const loss = {
      title: t("endAllTitle", { username }),
      children: t("endAllLead"),
      confirm: t("endAll"),
      cancel: app("cancel"),
    };
    if (await confirmLoss(loss)) end.mutate();
  };
  return (
    <Button variant="light" color="red" loading={end.isPending} onClick={ask}>
      {t("endAll")}
    </Button>
  );
}
