import { useTranslations } from "use-intl";
import { useMay } from "~/app/may.ts";
import { useNames } from "~/common/address.ts";
import { Page } from "~/common/Page.tsx";
import { ProblemAlert } from "~/common/ProblemAlert.tsx";
import { Waiting } from "~/common/Waiting.tsx";
import { PEOPLE } from "../addresses.ts";
import { useRealm } from "../read.ts";
import { Sheets } from "../Sheets.tsx";
import { Invitations } from "./Invitations.tsx";
import { RealmSessions } from "./RealmSessions.tsx";
import { RealmSettings } from "./RealmSettings.tsx";
import { RealmUsers } from "./RealmUsers.tsx";
import { Sharing } from "./Sharing.tsx";

/** A realm: its users, who is invited, where they sign in, and how it is kept. */
export function RealmPage() {
  const t = useTranslations("people.realm");
  const [, realm = ""] = useNames();
  const found = useRealm(realm);
  const may = useMay(["user_manage", "realm:manage"], `/${realm}`);
  if (found.isPending) return <Waiting />;
  const sheets = [
    { name: "users", title: t("users"), show: () => <RealmUsers realm={realm} /> },
    ...(may.has("user_manage")
      ? [
          { name: "invitations", title: t("invitations"), show: () => <Invitations realm={realm} /> },
          { name: "sessions", title: t("sessions"), show: () => <RealmSessions realm={realm} /> },
        ]
      : []),
    { name: "sharing", title: t("sharing"), show: () => <Sharing realm={realm} /> },
    ...(may.has("realm:manage") && found.data
      ? [
          {
            name: "settings",
            title: t("settings"),
            show: () => <RealmSettings realm={realm} tag={found.data.tag} />,
          },
        ]
      : []),
  ];
  return (
    <Page title={realm} lead={t("lead")} above={[{ title: t("above"), href: PEOPLE }]}>
      {found.error ? <ProblemAlert error={found.error} /> : <Sheets label={realm} sheets={sheets} />}
    </Page>
  );
}
