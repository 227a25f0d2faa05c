import { Anchor, Button, Group, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconMailPlus, IconUserPlus, IconUserSearch, IconUsers } from "@tabler/icons-react";
import { useTranslations } from "use-intl";
import { Link } from "wouter";
import { client } from "~/api/client.ts";
import { useMay } from "~/app/may.ts";
import { useInAddress } from "~/common/address.ts";
import { Empty } from "~/common/Empty.tsx";
import { useList } from "~/common/list.ts";
import { SearchField } from "~/common/SearchField.tsx";
import { Table } from "~/common/Table.tsx";
import { Time } from "~/common/Time.tsx";
import { userAddress } from "../addresses.ts";
import { READ } from "../deed.ts";
import { UserState } from "../State.tsx";
import { Invite } from "../users/Invite.tsx";
import { NewUser } from "../users/NewUser.tsx";

/** The users of a realm, and the two ways to get more of them. */
export function RealmUsers({ realm }: { realm: string }) {
  const t = useTranslations("people.users");
  const [q] = useInAddress("q");
  const list = useList([...READ, "users", realm, q], async (cursor) => {
    const query = { ...(q && { q }), ...(cursor && { cursor }) };
    const params = { path: { realm }, query };
    return (await client.GET("/api/v1/realms/{realm}/users", { params })).data ?? { items: [] };
  });
  return (
    <>
      <Group justify="space-between" mb="md">
        <SearchField label={t("search")} placeholder={t("searchHint")} />
        <MoreUsers realm={realm} />
      </Group>
      <Table
        label={t("label")}
        list={list}
        id={(user) => user.id}
        columns={[
          {
            title: t("username"),
            show: ({ username, full_name }) => (
              <>
                <Anchor inherit component={Link} href={userAddress(realm, username)} fw={600}>
                  <bdi>{username}</bdi>
                </Anchor>
                <Text size="sm" c="dimmed" lineClamp={2}>
                  <bdi>{full_name}</bdi>
                </Text>
              </>
            ),
          },
          { title: t("email"), wide: true, show: ({ email }) => email },
          { title: t("state"), show: (user) => <UserState user={user} /> },
          { title: t("since"), wide: true, show: ({ created_at }) => <Time at={created_at} /> },
        ]}
        empty={
          q ? (
            <Empty Icon={IconUserSearch} title={t("nothingFound", { q })}>
              <Text size="sm">{t("nothingFoundLead")}</Text>
            </Empty>
          ) : (
            <Empty Icon={IconUsers} title={t("nothing")}>
              <Text size="sm">{t("nothingLead")}</Text>
            </Empty>
          )
        }
      />
    </>
  );
}

function MoreUsers({ realm }: { realm: string }) {
  const t = useTranslations("people.users");
  const [making, make] = useDisclosure(false);
  const [inviting, invite] = useDisclosure(false);
  const may = useMay(["user_manage"], `/${realm}`);
  if (!may.has("user_manage")) return null;
  return (
    <Group gap="xs">
      <Button variant="default" leftSection={<IconMailPlus size={16} aria-hidden />} onClick={invite.open}>
        {t("invite")}
      </Button>
      <Button leftSection={<IconUserPlus size={16} aria-hidden />} onClick={make.open}>
        {t("new")}
      </Button>
      {making && <NewUser realm={realm} onClose={make.close} />}
      {inviting && <Invite realm={realm} onClose={invite.close} />}
    </Group>
  );
}
