import { Anchor, Text } from "@mantine/core";
import { IconUsers } from "@tabler/icons-react";
import { useTranslations } from "use-intl";
import { Link } from "wouter";
import { client } from "~/api/client.ts";
import { Empty } from "~/common/Empty.tsx";
import { useList } from "~/common/list.ts";
import { Table } from "~/common/Table.tsx";
import type { Question } from "./question.ts";
import { WhyLink } from "./WhereMay.tsx";

/** Who may do this here? */
export function WhoMay({ question }: { question: Question }) {
  const t = useTranslations("decide");
  if (question.permission === "") {
    return (
      <Empty Icon={IconUsers} title={t("empty.title")}>
        <Text size="sm">{t("empty.who")}</Text>
      </Empty>
    );
  }
  return <Subjects question={question} />;
}

function Subjects({ question }: { question: Question }) {
  const t = useTranslations("decide");
  const { permission, node } = question;
  const list = useList(["decide-who", permission, node], async (cursor) => {
    const body = { permission, ...(node && { node }), ...(cursor && { cursor }) };
    const { data } = await client.POST("/api/v1/access/subjects", { body });
    return data ?? { items: [] };
  });
  const words = { permission, count: list.data?.pages[0]?.total ?? 0, node: node || "/$global" };
  return (
    <>
      {list.data && (
        <Text fw={600} className="told" data-testid="who">
          {t("who.all", words)}
        </Text>
      )}
      <Table
        label={t("who.label")}
        list={list}
        id={(found) => found.id}
        columns={[
          {
            title: t("column.person"),
            show: (found) => (
              <Anchor component={Link} href={`/people/by-id/${found.id}`} underline="always">
                {found.name ?? found.id}
              </Anchor>
            ),
          },
          { title: t("column.realm"), show: (found) => found.realm ?? "", wide: true },
          {
            title: t("column.kind"),
            show: (found) => t(found.kind === "service_account" ? "kind.service_account" : "kind.user"),
            wide: true,
          },
          {
            title: t("column.why"),
            align: "right",
            show: (found) => <WhyLink question={{ ...question, principal: found.id }} />,
          },
        ]}
        empty={
          <Empty Icon={IconUsers} title={t("who.nobody")}>
            <Text size="sm">{t("who.nobodyHint")}</Text>
          </Empty>
        }
      />
    </>
  );
}
