import { Anchor, Text } from "@mantine/core";
import { IconRobot } from "@tabler/icons-react";
import { useTranslations } from "use-intl";
import { Link } from "wouter";
import { client } from "~/api/client.ts";
import { useInAddress } from "~/common/address.ts";
import { Empty } from "~/common/Empty.tsx";
import { useList } from "~/common/list.ts";
import { Page } from "~/common/Page.tsx";
import { SearchField } from "~/common/SearchField.tsx";
import { Table } from "~/common/Table.tsx";
import { Time } from "~/common/Time.tsx";
import { accountAddress, PEOPLE } from "../addresses.ts";
import { READ } from "../deed.ts";
import { State } from "../State.tsx";
import { NewAccount } from "./NewAccount.tsx";

/** The service accounts: programs that sign in by a key. */
export function Accounts() {
  const t = useTranslations("people.accounts");
  const [q] = useInAddress("q");
  const list = useList([...READ, "accounts", q], async (cursor) => {
    const query = { ...(q && { q }), ...(cursor && { cursor }) };
    return (await client.GET("/api/v1/service-accounts", { params: { query } })).data ?? { items: [] };
  });
  return (
    <Page
      title={t("title")}
      lead={t("lead")}
      above={[{ title: t("above"), href: PEOPLE }]}
      actions={<NewAccount />}
    >
      {(q !== "" || list.items.length > 0) && <SearchField label={t("search")} />}
      <Table
        label={t("title")}
        list={list}
        id={(account) => account.id}
        columns={[
          {
            title: t("name"),
            show: ({ id, name, description }) => (
              <>
                <Anchor inherit component={Link} href={accountAddress(id)} fw={600}>
                  <bdi>{name}</bdi>
                </Anchor>
                <Text size="sm" c="dimmed" lineClamp={2}>
                  <bdi>{description}</bdi>
                </Text>
              </>
            ),
          },
          {
            title: t("owner"),
            wide: true,
            show: ({ owner }) => (owner === "/$global" ? t("system") : <bdi>{owner}</bdi>),
          },
          { title: t("state"), show: ({ disabled }) => <State state={disabled ? "disabled" : "active"} /> },
          { title: t("since"), wide: true, show: ({ created_at }) => <Time at={created_at} /> },
        ]}
        empty={
          <Empty Icon={IconRobot} title={q ? t("nothingFound", { q }) : t("nothing")}>
            <Text size="sm">{t("nothingLead")}</Text>
          </Empty>
        }
      />
    </Page>
  );
}
