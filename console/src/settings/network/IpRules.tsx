import {
  ActionIcon,
  Alert,
  Anchor,
  Badge,
  Button,
  Card,
  Group,
  List,
  Stack,
  Text,
  TextInput,
  Title,
} from "@mantine/core";
import { useDebouncedValue, useDisclosure } from "@mantine/hooks";
import {
  IconBan,
  IconCheck,
  IconInfoCircle,
  IconNetwork,
  IconPlus,
  IconSearch,
  IconTrash,
} from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { Link } from "wouter";
import { client, type Schema } from "~/api/client.ts";
import { Problem } from "~/api/problem.ts";
import { Empty } from "~/common/Empty.tsx";
import { useList } from "~/common/list.ts";
import { Table } from "~/common/Table.tsx";
import { Time } from "~/common/Time.tsx";
import { confirmLoss, tellDone, tellFailed } from "~/common/tell.tsx";
import { AddIpRule } from "./AddIpRule.tsx";
import { shutsOut } from "./shut_out.ts";

type Rule = Schema<"IpRule">;

/** Who may come in from where: the two lists, and what they do together. */
export function IpRules() {
  const t = useTranslations("settings.network");
  const [adding, { open, close }] = useDisclosure(false);
  const [text, setText] = useState("");
  const [q] = useDebouncedValue(text, 250);
  const list = useList<Rule>(["settings", "ip-rules", q], async (cursor) => {
    const query = { ...(cursor !== undefined && { cursor }), ...(q && { q }) };
    const { data } = await client.GET("/api/v1/ip-rules", { params: { query } });
    return data ?? { items: [] };
  });
  const remove = useRemoval();
  return (
    <Card withBorder padding="lg">
      <Stack>
        <Group justify="space-between">
          <Title order={2} size="h4">
            {t("title")}
          </Title>
          <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={open}>
            {t("add")}
          </Button>
        </Group>
        <Alert icon={<IconInfoCircle />} title={t("how")}>
          <List size="sm" type="ordered" spacing={4}>
            <List.Item>{t("howBlock")}</List.Item>
            <List.Item>{t("howAllow")}</List.Item>
            <List.Item>{t("howNone")}</List.Item>
          </List>
          <Text size="sm" mt="xs">
            {t("howMore")}{" "}
            <Anchor component={Link} href="/audit?action=ip_rule.refuse" size="sm" underline="always">
              {t("refused")}
            </Anchor>
          </Text>
        </Alert>
        <TextInput
          label={t("find")}
          leftSection={<IconSearch size={16} aria-hidden />}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          maw={360}
        />
        <Table
          label={t("title")}
          list={list}
          id={(rule) => rule.id}
          columns={[
            { title: t("network"), show: (rule) => <code>{rule.network}</code> },
            { title: t("list"), show: (rule) => <ListName list={rule.list} /> },
            { title: t("note"), show: (rule) => rule.note ?? "" },
            { title: t("since"), show: (rule) => <Time at={rule.created_at} />, wide: true },
            {
              title: t("actions"),
              align: "right",
              show: (rule) => (
                <ActionIcon
                  variant="subtle"
                  color="red"
                  aria-label={t("remove", { network: rule.network })}
                  onClick={() => remove(rule)}
                >
                  <IconTrash size={18} />
                </ActionIcon>
              ),
            },
          ]}
          empty={
            <Empty Icon={IconNetwork} title={q ? t("notFound") : t("none")}>
              {q ? undefined : t("noneWhat")}
            </Empty>
          }
        />
      </Stack>
      <AddIpRule opened={adding} onClose={close} />
    </Card>
  );
}

function ListName({ list }: { list: string }) {
  const t = useTranslations("settings.network");
  return (
    <Badge
      variant="default"
      tt="none"
      leftSection={list === "block" ? <IconBan size={12} aria-hidden /> : <IconCheck size={12} aria-hidden />}
    >
      {list === "block" ? t("block") : t("allow")}
    </Badge>
  );
}

/** Takes a rule away, with a way back; asks once more where that shuts oneself out. */
function useRemoval() {
  const t = useTranslations("settings.network");
  const app = useTranslations("app.do");
  const queries = useQueryClient();
  const again = () => queries.invalidateQueries({ queryKey: ["settings", "ip-rules"] });
  const run = async (rule: Rule, confirm: boolean) => {
    const params = { path: { rule: rule.id }, query: { confirm } };
    await client.DELETE("/api/v1/ip-rules/{rule}", { params });
    await again();
    tellDone(t("removed", { network: rule.network }), {
      text: app("undo"),
      run: () => bringBack(rule).then(again, tellFailed),
    });
  };
  return async (rule: Rule) => {
    try {
      await run(rule, false);
    } catch (error) {
      if (!(error instanceof Problem) || !shutsOut(error)) return tellFailed(error);
      const children = <Text size="sm">{error.message}</Text>;
      const labels = { title: t("shutOut"), confirm: t("removeAnyway"), cancel: app("cancel") };
      if (await confirmLoss({ ...labels, children })) await run(rule, true).catch(tellFailed);
    }
  };
}

async function bringBack({ list, network, note }: Rule) {
  await client.POST("/api/v1/ip-rules", { body: { rules: [{ list, network, ...(note && { note }) }] } });
}
