import { Anchor, Button, Group, Text } from "@mantine/core";
import { IconShieldPlus } from "@tabler/icons-react";
import { useTranslations } from "use-intl";
import { Link } from "wouter";
import { client, type Schema } from "~/api/client.ts";
import { Empty } from "~/common/Empty.tsx";
import { useList } from "~/common/list.ts";
import { Table } from "~/common/Table.tsx";
import { Time } from "~/common/Time.tsx";
import { confirmLoss } from "~/common/tell.tsx";
import { givingAddress } from "./addresses.ts";
import { READ, useDeed } from "./deed.ts";

interface Props {
  /** The path of the user, group or service account. */
  subject: string;
  /** For roles that somebody has by a group: they are changed there. */
  fixed?: boolean;
}

/** The roles that somebody was given, where, and for how long. */
export function Assignments({ subject, fixed = false }: Props) {
  const t = useTranslations("people.assignments");
  const list = useList([...READ, "assignments", subject], async (cursor) => {
    const query = { subject, ...(cursor && { cursor }) };
    return (await client.GET("/api/v1/assignments", { params: { query } })).data ?? { items: [] };
  });
  return (
    <Table
      label={t("label", { subject })}
      list={list}
      id={(assignment) => assignment.id}
      columns={[
        { title: t("role"), show: ({ role }) => <Role role={role} /> },
        { title: t("where"), show: ({ node }) => where(node, t("everywhere")) },
        {
          title: t("until"),
          wide: true,
          show: ({ expires_at }) => <Time at={expires_at} none={t("forGood")} />,
        },
        { title: t("when"), wide: true, show: ({ when }) => (when ? <code>{when}</code> : t("always")) },
        ...(fixed
          ? []
          : [
              {
                title: t("do"),
                align: "right" as const,
                show: (assignment: Schema<"AssignmentView">) => <Remove assignment={assignment} />,
              },
            ]),
      ]}
      empty={
        fixed ? (
          <Text size="sm" c="dimmed">
            {t("groupNothing")}
          </Text>
        ) : (
          <Empty Icon={IconShieldPlus} title={t("nothing")}>
            <Text size="sm">{t("nothingLead")}</Text>
            <GiveRole subject={subject} />
          </Empty>
        )
      }
    />
  );
}

/** The way to give somebody a role. */
export function GiveRole({ subject }: { subject: string }) {
  const t = useTranslations("people.assignments");
  return (
    <Button
      component={Link}
      href={givingAddress(subject)}
      variant="default"
      leftSection={<IconShieldPlus size={16} aria-hidden />}
    >
      {t("give")}
    </Button>
  );
}

function Role({ role }: { role: Schema<"RoleName"> }) {
  const owner = role.owner.path;
  return (
    <>
      <Anchor inherit component={Link} href={`/roles/${role.id}`}>
        <bdi>{role.name}</bdi>
      </Anchor>
      {owner && owner !== "/$global" && (
        <Text size="sm" c="dimmed">
          <bdi>{owner}</bdi>
        </Text>
      )}
    </>
  );
}

function where({ id, path }: Schema<"NodeName">, everywhere: string) {
  if (path === "/$global") return everywhere;
  return path ? <bdi>{path}</bdi> : <code>{id}</code>;
}

function Remove({ assignment }: { assignment: Schema<"AssignmentView"> }) {
  const t = useTranslations("people.assignments");
  const app = useTranslations("app.do");
  const { id, role, node } = assignment;
  const place = node.path ?? node.id;
  const remove = useDeed(
    () => client.DELETE("/api/v1/assignments/{assignment}", { params: { path: { assignment: id } } }),
    () => t("removed", { role: role.name }),
  );
  const ask = async () => {
    const loss = {
      title: t("removeTitle"),
      children: t("removeLead", { role: role.name, place }),
      confirm: app("remove"),
      cancel: app("cancel"),
    };
    if (await confirmLoss(loss)) remove.mutate();
  };
  return (
    <Group justify="flex-end">
      <Button
        size="xs"
        variant="default"
        loading={remove.isPending}
        onClick={ask}
        aria-label={t("removeOf", { role: role.name, place })}
      >
        {app("remove")}
      </Button>
    </Group>
  );
}
