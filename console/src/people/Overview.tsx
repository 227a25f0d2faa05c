import { Card, Group, SimpleGrid, Stack, Text, ThemeIcon, Title } from "@mantine/core";
import { type Icon, IconArrowsExchange, IconLock, IconRobot, IconUsersGroup } from "@tabler/icons-react";
import { useTranslations } from "use-intl";
import { Link } from "wouter";
import { useInAddress } from "~/common/address.ts";
import { Page } from "~/common/Page.tsx";
import { SearchField } from "~/common/SearchField.tsx";
import { FoundUsers } from "./FoundUsers.tsx";
import { NewRealm } from "./realms/NewRealm.tsx";
import { Realms } from "./realms/Realms.tsx";

const LEADS: readonly { href: string; text: "groups" | "accounts" | "connections" | "locks"; Icon: Icon }[] =
  [
    { href: "/people/groups", text: "groups", Icon: IconUsersGroup },
    { href: "/people/service-accounts", text: "accounts", Icon: IconRobot },
    { href: "/people/connections", text: "connections", Icon: IconArrowsExchange },
    { href: "/people/locks", text: "locks", Icon: IconLock },
  ];

/** People at a glance: somebody to look for, the realms, and the ways to the rest. */
export function Overview() {
  const t = useTranslations("people.overview");
  const [q] = useInAddress("q");
  return (
    <Page title={t("title")} lead={t("lead")} actions={<NewRealm />}>
      <SearchField label={t("search")} placeholder={t("searchHint")} />
      {q ? <FoundUsers q={q} /> : <Glance />}
    </Page>
  );
}

function Glance() {
  const t = useTranslations("people.overview");
  return (
    <>
      <Stack gap="sm">
        <Title order={2} size="h4">
          {t("realms")}
        </Title>
        <Realms />
      </Stack>
      <SimpleGrid cols={{ base: 1, xs: 2, lg: 4 }}>
        {LEADS.map(({ href, text, Icon }) => (
          <Card key={href} component={Link} href={href} withBorder>
            <Group wrap="nowrap" align="flex-start">
              <ThemeIcon size="lg" variant="light">
                <Icon size={20} stroke={1.7} aria-hidden />
              </ThemeIcon>
              <div>
                <Text fw={600}>{t(text)}</Text>
                <Text size="sm" c="dimmed">
                  {t(`${text}Lead`)}
                </Text>
              </div>
            </Group>
          </Card>
        ))}
      </SimpleGrid>
    </>
  );
}
