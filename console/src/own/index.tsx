import { Tabs } from "@mantine/core";
import {
  type Icon,
  IconDatabase,
  IconDeviceLaptop,
  IconDeviceMobileCheck,
  IconKey,
  IconPalette,
  IconPassword,
  IconShieldLock,
  IconUser,
} from "@tabler/icons-react";
import { type ComponentType, useEffect } from "react";
import { useTranslations } from "use-intl";
import { useLocation, useRoute } from "wouter";
import { Lost } from "~/app/Lost.tsx";
import { Page } from "~/common/Page.tsx";
import { Appearance } from "./Appearance.tsx";
import { Data } from "./data/Data.tsx";
import { Factors } from "./factors/Factors.tsx";
import { ApiKeys } from "./keys/ApiKeys.tsx";
import { Password } from "./password/Password.tsx";
import { Profile } from "./profile/Profile.tsx";
import { Roles } from "./roles/Roles.tsx";
import { Sessions } from "./sessions/Sessions.tsx";

const TABS: readonly {
  name: "profile" | "password" | "factors" | "sessions" | "keys" | "roles" | "data" | "appearance";
  Icon: Icon;
  Panel: ComponentType;
}[] = [
  { name: "profile", Icon: IconUser, Panel: Profile },
  { name: "password", Icon: IconPassword, Panel: Password },
  { name: "factors", Icon: IconDeviceMobileCheck, Panel: Factors },
  { name: "sessions", Icon: IconDeviceLaptop, Panel: Sessions },
  { name: "keys", Icon: IconKey, Panel: ApiKeys },
  { name: "roles", Icon: IconShieldLock, Panel: Roles },
  { name: "data", Icon: IconDatabase, Panel: Data },
  { name: "appearance", Icon: IconPalette, Panel: Appearance },
];

/** One's own account, a tab for each matter; the address says which. */
export default function Own() {
  const t = useTranslations("own");
  const [, go] = useLocation();
  const [, params] = useRoute("/own/:tab?");
  const here = TABS.find(({ name }) => name === (params?.tab ?? "profile"));
  // On a phone the tab that one is on may be out of sight.
  useEffect(() => {
    const tab = document.querySelector('.tabs [aria-selected="true"]');
    tab?.scrollIntoView({ block: "nearest", inline: "center" });
  }, []);
  if (!here) return <Lost />;
  return (
    <Page title={t(`tabs.${here.name}`)} lead={t("lead")}>
      <Tabs value={here.name} onChange={(name) => go(`/own/${name ?? ""}`)} activateTabWithKeyboard={false}>
        <Tabs.List aria-label={t("title")} className="tabs">
          {TABS.map(({ name, Icon }) => (
            <Tabs.Tab key={name} value={name} leftSection={<Icon size={16} stroke={1.7} aria-hidden />}>
              {t(`tabs.${name}`)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {TABS.map(({ name, Panel }) => (
          <Tabs.Panel key={name} value={name} pt="lg" maw={860}>
            {name === here.name && <Panel />}
          </Tabs.Panel>
        ))}
      </Tabs>
    </Page>
  );
}
