import { Anchor, Text } from "@mantine/core";
import { IconUserSearch } from "@tabler/icons-react";
import { useTranslations } from "use-intl";
import { Link } from "wouter";
import { client } from "~/api/client.ts";
import { Empty } from "~/common/Empty.tsx";
import { useList } from "~/common/list.ts";
import { Table } from "~/common/Table.tsx";
import { Time } from "~/common/Time.tsx";
import { addressOf, PEOPLE } from "./addresses.ts";
import { READ } from "./deed.ts";

/** The users of all realms whose user name has that text. */
export function FoundUsers({ q }: { q: string }) {
  const t = useTranslations("people.found");
  const list = useList([...READ, "found", q], async (cursor) => {
    const query = { kind: "user", q, ...(cursor && { cursor }) };
    return (await client.GET("/api/v1/nodes", { params: { query } })).data ?? { items: [] };
  });
  return (
    <Table
      label={t("label")}
      list={list}
      id={(node) => node.id}
      columns={[
        {
          title: t("user"),
          show: ({ id, kind, name, path }) => (
            <Anchor inherit component={Link} href={addressOf(kind, id, path) ?? PEOPLE}>
              <bdi>{name}</bdi>
            </Anchor>
          ),
        },
        { title: t("realm"), show: ({ path }) => <bdi>{path.split("/")[1]}</bdi> },
        { title: t("since"), wide: true, show: ({ created_at }) => <Time at={created_at} /> },
      ]}
      empty={
        <Empty Icon={IconUserSearch} title={t("nothing", { q })}>
          <Text size="sm">{t("nothingLead")}</Text>
        </Empty>
      }
    />
  );
}
