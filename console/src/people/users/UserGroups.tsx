import { ActionIcon, Anchor, Button, Card, Group, Stack } from "@mantine/core";
import { IconUserMinus } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { Link } from "wouter";
import { client, type Schema } from "~/api/client.ts";
import { GroupPicker } from "~/common/pick.tsx";
import type { Choice } from "~/common/SearchSelect.tsx";
import { groupAddress } from "../addresses.ts";
import { CardHead } from "../CardHead.tsx";
import { useDeed } from "../deed.ts";

interface Props {
  user: Schema<"UserView">;
  path: string;
}

/** The groups that a user was put into. */
export function UserGroups({ user, path }: Props) {
  const t = useTranslations("people.userGroups");
  return (
    <Card withBorder>
      <Stack gap="sm">
        <CardHead title={t("title")} lead={user.groups.length === 0 ? t("nothing") : t("lead")} />
        {user.groups.map((group) => (
          <Membership key={group} group={group} path={path} />
        ))}
        <Join path={path} />
      </Stack>
    </Card>
  );
}

function Membership({ group, path }: { group: string; path: string }) {
  const t = useTranslations("people.userGroups");
  const app = useTranslations("app.do");
  const back = useDeed(
    () =>
      client.POST("/api/v1/groups/{group}/members", { params: { path: { group } }, body: { member: path } }),
    () => t("joined", { group }),
  );
  const leave = useDeed(
    () =>
      client.DELETE("/api/v1/groups/{group}/members/{member}", { params: { path: { group, member: path } } }),
    () => t("left", { group }),
    { undo: { text: app("undo"), run: () => back.mutate() } },
  );
  return (
    <Group justify="space-between" wrap="nowrap">
      <Anchor inherit component={Link} href={groupAddress(group)} className="told">
        <bdi>{group}</bdi>
      </Anchor>
      <ActionIcon
        variant="subtle"
        color="red"
        loading={leave.isPending}
        onClick={() => leave.mutate()}
        aria-label={t("leave", { group })}
      >
        <IconUserMinus size={18} aria-hidden />
      </ActionIcon>
    </Group>
  );
}

function Join({ path }: { path: string }) {
  const t = useTranslations("people.userGroups");
  const [group, setGroup] = useState<Choice | null>(null);
  const join = useDeed(
    async (chosen: Choice) => {
      const params = { path: { group: chosen.value } };
      await client.POST("/api/v1/groups/{group}/members", { params, body: { member: path } });
      setGroup(null);
    },
    (chosen) => t("joined", { group: chosen.label }),
    { inPlace: true },
  );
  const choose = (choice: Choice | null) => {
    join.reset();
    setGroup(choice);
  };
  return (
    <Group align="flex-start">
      <GroupPicker label={t("add")} value={group} onChange={choose} error={join.error?.message} />
      <Button
        mt={25}
        variant="default"
        disabled={group === null}
        loading={join.isPending}
        onClick={() => group && join.mutate(group)}
      >
        {t("join")}
      </Button>
    </Group>
  );
}
