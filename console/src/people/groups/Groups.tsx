import { Anchor, Badge, Group, SegmentedControl, Text } from "@mantine/core";
import { IconUsersGroup } from "@tabler/icons-react";
import { useTranslations } from "use-intl";
import { Link } from "wouter";
import { client, type Schema } from "~/api/client.ts";
import { useInAddress } from "~/common/address.ts";
import { Empty } from "~/common/Empty.tsx";
import { useList } from "~/common/list.ts";
import { Page } from "~/common/Page.tsx";
import { NodePicker } from "~/common/pick.tsx";
import { SearchField } from "~/common/SearchField.tsx";
import { Table } from "~/common/Table.tsx";
import { groupAddress, PEOPLE } from "../addresses.ts";
import { READ } from "../deed.ts";
import { NewGroup } from "./NewGroup.tsx";

/** The groups and departments. */
export function Groups() {
  const t = useTranslations("people.groups");
  const [q] = useInAddress("q");
  const [kind, setKind] = useInAddress("kind");
  const [owner, setOwner] = useInAddress("owner");
  const filtered = q !== "" || kind !== "" || owner !== "";
  return (
    <Page
      title={t("title")}
      lead={t("lead")}
      above={[{ title: t("above"), href: PEOPLE }]}
      actions={<NewGroup />}
    >
      <Group align="flex-end">
        <SearchField label={t("search")} />
        <SegmentedControl
          aria-label={t("kind")}
          value={kind || "all"}
          onChange={(chosen) => setKind(chosen === "all" ? "" : chosen)}
          data={[
            { value: "all", label: t("all") },
            { value: "group", label: t("kinds.group") },
            { value: "department", label: t("kinds.department") },
          ]}
        />
        <NodePicker
          label={t("owner")}
          value={owner ? { value: owner, label: owner } : null}
          onChange={(choice) => setOwner(choice?.value ?? "")}
        />
      </Group>
      <GroupTable q={q} kind={kind} owner={owner} filtered={filtered} />
    </Page>
  );
}

interface Filter {
  q: string;
  kind: string;
  owner: string;
  filtered: boolean;
}

function GroupTable({ q, kind, owner, filtered }: Filter) {
  const t = useTranslations("people.groups");
  const list = useList([...READ, "groups", q, kind, owner], async (cursor) => {
    const query = {
      ...(q && { q }),
      ...(isKind(kind) && { kind }),
      ...(owner && { owner }),
      ...(cursor && { cursor }),
    };
    return (await client.GET("/api/v1/groups", { params: { query } })).data ?? { items: [] };
  });
  return (
    <Table
      label={t("label")}
      list={list}
      id={(group) => group.id}
      columns={[
        {
          title: t("name"),
          show: ({ id, name }) => (
            <Anchor inherit component={Link} href={groupAddress(id)} fw={600}>
              <bdi>{name}</bdi>
            </Anchor>
          ),
        },
        {
          title: t("owner"),
          show: ({ owner }) => (owner === "/$global" ? t("everywhere") : <bdi>{owner}</bdi>),
        },
        {
          title: t("kind"),
          wide: true,
          show: ({ kind, built_in }) => (
            <Group gap={6}>
              {t(`kinds.${kind}`)}
              {built_in && (
                <Badge tt="none" variant="default">
                  {t("builtIn")}
                </Badge>
              )}
            </Group>
          ),
        },
      ]}
      empty={
        <Empty Icon={IconUsersGroup} title={filtered ? t("nothingFound") : t("nothing")}>
          <Text size="sm">{filtered ? t("nothingFoundLead") : t("nothingLead")}</Text>
        </Empty>
      }
    />
  );
}

function isKind(text: string): text is Schema<"GroupKind"> {
  return text === "group" || text === "department";
}
