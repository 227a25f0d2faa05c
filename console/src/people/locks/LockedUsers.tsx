import { Anchor, Button, Text } from "@mantine/core";
import { IconLockOpen } from "@tabler/icons-react";
import { useTranslations } from "use-intl";
import { Link } from "wouter";
import { client, type Schema } from "~/api/client.ts";
import { useInAddress } from "~/common/address.ts";
import { Empty } from "~/common/Empty.tsx";
import { useList } from "~/common/list.ts";
import { SearchField } from "~/common/SearchField.tsx";
import { Table } from "~/common/Table.tsx";
import { Time } from "~/common/Time.tsx";
import { userAddress } from "../addresses.ts";
import { READ, useDeed } from "../deed.ts";

/** The users that are locked now, by hand or by failed sign-ins. */
export function LockedUsers() {
  const t = useTranslations("people.locks");
  const [q] = useInAddress("q");
  const list = useList([...READ, "locks", q], async (cursor) => {
    const query = { ...(q && { q }), ...(cursor && { cursor }) };
    return (await client.GET("/api/v1/locks", { params: { query } })).data ?? { items: [] };
  });
  return (
    <>
      {(q !== "" || list.items.length > 0) && <SearchField label={t("searchUsers")} />}
      <Table
        label={t("users")}
        list={list}
        id={(locked) => locked.user}
        columns={[
          {
            title: t("user"),
            show: ({ realm, username }) => (
              <Anchor inherit component={Link} href={userAddress(realm, username)} fw={600}>
                <bdi>{`${username}@${realm}`}</bdi>
              </Anchor>
            ),
          },
          { title: t("why"), show: ({ reason, automatic }) => <Why reason={reason} automatic={automatic} /> },
          { title: t("since"), wide: true, show: ({ since }) => <Time at={since} /> },
          { title: t("until"), wide: true, show: ({ until }) => <Time at={until} none={t("forGood")} /> },
          { title: t("do"), align: "right", show: (locked) => <Unlock locked={locked} /> },
        ]}
        empty={
          <Empty Icon={IconLockOpen} title={q ? t("nothingFound", { q }) : t("noUsers")}>
            <Text size="sm">{t("noUsersLead")}</Text>
          </Empty>
        }
      />
    </>
  );
}

function Why({ reason, automatic }: { reason: string | null | undefined; automatic: boolean }) {
  const t = useTranslations("people.locks");
  if (automatic) return t("automatic");
  return reason ? <bdi>{reason}</bdi> : t("noReason");
}

function Unlock({ locked: { realm, username } }: { locked: Schema<"LockedUserView"> }) {
  const t = useTranslations("people.locks");
  const unlock = useDeed(
    () =>
      client.POST("/api/v1/realms/{realm}/users/{username}/unlock", {
        params: { path: { realm, username } },
      }),
    () => t("unlocked", { name: username }),
  );
  return (
    <Button
      size="xs"
      variant="default"
      loading={unlock.isPending}
      onClick={() => unlock.mutate()}
      aria-label={t("unlockOf", { name: `${username}@${realm}` })}
    >
      {t("unlock")}
    </Button>
  );
}
