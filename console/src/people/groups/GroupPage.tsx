import { Alert, Button, Card, Group, Stack, Text, TextInput, Title } from "@mantine/core";
import { IconHistory, IconInfoCircle } from "@tabler/icons-react";
import { useTranslations } from "use-intl";
import { Link } from "wouter";
import { client, type Schema } from "~/api/client.ts";
import { useMay } from "~/app/may.ts";
import { useNames } from "~/common/address.ts";
import { Page } from "~/common/Page.tsx";
import { ProblemAlert } from "~/common/ProblemAlert.tsx";
import { useSaving } from "~/common/saving.ts";
import { tellDone } from "~/common/tell.tsx";
import { Waiting } from "~/common/Waiting.tsx";
import { Assignments, GiveRole } from "../Assignments.tsx";
import { historyAddress, PEOPLE } from "../addresses.ts";
import { ifMatch, READ } from "../deed.ts";
import { useGroup } from "../read.ts";
import { Sheets } from "../Sheets.tsx";
import { DeleteGroup } from "./DeleteGroup.tsx";
import { KindField } from "./KindField.tsx";
import { Members } from "./Members.tsx";

/** A group: its members, what they may by it, and how it is kept. */
export function GroupPage() {
  const t = useTranslations("people.group");
  const groups = useTranslations("people.groups");
  const [, name = ""] = useNames();
  const found = useGroup(name);
  const above = [
    { title: t("people"), href: PEOPLE },
    { title: groups("title"), href: "/people/groups" },
  ];
  if (found.isPending) return <Waiting />;
  if (!found.data) {
    return (
      <Page title={t("missing")} above={above}>
        <ProblemAlert error={found.error} />
      </Page>
    );
  }
  const { thing: group, tag } = found.data;
  const owner = group.owner === "/$global" ? groups("everywhere") : group.owner;
  return (
    <Page
      title={group.name}
      lead={<span className="told">{t("lead", { kind: groups(`kinds.${group.kind}`), owner })}</span>}
      above={above}
      actions={
        <Button
          component={Link}
          href={historyAddress(group.id)}
          variant="default"
          leftSection={<IconHistory size={16} aria-hidden />}
        >
          {t("history")}
        </Button>
      }
    >
      <GroupSheets group={group} tag={tag} />
    </Page>
  );
}

interface Read {
  group: Schema<"GroupView">;
  tag: string | null;
}

function GroupSheets({ group, tag }: Read) {
  const t = useTranslations("people.group");
  const path = `${group.owner}/${group.name}`;
  const may = useMay(["group_manage"], path).has("group_manage");
  const members = group.built_in ? (
    <Alert color="blue" icon={<IconInfoCircle />}>
      {t("builtIn")}
    </Alert>
  ) : (
    <Members group={group} may={may} />
  );
  return (
    <Sheets
      label={group.name}
      sheets={[
        { name: "members", title: t("members"), show: () => members },
        {
          name: "roles",
          title: t("roles"),
          show: () => (
            <>
              <Group justify="flex-end" mb="sm">
                <GiveRole subject={path} />
              </Group>
              <Assignments subject={path} />
            </>
          ),
        },
        ...(may && !group.built_in
          ? [
              {
                name: "settings",
                title: t("settings"),
                show: () => (
                  <Stack>
                    <GroupForm key={tag} group={group} tag={tag} />
                    <DeleteGroup group={group} tag={tag} />
                  </Stack>
                ),
              },
            ]
          : []),
      ]}
    />
  );
}

function GroupForm({ group, tag }: Read) {
  const t = useTranslations("people.group");
  const app = useTranslations("app.do");
  const { form, submit, busy, error, shown } = useSaving({
    initial: { name: group.name, kind: group.kind },
    changes: READ,
    save: (body) =>
      client.PATCH("/api/v1/groups/{group}", {
        params: { path: { group: group.id } },
        ...ifMatch(tag),
        body,
      }),
    saved: () => tellDone(t("done")),
  });
  return (
    <Card withBorder component="form" onSubmit={submit}>
      <Stack>
        <Title order={2} size="h5">
          {t("edit")}
        </Title>
        <TextInput required label={t("name")} {...form.getInputProps("name")} />
        <KindField {...form.getInputProps("kind")} value={form.values.kind} />
        <Text size="sm" c="dimmed">
          {t("editLead")}
        </Text>
        <ProblemAlert error={error} shown={shown} />
        <Group>
          <Button type="submit" loading={busy} disabled={!form.isDirty()}>
            {app("save")}
          </Button>
        </Group>
      </Stack>
    </Card>
  );
}
