import { Anchor, Badge, Card, Group, SimpleGrid, Stack, Text, TextInput, ThemeIcon } from "@mantine/core";
import { IconLockOff, IconSearch } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { Link } from "wouter";
import { Empty } from "~/common/Empty.tsx";
import { Page } from "~/common/Page.tsx";
import { useSettings, useTopics } from "./live.ts";
import { useSettingText } from "./texts.ts";
import { sectionsOf } from "./topics.ts";

/** All topics, and a search over all settings. */
export function Overview() {
  const t = useTranslations("settings");
  const settings = useSettings();
  const topics = useTopics();
  const [text, setText] = useState("");
  return (
    <Page title={t("title")} lead={t("lead")}>
      {topics.length === 0 ? (
        <Empty Icon={IconLockOff} title={t("none")}>
          {t("noneWhy")}
        </Empty>
      ) : (
        <>
          <TextInput
            label={t("find")}
            placeholder={t("findHint")}
            leftSection={<IconSearch size={16} aria-hidden />}
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
            maw={420}
          />
          {text.trim() ? (
            <Found text={text.trim()} />
          ) : (
            <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }}>
              {topics.map((topic) => {
                const { name, Icon } = topic;
                const own = sectionsOf(topic, Object.keys(settings)).flatMap((one) => settings[one] ?? []);
                const others = own.filter(({ value, default: usual }) => value != null && value !== usual);
                return (
                  <Card key={name} component={Link} href={`/settings/${name}`} withBorder padding="md">
                    <Group wrap="nowrap" align="flex-start">
                      <ThemeIcon size="lg" variant="light">
                        <Icon size={20} stroke={1.7} aria-hidden />
                      </ThemeIcon>
                      <div>
                        <Text fw={600}>{t(`topics.${name}.title`)}</Text>
                        <Text size="sm" c="dimmed">
                          {t(`topics.${name}.lead`)}
                        </Text>
                        {others.length > 0 && (
                          <Badge variant="light" mt={6} tt="none">
                            {t("unusual", { count: others.length })}
                          </Badge>
                        )}
                      </div>
                    </Group>
                  </Card>
                );
              })}
            </SimpleGrid>
          )}
        </>
      )}
    </Page>
  );
}

/** The settings whose name, explanation or key has that text in it. */
function Found({ text }: { text: string }) {
  const t = useTranslations("settings");
  const settings = useSettings();
  const textOf = useSettingText();
  const wanted = text.toLowerCase();
  const found = useTopics().flatMap((topic) =>
    sectionsOf(topic, Object.keys(settings))
      .flatMap((section) => settings[section] ?? [])
      .map((setting) => ({ setting, topic: topic.name, told: textOf(setting) }))
      .filter(({ setting, told }) =>
        [told.label, told.help, setting.key, t(`topics.${topic.name}.title`)].some((one) =>
          one.toLowerCase().includes(wanted),
        ),
      ),
  );
  if (found.length === 0) return <Empty Icon={IconSearch} title={t("notFound")} />;
  return (
    <Stack gap="md" aria-live="polite">
      {found.map(({ setting, topic, told }) => (
        <div key={setting.key}>
          <Anchor component={Link} href={`/settings/${topic}#${setting.key}`}>
            {t("inTopic", { topic: t(`topics.${topic}.title`), name: told.label })}
          </Anchor>
          <Text size="sm" c="dimmed" className="told">
            {told.help}
          </Text>
        </div>
      ))}
    </Stack>
  );
}
