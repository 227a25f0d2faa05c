import { Badge, Button, Group, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconKey, IconPlus } from "@tabler/icons-react";
import { useTranslations } from "use-intl";
import { client, type Schema } from "~/api/client.ts";
import { Empty } from "~/common/Empty.tsx";
import { useList } from "~/common/list.ts";
import { Table } from "~/common/Table.tsx";
import { Time } from "~/common/Time.tsx";
import { confirmLoss } from "~/common/tell.tsx";
import { READ, useDeed } from "../deed.ts";
import { NewKey } from "./NewKey.tsx";

interface Props {
  /** The path of the user or service account. */
  owner: string;
  /** Users make their keys themselves. */
  own?: boolean;
}

/** The API keys of a user or service account. */
export function Keys({ owner, own = false }: Props) {
  const t = useTranslations("people.keys");
  const [making, make] = useDisclosure(false);
  const list = useList([...READ, "keys", owner], async (cursor) => {
    const query = { owner, ...(cursor && { cursor }) };
    return (await client.GET("/api/v1/api-keys", { params: { query } })).data ?? { items: [] };
  });
  const button = !own && (
    <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={make.open}>
      {t("new")}
    </Button>
  );
  return (
    <>
      {list.items.length > 0 && (
        <Group justify="space-between" mb="md">
          <Text size="sm" c="dimmed">
            {t("lead")}
          </Text>
          {button}
        </Group>
      )}
      <Table
        label={t("label")}
        list={list}
        id={(key) => key.id}
        columns={[
          { title: t("name"), show: ({ name }) => <bdi>{name}</bdi> },
          {
            title: t("role"),
            show: ({ role }) =>
              role ?? (
                <Badge tt="none" variant="default">
                  {t("noRole")}
                </Badge>
              ),
          },
          { title: t("until"), wide: true, show: (key) => <Until apiKey={key} /> },
          {
            title: t("used"),
            wide: true,
            show: ({ last_used_at }) => <Time at={last_used_at} none={t("never")} />,
          },
          { title: t("do"), align: "right", show: (key) => <Revoke apiKey={key} /> },
        ]}
        empty={
          <Empty Icon={IconKey} title={t("nothing")}>
            <Text size="sm">{own ? t("nothingOwn") : t("nothingLead")}</Text>
            {button}
          </Empty>
        }
      />
      {making && <NewKey owner={owner} onClose={make.close} />}
    </>
  );
}

type Key = Schema<"ApiKeyView">;

function Until({ apiKey: { expires_at } }: { apiKey: Key }) {
  const t = useTranslations("people.keys");
  if (!expires_at) return t("forGood");
  const over = new Date(expires_at) <= new Date();
  return (
    <>
      <Time at={expires_at} />{" "}
      {over && (
        <Badge tt="none" variant="default">
          {t("over")}
        </Badge>
      )}
    </>
  );
}

function Revoke({ apiKey: { id, name } }: { apiKey: Key }) {
  const t = useTranslations("people.keys");
  const app = useTranslations("app.do");
  const revoke = useDeed(
    () => client.DELETE("/api/v1/api-keys/{id}", { params: { path: { id } } }),
    () => t("revoked", { name }),
  );
  const ask = async () => {
    const loss = {
      title: t("revokeTitle"),
      children: t("revokeLead", { name }),
      confirm: t("revoke"),
      cancel: app("cancel"),
    };
    if (await confirmLoss(loss)) revoke.mutate();
  };
  return (
    <Button
      size="xs"
      variant="default"
      loading={revoke.isPending}
      onClick={ask}
      aria-label={t("revokeOf", { name })}
    >
      {t("revoke")}
    </Button>
  );
}
