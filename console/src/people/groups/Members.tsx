import { Anchor, Button, Group, Text } from "@mantine/core";
import { IconUsers } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { Link } from "wouter";
import { client, type Schema } from "~/api/client.ts";
import { Empty } from "~/common/Empty.tsx";
import { useList } from "~/common/list.ts";
import { SubjectPicker } from "~/common/pick.tsx";
import type { Choice } from "~/common/SearchSelect.tsx";
import { Table } from "~/common/Table.tsx";
import { Time } from "~/common/Time.tsx";
import { addressOf, PEOPLE } from "../addresses.ts";
import { READ, useDeed } from "../deed.ts";

interface Props {
  group: Schema<"GroupView">;
  may: boolean;
}

/** The direct members of a group: users, service accounts, groups. */
export function Members({ group, may }: Props) {
  const t = useTranslations("people.members");
  const list = useList([...READ, "members", group.id], async (cursor) => {
    const params = { path: { group: group.id }, query: cursor ? { cursor } : {} };
    return (await client.GET("/api/v1/groups/{group}/members", { params })).data ?? { items: [] };
  });
  return (
    <>
      {may && <AddMember group={group} />}
      <Table
        label={t("label", { name: group.name })}
        list={list}
        id={(member) => member.id}
        columns={[
          { title: t("member"), show: (member) => <Name member={member} /> },
          { title: t("kind"), show: ({ kind }) => (isKnown(kind) ? t(`kinds.${kind}`) : kind) },
          { title: t("since"), wide: true, show: ({ since }) => <Time at={since} /> },
          ...(may
            ? [
                {
                  title: t("do"),
                  align: "right" as const,
                  show: (member: Member) => <Remove group={group} member={member} />,
                },
              ]
            : []),
        ]}
        empty={
          <Empty Icon={IconUsers} title={t("nothing")}>
            <Text size="sm">{t("nothingLead")}</Text>
          </Empty>
        }
      />
    </>
  );
}

type Member = Schema<"MemberView">;
const KINDS = ["user", "service_account", "group"] as const;

function isKnown(kind: string): kind is (typeof KINDS)[number] {
  return KINDS.some((known) => known === kind);
}

function Name({ member: { id, kind, name, path } }: { member: Member }) {
  return (
    <>
      <Anchor inherit component={Link} href={addressOf(kind, id, path) ?? PEOPLE} fw={600}>
        <bdi>{name}</bdi>
      </Anchor>
      <Text size="sm" c="dimmed">
        <bdi>{path}</bdi>
      </Text>
    </>
  );
}

function AddMember({ group }: { group: Schema<"GroupView"> }) {
  const t = useTranslations("people.members");
  const app = useTranslations("app.do");
  const [chosen, setChosen] = useState<Choice | null>(null);
  const add = useDeed(
    async ({ value }: Choice) => {
      const params = { path: { group: group.id } };
      await client.POST("/api/v1/groups/{group}/members", { params, body: { member: value } });
      setChosen(null);
    },
    ({ label }) => t("added", { name: label }),
    { inPlace: true },
  );
  const choose = (choice: Choice | null) => {
    add.reset();
    setChosen(choice);
  };
  return (
    <Group align="flex-start" mb="md">
      <SubjectPicker label={t("add")} value={chosen} onChange={choose} error={add.error?.message} />
      <Button
        mt={25}
        disabled={chosen === null}
        loading={add.isPending}
        onClick={() => chosen && add.mutate(chosen)}
      >
        {app("add")}
      </Button>
    </Group>
  );
}

function Remove({ group, member }: { group: Schema<"GroupView">; member: Member }) {
  const t = useTranslations("people.members");
  const app = useTranslations("app.do");
  const { id, name } = member;
  const params = { path: { group: group.id, member: id } };
  const back = useDeed(
    () =>
      client.POST("/api/v1/groups/{group}/members", {
        params: { path: { group: group.id } },
        body: { member: id },
      }),
    () => t("added", { name }),
  );
  const remove = useDeed(
    () => client.DELETE("/api/v1/groups/{group}/members/{member}", { params }),
    () => t("removed", { name }),
    { undo: { text: app("undo"), run: () => back.mutate() } },
  );
  return (
    <Button
      size="xs"
      variant="default"
      loading={remove.isPending}
      onClick={() => remove.mutate()}
      aria-label={t("removeOf", { name })}
    >
      {app("remove")}
    </Button>
  );
}
