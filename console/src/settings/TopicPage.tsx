import { Box, Group, Indicator, NavLink, Stack } from "@mantine/core";
import { useEffect } from "react";
import { useTranslations } from "use-intl";
import { Link } from "wouter";
import { Lost } from "~/app/Lost.tsx";
import { Page } from "~/common/Page.tsx";
import { useDrafts } from "./drafts.ts";
import { useSettings, useTopics } from "./live.ts";
import { LockedSources } from "./lockout/LockedSources.tsx";
import { MailSettings } from "./mail/MailSettings.tsx";
import { IpRules } from "./network/IpRules.tsx";
import { SectionForm } from "./SectionForm.tsx";
import { FactorRules } from "./second_factor/FactorRules.tsx";
import { sectionsOf, type TopicName } from "./topics.ts";

/** What stands beside the settings of a topic. */
const BESIDE: { readonly [Name in TopicName]?: () => React.JSX.Element } = {
  "second-factor": FactorRules,
  lockout: LockedSources,
  mail: MailSettings,
  network: IpRules,
};

/** One topic: its settings by section, and what belongs to them; the other topics at the side. */
export function TopicPage({ name }: { name: string }) {
  const t = useTranslations("settings");
  const settings = useSettings();
  const topics = useTopics();
  const topic = topics.find((one) => one.name === name);
  useEffect(() => {
    if (location.hash) document.getElementById(location.hash.slice(1))?.scrollIntoView({ block: "center" });
  }, []);
  if (!topic) return <Lost />;
  const sections = sectionsOf(topic, Object.keys(settings));
  const Beside = BESIDE[topic.name];
  return (
    <Group align="flex-start" wrap="nowrap" gap="xl">
      <Side here={topic.name} />
      <Box flex={1} miw={0}>
        <Page
          title={t(`topics.${topic.name}.title`)}
          lead={t(`topics.${topic.name}.lead`)}
          above={[{ title: t("title"), href: "/settings" }]}
        >
          <Stack gap="lg" maw={860}>
            {sections.map((section) => (
              <SectionForm
                key={section}
                section={section}
                settings={settings[section] ?? []}
                title={sections.length > 1 ? titleOf(section) : undefined}
              />
            ))}
            {Beside && <Beside />}
          </Stack>
        </Page>
      </Box>
    </Group>
  );

  function titleOf(section: string): string {
    const key = `sections.${section}` as "sections.session";
    return t.has(key) ? t(key) : section;
  }
}

function Side({ here }: { here: TopicName }) {
  const t = useTranslations("settings");
  const settings = useSettings();
  const drafts = useDrafts();
  const sections = Object.keys(settings);
  return (
    <Box
      component="nav"
      aria-label={t("topicsNavigation")}
      w={210}
      visibleFrom="lg"
      style={{ flexShrink: 0 }}
    >
      {useTopics().map((topic) => {
        const isUnsaved = sectionsOf(topic, sections).some((section) =>
          settings[section]?.some(({ key }) => drafts[key] !== undefined),
        );
        return (
          <NavLink
            key={topic.name}
            component={Link}
            href={`/settings/${topic.name}`}
            label={t(`topics.${topic.name}.title`)}
            leftSection={
              <Indicator disabled={!isUnsaved} size={8} offset={2}>
                <topic.Icon size={17} stroke={1.7} aria-hidden />
              </Indicator>
            }
            description={isUnsaved ? t("unsaved") : undefined}
            active={topic.name === here}
            aria-current={topic.name === here ? "page" : undefined}
          />
        );
      })}
    </Box>
  );
}
