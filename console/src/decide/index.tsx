import { Card, Stack, Tabs } from "@mantine/core";
import { useTranslations } from "use-intl";
import { Page } from "~/common/Page.tsx";
import { QuestionForm } from "./QuestionForm.tsx";
import { TABS, useQuestion } from "./question.ts";
import { WhatMay } from "./WhatMay.tsx";
import { WhereMay } from "./WhereMay.tsx";
import { WhoMay } from "./WhoMay.tsx";
import { Why } from "./Why.tsx";

/** Who may do what, where, and why; the question stands in the address. */
export default function Decide() {
  const t = useTranslations("decide");
  const { question, change } = useQuestion();
  return (
    <Page title={t("title")} lead={t("lead")}>
      <Card withBorder padding="md">
        <QuestionForm question={question} onChange={change} />
      </Card>
      <Tabs
        value={question.tab}
        onChange={(tab) => change({ tab: TABS.find((one) => one === tab) ?? "why" })}
      >
        <Tabs.List mb="md">
          {TABS.map((tab) => (
            <Tabs.Tab key={tab} value={tab}>
              {t(`tab.${tab}`)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {TABS.map((tab) => (
          <Tabs.Panel key={tab} value={tab}>
            <Stack>{question.tab === tab && <Answer tab={tab} />}</Stack>
          </Tabs.Panel>
        ))}
      </Tabs>
    </Page>
  );
}

function Answer({ tab }: { tab: (typeof TABS)[number] }) {
  const { question } = useQuestion();
  switch (tab) {
    case "why":
      return <Why question={question} />;
    case "where":
      return <WhereMay question={question} />;
    case "who":
      return <WhoMay question={question} />;
    case "what":
      return <WhatMay question={question} />;
  }
}
