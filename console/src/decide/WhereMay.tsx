import { Anchor, Group, Text } from "@mantine/core";
import { IconMapPin } from "@tabler/icons-react";
import { useTranslations } from "use-intl";
import { Link } from "wouter";
import { client } from "~/api/client.ts";
import { Empty } from "~/common/Empty.tsx";
import { useList } from "~/common/list.ts";
import { Table } from "~/common/Table.tsx";
import { Waiting } from "~/common/Waiting.tsx";
import { nodeAt } from "./links.ts";
import { decideAt, principalInput, type Question, type Who } from "./question.ts";
import { useWho } from "./who.ts";

/** Where may this person do this? */
export function WhereMay({ question }: { question: Question }) {
  const t = useTranslations("decide");
  const who = useWho(question.principal);
  if (question.principal === "" || question.permission === "") {
    return (
      <Empty Icon={IconMapPin} title={t("empty.title")}>
        <Text size="sm">{t("empty.where")}</Text>
      </Empty>
    );
  }
  return who ? <Nodes question={question} who={who} /> : <Waiting />;
}

function Nodes({ question, who }: { question: Question; who: Who }) {
  const t = useTranslations("decide");
  const { permission, node } = question;
  const list = useList(["decide-where", who.reference, permission, node], async (cursor) => {
    const principal = principalInput(who);
    const body = {
      permission,
      ...(principal && { principal }),
      ...(node && { under: node }),
      ...(cursor && { cursor }),
    };
    const { data } = await client.POST("/api/v1/access/nodes", { body });
    return data ?? { items: [] };
  });
  const words = { person: who.name, permission, count: list.data?.pages[0]?.total ?? 0, node };
  return (
    <>
      {list.data && (
        <Group justify="space-between">
          <Text fw={600} className="told" data-testid="where">
            {t(node ? "where.below" : "where.all", words)}
          </Text>
        </Group>
      )}
      <Table
        label={t("where.label")}
        list={list}
        id={(found) => found.id}
        columns={[
          {
            title: t("column.node"),
            show: (found) => (
              <Anchor component={Link} href={nodeAt(found)} underline="always">
                {found.path ?? found.id}
              </Anchor>
            ),
          },
          { title: t("column.kind"), show: (found) => found.kind, wide: true },
          {
            title: t("column.why"),
            align: "right",
            show: (found) => <WhyLink question={{ ...question, node: found.path ?? found.id }} />,
          },
        ]}
        empty={
          <Empty Icon={IconMapPin} title={t("where.nowhere")}>
            <Text size="sm">{t("where.nowhereHint")}</Text>
          </Empty>
        }
      />
    </>
  );
}

/** The way to the reason of one of many answers. */
export function WhyLink({ question }: { question: Partial<Question> }) {
  const t = useTranslations("decide");
  const { principal = "", permission = "", node = "", context = "", resource = "" } = question;
  const name = t("column.whyOf", { principal, permission, node });
  return (
    <Anchor
      component={Link}
      href={decideAt({ principal, permission, node, context, resource })}
      aria-label={name}
      underline="always"
    >
      {t("column.why")}
    </Anchor>
  );
}
