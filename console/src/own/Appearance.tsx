import { type MantineColorScheme, Radio, Stack, useMantineColorScheme } from "@mantine/core";
import { useTranslations } from "use-intl";
import { LANGUAGES, type Language, useLanguage } from "~/app/language.tsx";
import { Card } from "./Card.tsx";

const SCHEMES = ["auto", "light", "dark"] as const;

/** How the console speaks and looks, in this browser. */
export function Appearance() {
  const t = useTranslations("own.appearance");
  const app = useTranslations("app.user");
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const { language, choose } = useLanguage();
  return (
    <Card title={t("title")} lead={t("lead")}>
      <Radio.Group label={app("language")} value={language} onChange={(one) => choose(one as Language)}>
        <Stack gap={6} mt={4}>
          {Object.entries(LANGUAGES).map(([one, name]) => (
            <Radio key={one} value={one} label={<span lang={one}>{name}</span>} />
          ))}
        </Stack>
      </Radio.Group>
      <Radio.Group
        label={app("appearance")}
        value={colorScheme}
        onChange={(scheme) => setColorScheme(scheme as MantineColorScheme)}
      >
        <Stack gap={6} mt={4}>
          {SCHEMES.map((scheme) => (
            <Radio key={scheme} value={scheme} label={app(`scheme.${scheme}`)} />
          ))}
        </Stack>
      </Radio.Group>
    </Card>
  );
}
