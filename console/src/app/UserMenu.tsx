import { Button, Group, type MantineColorScheme, Menu, Text, useMantineColorScheme } from "@mantine/core";
import { IconChevronDown, IconLogout, IconUserCircle } from "@tabler/icons-react";
import { useTranslations } from "use-intl";
import { Link } from "wouter";
import { client } from "~/api/client.ts";
import { LANGUAGES, type Language, useLanguage } from "./language.tsx";
import { useMe } from "./session.ts";

const SCHEMES = ["auto", "light", "dark"] as const;

async function signOut() {
  await client.POST("/auth/logout");
  location.assign("/auth/login");
}

/** Who one is, how the console looks and speaks, and the way out. */
export function UserMenu() {
  const t = useTranslations("app.user");
  const me = useMe();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const { language, choose } = useLanguage();
  return (
    <Menu position="bottom-end" width={240}>
      <Menu.Target>
        <Button
          variant="subtle"
          color="gray"
          px="xs"
          rightSection={<IconChevronDown size={16} aria-hidden />}
        >
          <Group gap={6} wrap="nowrap">
            <IconUserCircle size={20} aria-hidden />
            <Text span fz="sm" truncate maw={180}>
              {me.username}
            </Text>
          </Group>
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label className="told">
          {t("signedIn", { user: me.username, realm: me.realm ?? "" })}
        </Menu.Label>
        <Menu.Item component={Link} href="/own" leftSection={<IconUserCircle size={16} aria-hidden />}>
          {t("own")}
        </Menu.Item>
        <Menu.Divider />
        <Menu.Label>{t("appearance")}</Menu.Label>
        <Menu.RadioGroup
          value={colorScheme}
          onChange={(scheme) => setColorScheme(scheme as MantineColorScheme)}
        >
          {SCHEMES.map((scheme) => (
            <Menu.RadioItem key={scheme} value={scheme}>
              {t(`scheme.${scheme}`)}
            </Menu.RadioItem>
          ))}
        </Menu.RadioGroup>
        <Menu.Divider />
        <Menu.Label>{t("language")}</Menu.Label>
        <Menu.RadioGroup value={language} onChange={(one) => choose(one as Language)}>
          {Object.entries(LANGUAGES).map(([one, name]) => (
            <Menu.RadioItem key={one} value={one}>
              <span lang={one}>{name}</span>
            </Menu.RadioItem>
          ))}
        </Menu.RadioGroup>
        <Menu.Divider />
        <Menu.Item leftSection={<IconLogout size={16} aria-hidden />} onClick={signOut}>
          {t("signOut")}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
