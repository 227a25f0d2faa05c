import { ActionIcon, Anchor, Badge, Code, Group, Menu, Text } from "@mantine/core";
import { IconCalendar, IconClockX, IconDotsVertical, IconTrash, IconUserCheck } from "@tabler/icons-react";
import { useState } from "react";
import { useNow, useTranslations } from "use-intl";
import { Link } from "wouter";
import { client, type Schema } from "~/api/client.ts";
import { Empty } from "~/common/Empty.tsx";
import { useList } from "~/common/list.ts";
import { Table } from "~/common/Table.tsx";
import { Time } from "~/common/Time.tsx";
import { roleAddress } from "./address.ts";
import { ChangeEnd } from "./ChangeEnd.tsx";
import { RemoveAssignment } from "./RemoveAssignment.tsx";
import { Where } from "./Where.tsx";

export type Assignment = Schema<"AssignmentView">;

interface Filter {
  subject?: string | undefined;
  role?: string | undefined;
  node?: string | undefined;
}

interface Props {
  filter: Filter;
  /** What is said where there are none. */
  empty: string;
  children?: React.ReactNode;
}

/** Who was given which role, where, and until when. Of one role, its column is left out. */
export function AssignmentTable({ filter, empty, children }: Props) {
  const t = useTranslations("roles.assignments");
  const [open, setOpen] = useState<{ kind: "remove" | "end"; assignment: Assignment }>();
  const given = Object.entries(filter).filter(([, value]) => value !== undefined && value !== "");
  const list = useList<Assignment>(["roles", "assignments", given], async (cursor) => {
    const query = { limit: 50, ...Object.fromEntries(given), ...(cursor && { cursor }) };
    const { data } = await client.GET("/api/v1/assignments", { params: { query } });
    return data ?? { items: [] };
  });
  const close = () => setOpen(undefined);
  const role = {
    title: t("role"),
    show: ({ role }: Assignment) => (
      <Anchor component={Link} href={roleAddress(role.id)} className="told">
        {role.name}
      </Anchor>
    ),
  };
  return (
    <>
      <Table
        label={t("title")}
        list={list}
        id={({ id }) => id}
        empty={
          <Empty Icon={IconUserCheck} title={empty}>
            {children}
          </Empty>
        }
        columns={[
          { title: t("subject"), show: (assignment) => <Subject assignment={assignment} /> },
          ...(given.some(([name]) => name === "role") && given.length === 1 ? [] : [role]),
          { title: t("node"), show: ({ node }) => <Where node={node} /> },
          { title: t("ends"), show: (assignment) => <Ends assignment={assignment} />, wide: true },
          {
            title: t("actions"),
            align: "right",
            show: (assignment) => (
              <RowMenu assignment={assignment} choose={(kind) => setOpen({ kind, assignment })} />
            ),
          },
        ]}
      />
      {open?.kind === "remove" && <RemoveAssignment assignment={open.assignment} close={close} />}
      {open?.kind === "end" && <ChangeEnd assignment={open.assignment} close={close} />}
    </>
  );
}

function Subject({ assignment: { subject, subject_kind, when } }: { assignment: Assignment }) {
  const t = useTranslations("roles.assignments");
  const kinds = { user: t("user"), group: t("group"), service_account: t("service_account") };
  const kind = subject_kind in kinds ? kinds[subject_kind as keyof typeof kinds] : subject_kind;
  return (
    <>
      <span className="told">{subject.path ?? subject.id}</span>
      <Text size="xs" c="dimmed">
        {kind}
      </Text>
      {when && (
        <Text size="xs" c="dimmed" className="told">
          {t("onlyWhen")} <Code>{when}</Code>
        </Text>
      )}
    </>
  );
}

function Ends({ assignment: { expires_at } }: { assignment: Assignment }) {
  const t = useTranslations("roles.assignments");
  const now = useNow({ updateInterval: 30_000 });
  if (!expires_at) return <Text c="dimmed">{t("never")}</Text>;
  if (new Date(expires_at) > now) return <Time at={expires_at} />;
  return (
    <Group gap="xs">
      <Badge color="gray.7" radius="sm" tt="none" leftSection={<IconClockX size={12} aria-hidden />}>
        {t("ended")}
      </Badge>
      <Time at={expires_at} />
    </Group>
  );
}

interface MenuProps {
  assignment: Assignment;
  choose(kind: "remove" | "end"): void;
}

function RowMenu({ assignment: { subject, role }, choose }: MenuProps) {
  const t = useTranslations("roles.assignments");
  const name = t("more", { role: role.name, subject: subject.path ?? subject.id });
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon variant="default" aria-label={name}>
          <IconDotsVertical size={16} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<IconCalendar size={16} aria-hidden />} onClick={() => choose("end")}>
          {t("changeEnd")}
        </Menu.Item>
        <Menu.Item
          color="red"
          leftSection={<IconTrash size={16} aria-hidden />}
          onClick={() => choose("remove")}
        >
          {t("remove")}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
