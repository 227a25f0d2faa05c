import { Button, Text } from "@mantine/core";
import { IconNetwork } from "@tabler/icons-react";
import { useTranslations } from "use-intl";
import { client, type Schema } from "~/api/client.ts";
import { useInAddress } from "~/common/address.ts";
import { Empty } from "~/common/Empty.tsx";
import { useList } from "~/common/list.ts";
import { SearchField } from "~/common/SearchField.tsx";
import { Table } from "~/common/Table.tsx";
import { Time } from "~/common/Time.tsx";
import { READ, useDeed } from "../deed.ts";

/** The addresses from which sign-ins failed too often. */
export function LockedSources() {
  const t = useTranslations("people.locks");
  const [q] = useInAddress("q");
  const list = useList([...READ, "source-locks", q], async (cursor) => {
    const query = { ...(q && { q }), ...(cursor && { cursor }) };
    return (await client.GET("/api/v1/source-locks", { params: { query } })).data ?? { items: [] };
  });
  return (
    <>
      {(q !== "" || list.items.length > 0) && <SearchField label={t("searchSources")} />}
      <Table
        label={t("sources")}
        list={list}
        id={(lock) => lock.source}
        columns={[
          { title: t("source"), show: ({ source }) => <code>{source}</code> },
          { title: t("since"), wide: true, show: ({ since }) => <Time at={since} /> },
          { title: t("until"), show: ({ until }) => <Time at={until} /> },
          { title: t("do"), align: "right", show: (lock) => <Unlock lock={lock} /> },
        ]}
        empty={
          <Empty Icon={IconNetwork} title={q ? t("nothingFound", { q }) : t("noSources")}>
            <Text size="sm">{t("noSourcesLead")}</Text>
          </Empty>
        }
      />
    </>
  );
}

function Unlock({ lock: { source } }: { lock: Schema<"SourceLockView"> }) {
  const t = useTranslations("people.locks");
  const unlock = useDeed(
    () => client.DELETE("/api/v1/source-locks/{source}", { params: { path: { source } } }),
    () => t("unlocked", { name: source }),
  );
  return (
    <Button
      size="xs"
      variant="default"
      loading={unlock.isPending}
      onClick={() => unlock.mutate()}
      aria-label={t("unlockOf", { name: source })}
    >
      {t("unlock")}
    </Button>
  );
}
