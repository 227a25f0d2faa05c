import { Anchor, Group, Text } from "@mantine/core";
import { IconUsers } from "@tabler/icons-react";
import { useFormatter, useTranslations } from "use-intl";
import { Link } from "wouter";
import { client } from "~/api/client.ts";
import { Empty } from "~/common/Empty.tsx";
import { useList } from "~/common/list.ts";
import { Table } from "~/common/Table.tsx";
import { Time } from "~/common/Time.tsx";
import { realmAddress } from "../addresses.ts";
import { READ } from "../deed.ts";
import { useConnections, useUserCount } from "../read.ts";
import { NewRealm } from "./NewRealm.tsx";

/** The realms, with how many users each has and whose users may come in. */
export function Realms() {
  const t = useTranslations("people.realms");
  const list = useList([...READ, "realms"], async (cursor) => {
    const query = cursor ? { cursor } : {};
    return (await client.GET("/api/v1/realms", { params: { query } })).data ?? { items: [] };
  });
  return (
    <Table
      label={t("label")}
      list={list}
      id={(realm) => realm.id}
      columns={[
        {
          title: t("realm"),
          show: ({ name }) => (
            <Anchor inherit component={Link} href={realmAddress(name)} fw={600}>
              <bdi>{name}</bdi>
            </Anchor>
          ),
        },
        { title: t("users"), align: "right", show: ({ name }) => <UserCount realm={name} /> },
        { title: t("admits"), wide: true, show: ({ name }) => <Admits realm={name} /> },
        { title: t("since"), wide: true, show: ({ created_at }) => <Time at={created_at} /> },
      ]}
      empty={
        <Empty Icon={IconUsers} title={t("nothing")}>
          <Text size="sm">{t("nothingLead")}</Text>
          <NewRealm />
        </Empty>
      }
    />
  );
}

function UserCount({ realm }: { realm: string }) {
  const format = useFormatter();
  const { data } = useUserCount(realm);
  return data === undefined || data === null ? "" : format.number(data);
}

function Admits({ realm }: { realm: string }) {
  const t = useTranslations("people.realms");
  const connections = useConnections().data ?? [];
  const others = connections.filter(({ to }) => to === realm);
  if (others.length === 0)
    return (
      <Text size="sm" c="dimmed">
        {t("admitsOwn")}
      </Text>
    );
  return (
    <Group gap={6}>
      {others.map(({ from }) => (
        <Anchor inherit key={from} component={Link} href={realmAddress(from)}>
          <bdi>{from}</bdi>
        </Anchor>
      ))}
    </Group>
  );
}
