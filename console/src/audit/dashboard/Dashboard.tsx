import "@mantine/charts/styles.css";
import "./dashboard.css";
import { Card, Group, SegmentedControl, SimpleGrid, Skeleton } from "@mantine/core";
import { useTranslations } from "use-intl";
import { useParameters } from "~/common/address.ts";
import { Page } from "~/common/Page.tsx";
import { ProblemAlert } from "~/common/ProblemAlert.tsx";
import { CountChart } from "./CountChart.tsx";
import { SERIES, SPANS, type Span, useCounts } from "./counts.ts";
import { MostUsers } from "./MostUsers.tsx";

const KEYS = Object.keys(SPANS).filter(isSpan);

function isSpan(text: string): text is Span {
  return Object.hasOwn(SPANS, text);
}

/** Sign-ins, failures, refusals and locks over time. */
export default function Dashboard() {
  const t = useTranslations("audit");
  const [search, change] = useParameters();
  const said = search.get("range") ?? "";
  const span: Span = isSpan(said) ? said : "24h";
  const { counted, error } = useCounts(span);
  return (
    <Page
      title={t("dashboard.title")}
      lead={t("dashboard.lead")}
      above={[{ title: t("title"), href: "/audit" }]}
      actions={
        <SegmentedControl
          aria-label={t("dashboard.range")}
          value={span}
          onChange={(chosen) => change({ range: chosen })}
          data={KEYS.map((value) => ({ value, label: t(`dashboard.${value}`) }))}
        />
      }
    >
      <ProblemAlert error={error} />
      {!error && (
        <>
          <SimpleGrid cols={{ base: 1, lg: 2 }}>
            {SERIES.map((series) => (
              <Card
                key={series}
                withBorder
                padding="md"
                component="section"
                aria-label={t(`dashboard.${series}`)}
              >
                {counted ? (
                  <CountChart series={series} span={span} steps={counted.steps} />
                ) : (
                  <Skeleton h={260} />
                )}
              </Card>
            ))}
          </SimpleGrid>
          {counted && (
            <Group align="stretch" grow preventGrowOverflow={false} wrap="wrap">
              <MostUsers
                title={t("dashboard.mostRefused")}
                users={counted.mostRefused}
                filters={{ event_type: "ACCESS_DENIED", range: span }}
              />
              <MostUsers
                title={t("dashboard.mostFailing")}
                users={counted.mostFailing}
                filters={{ event_type: "LOGIN_FAILED", range: span }}
              />
            </Group>
          )}
        </>
      )}
    </Page>
  );
}
