import { Card, Group, SimpleGrid, Text, ThemeIcon } from "@mantine/core";
import { useTranslations } from "use-intl";
import { Link } from "wouter";
import { Page } from "~/common/Page.tsx";
import { SECTIONS } from "./navigation.ts";
import { useMe } from "./session.ts";

/** The first view: what one can do here, in plain words. */
export function Home() {
  const t = useTranslations("app");
  const { full_name, username } = useMe();
  return (
    <Page title={t("home.title", { name: full_name || username })} lead={t("home.lead")}>
      <SimpleGrid cols={{ base: 1, xs: 2, lg: 3 }}>
        {SECTIONS.map(({ path, text, Icon }) => (
          <Card key={path} component={Link} href={path} withBorder padding="lg">
            <Group wrap="nowrap" align="flex-start">
              <ThemeIcon size="lg" variant="light">
                <Icon size={20} stroke={1.7} aria-hidden />
              </ThemeIcon>
              <div>
                <Text fw={600}>{t(`navigation.${text}`)}</Text>
                <Text size="sm" c="dimmed">
                  {t(`home.${text}`)}
                </Text>
              </div>
            </Group>
          </Card>
        ))}
      </SimpleGrid>
    </Page>
  );
}
