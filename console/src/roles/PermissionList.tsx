import { ActionIcon, Button, Menu, SimpleGrid, Text } from "@mantine/core";
import { IconDotsVertical, IconKey, IconPencil, IconPlus, IconTrash } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { client, type Schema } from "~/api/client.ts";
import { useParameters } from "~/common/address.ts";
import { Empty } from "~/common/Empty.tsx";
import { useList } from "~/common/list.ts";
import { Page } from "~/common/Page.tsx";
import { NodePicker } from "~/common/pick.tsx";
import { SearchField } from "~/common/SearchField.tsx";
import { Table } from "~/common/Table.tsx";
import { DeletePermission } from "./DeletePermission.tsx";
import { DescribePermission } from "./DescribePermission.tsx";
import { RegisterPermission } from "./RegisterPermission.tsx";
import { Sections } from "./Sections.tsx";
import { Where } from "./Where.tsx";

type Permission = Schema<"PermissionView">;
type Dialog = { kind: "register" } | { kind: "describe" | "delete"; permission: Permission };

/** The catalogue of permissions. */
export function PermissionList() {
  const t = useTranslations("roles.permissions");
  const [params, change] = useParameters();
  const [dialog, setDialog] = useState<Dialog>();
  const q = params.get("q") ?? undefined;
  const owner = params.get("owner") ?? undefined;
  const list = useList<Permission>(["roles", "permissions", q, owner], async (cursor) => {
    const query = { limit: 50, ...(q && { q }), ...(owner && { owner }), ...(cursor && { cursor }) };
    const { data } = await client.GET("/api/v1/permissions", { params: { query } });
    return data ?? { items: [] };
  });
  const register = (
    <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setDialog({ kind: "register" })}>
      {t("register")}
    </Button>
  );
  const close = () => setDialog(undefined);
  return (
    <Page title={t("title")} lead={t("lead")} actions={register}>
      <Sections here="permissions" />
      <SimpleGrid cols={{ base: 1, sm: 2 }} maw={760}>
        <SearchField label={t("search")} isLabelled />
        <NodePicker
          label={t("owner")}
          description={null}
          value={owner ? { value: owner, label: owner } : null}
          onChange={(picked) => change({ owner: picked?.value }, true)}
        />
      </SimpleGrid>
      <Table
        label={t("title")}
        list={list}
        id={({ id }) => id}
        empty={
          <Empty Icon={IconKey} title={q || owner ? t("noneFound") : t("none")}>
            <Text>{q || owner ? t("otherSearch") : t("noneHint")}</Text>
            {register}
          </Empty>
        }
        columns={[
          {
            title: t("name"),
            show: ({ name, description }) => (
              <>
                <Text span fw={600} className="told">
                  {name}
                </Text>
                <Text size="sm" c="dimmed" className="told">
                  {description}
                </Text>
              </>
            ),
          },
          { title: t("registeredAt"), show: (permission) => <Where node={permission.owner} />, wide: true },
          {
            title: t("actions"),
            align: "right",
            show: (permission) => (
              <RowMenu
                name={permission.name}
                describe={() => setDialog({ kind: "describe", permission })}
                remove={() => setDialog({ kind: "delete", permission })}
              />
            ),
          },
        ]}
      />
      {dialog?.kind === "register" && <RegisterPermission owner={owner} close={close} />}
      {dialog?.kind === "describe" && <DescribePermission permission={dialog.permission} close={close} />}
      {dialog?.kind === "delete" && <DeletePermission permission={dialog.permission} close={close} />}
    </Page>
  );
}

function RowMenu({ name, describe, remove }: { name: string; describe(): void; remove(): void }) {
  const t = useTranslations("roles.permissions");
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon variant="default" aria-label={t("more", { name })}>
          <IconDotsVertical size={16} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<IconPencil size={16} aria-hidden />} onClick={describe}>
          {t("describe")}
        </Menu.Item>
        <Menu.Item color="red" leftSection={<IconTrash size={16} aria-hidden />} onClick={remove}>
          {t("delete")}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
