import { Group, Stack, Text } from "@mantine/core";
import { useTranslations } from "use-intl";
import { useNames } from "~/common/address.ts";
import { Page } from "~/common/Page.tsx";
import { ProblemAlert } from "~/common/ProblemAlert.tsx";
import { Waiting } from "~/common/Waiting.tsx";
import { PEOPLE, realmAddress, userPath } from "../addresses.ts";
import { Keys } from "../keys/Keys.tsx";
import { useUser } from "../read.ts";
import { Sheets } from "../Sheets.tsx";
import { UserState } from "../State.tsx";
import { Access } from "./Access.tsx";
import { Actions } from "./Actions.tsx";
import { Factors } from "./Factors.tsx";
import { LockNotice } from "./LockNotice.tsx";
import { PersonalData } from "./PersonalData.tsx";
import { Profile } from "./Profile.tsx";
import { Sessions } from "./Sessions.tsx";

/** A user: what is known, what he may, where he is signed in, and what can be done about it. */
export function UserPage() {
  const t = useTranslations("people.user");
  const [, realm = "", , username = ""] = useNames();
  const found = useUser(realm, username);
  const above = [
    { title: t("people"), href: PEOPLE },
    { title: realm, href: realmAddress(realm) },
  ];
  if (found.isPending) return <Waiting />;
  if (!found.data) {
    return (
      <Page title={username} above={above}>
        <ProblemAlert error={found.error} />
      </Page>
    );
  }
  const { thing: user, tag } = found.data;
  const path = userPath(realm, username);
  const lead = (
    <Group gap="sm" component="span">
      {user.full_name && (
        <Text span className="told" lineClamp={2}>
          <bdi>{user.full_name}</bdi>
        </Text>
      )}
      <UserState user={user} />
    </Group>
  );
  return (
    <Page title={username} lead={lead} above={above} actions={<Actions user={user} tag={tag} />}>
      <Stack>
        <LockNotice user={user} tag={tag} />
        <Sheets
          label={username}
          sheets={[
            { name: "profile", title: t("profile"), show: () => <Profile user={user} tag={tag} /> },
            { name: "access", title: t("access"), show: () => <Access user={user} path={path} /> },
            { name: "sessions", title: t("sessions"), show: () => <Sessions user={user} /> },
            { name: "factors", title: t("factors"), show: () => <Factors user={user} /> },
            { name: "keys", title: t("keys"), show: () => <Keys owner={path} own /> },
            { name: "data", title: t("data"), show: () => <PersonalData user={user} tag={tag} /> },
          ]}
        />
      </Stack>
    </Page>
  );
}
