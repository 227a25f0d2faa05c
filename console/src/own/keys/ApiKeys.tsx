import { ActionIcon, Badge, Button, Code, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconKey, IconPlus, IconTrash } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "use-intl";
import { client, type Schema } from "~/api/client.ts";
import { useMe } from "~/app/session.ts";
import { Empty } from "~/common/Empty.tsx";
import { useList } from "~/common/list.ts";
import { Table } from "~/common/Table.tsx";
import { Time } from "~/common/Time.tsx";
import { confirmLoss, tellDone, tellFailed } from "~/common/tell.tsx";
import { Card } from "../Card.tsx";
import { CreateApiKey } from "./CreateApiKey.tsx";

type Key = Schema<"ApiKeyView">;

/** One's own keys, for programs. */
export function ApiKeys() {
  const t = useTranslations("own.keys");
  const [creating, { open, close }] = useDisclosure(false);
  const queries = useQueryClient();
  const { realm, username } = useMe();
  const again = () => queries.invalidateQueries({ queryKey: ["own", "keys"] });
  const list = useList<Key>(["own", "keys"], async (cursor) => {
    const query = { owner: `/${realm}/${username}`, ...(cursor !== undefined && { cursor }) };
    const { data } = await client.GET("/api/v1/api-keys", { params: { query } });
    return data ?? { items: [] };
  });
  const revoke = async ({ id, name }: Key) => {
    const words = { title: t("revokeTitle", { name }), confirm: t("revoke"), cancel: t("keep") };
    if (!(await confirmLoss({ ...words, children: <Text size="sm">{t("loss")}</Text> }))) return;
    try {
      await client.DELETE("/api/v1/api-keys/{id}", { params: { path: { id } } });
      tellDone(t("revoked", { name }));
    } catch (error) {
      tellFailed(error);
    }
    await again();
  };
  return (
    <Card
      title={t("title")}
      lead={t.rich("lead", { header: () => <Code>X-API-Key</Code> })}
      actions={
        <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={open}>
          {t("create")}
        </Button>
      }
    >
      <Table
        label={t("title")}
        list={list}
        id={(key) => key.id}
        columns={[
          { title: t("name"), show: (key) => key.name },
          {
            title: t("role"),
            show: (key) =>
              key.role ?? (
                <Badge variant="default" tt="none">
                  {t("roleGone")}
                </Badge>
              ),
          },
          { title: t("made"), show: (key) => <Time at={key.created_at} />, wide: true },
          { title: t("used"), show: (key) => <Time at={key.last_used_at} none={t("never")} />, wide: true },
          { title: t("expires"), show: (key) => <Expiry at={key.expires_at} /> },
          {
            title: t("actions"),
            align: "right",
            show: (key) => (
              <ActionIcon
                variant="subtle"
                color="red"
                aria-label={t("revokeOne", { name: key.name })}
                onClick={() => revoke(key)}
              >
                <IconTrash size={18} />
              </ActionIcon>
            ),
          },
        ]}
        empty={
          <Empty Icon={IconKey} title={t("none")}>
            {t("noneWhat")}
          </Empty>
        }
      />
      <CreateApiKey opened={creating} onClose={close} onMade={again} />
    </Card>
  );
}

function Expiry({ at }: { at: string | null | undefined }) {
  const t = useTranslations("own.keys");
  if (at && new Date(at) < new Date())
    return (
      <Badge variant="default" tt="none">
        {t("expired")}
      </Badge>
    );
  return <Time at={at} none={t("neverExpires")} />;
}
