import { Anchor, Button, Group, Text } from "@mantine/core";
import { IconDevices } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "use-intl";
import { Link } from "wouter";
import { client } from "~/api/client.ts";
import { Empty } from "~/common/Empty.tsx";
import { useList } from "~/common/list.ts";
import { Table } from "~/common/Table.tsx";
import { Time } from "~/common/Time.tsx";
import { confirmLoss, tellDone, tellFailed } from "~/common/tell.tsx";
import { userAddress } from "../addresses.ts";
import { READ } from "../deed.ts";
import { Device } from "../users/Device.tsx";

/** Who of a realm is signed in, and the way to sign everybody out. */
export function RealmSessions({ realm }: { realm: string }) {
  const t = useTranslations("people.realmSessions");
  const list = useList([...READ, "realm-sessions", realm], async (cursor) => {
    const params = { path: { realm }, query: cursor ? { cursor } : {} };
    return (await client.GET("/api/v1/realms/{realm}/sessions", { params })).data ?? { items: [] };
  });
  return (
    <>
      <Group justify="space-between" mb="md">
        <Text c="dimmed" size="sm">
          {t("lead")}
        </Text>
        {list.items.length > 0 && <EndAll realm={realm} />}
      </Group>
      <Table
        label={t("label")}
        list={list}
        id={(session) => session.id}
        columns={[
          {
            title: t("user"),
            show: ({ username }) => (
              <Anchor inherit component={Link} href={`${userAddress(realm, username)}?tab=sessions`}>
                <bdi>{username}</bdi>
              </Anchor>
            ),
          },
          { title: t("device"), wide: true, show: (session) => <Device session={session} /> },
          { title: t("ip"), wide: true, show: ({ ip }) => ip ?? "–" },
          { title: t("lastSeen"), show: ({ last_seen_at }) => <Time at={last_seen_at} /> },
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

function EndAll({ realm }: { realm: string }) {
  const t = useTranslations("people.realmSessions");
  const app = useTranslations("app.do");
  const queries = useQueryClient();
  const end = useMutation({
    mutationFn: () => client.DELETE("/api/v1/realms/{realm}/sessions", { params: { path: { realm } } }),
    onSuccess: async ({ data }) => {
      tellDone(t("ended", { sessions: data?.sessions_ended ?? 0, devices: data?.devices_forgotten ?? 0 }));
      await queries.invalidateQueries({ queryKey: READ });
    },
    onError: tellFailed,
  });
  const ask = async () => {
    const loss = {
      title: t("endTitle", { realm }),
      children: t("endLead"),
      confirm: t("end"),
      cancel: app("cancel"),
    };
    if (await confirmLoss(loss)) end.mutate();
  };
  return (
    <Button variant="light" color="red" loading={end.isPending} onClick={ask}>
      {t("end")}
    </Button>
  );
}
