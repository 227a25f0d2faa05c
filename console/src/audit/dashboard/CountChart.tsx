import { BarChart } from "@mantine/charts";
import { Anchor, Center, Group, ScrollArea, Stack, Table, Text, Title } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useFormatter, useTranslations } from "use-intl";
import { type Series, SPANS, type Span, type Step } from "./counts.ts";

/** Of each series: how it is told apart, also where colours are alike. */
const COLORS: Record<Series, string> = {
  signIns: "var(--audit-sign-ins)",
  failures: "var(--audit-failures)",
  refusals: "var(--audit-refusals)",
  locks: "var(--audit-locks)",
};

interface Props {
  series: Series;
  span: Span;
  steps: readonly Step[];
}

/** How many there were over time, as bars and as a table. */
export function CountChart({ series, span, steps }: Props) {
  const t = useTranslations("audit.dashboard");
  const [asTable, { toggle }] = useDisclosure(false);
  const name = t(series);
  const total = steps.reduce((sum, step) => sum + step[series], 0);
  const label = useStepLabel(span);
  const data = steps.map((step) => ({ at: label(step.at), [series]: step[series] }));
  return (
    <Stack gap="xs">
      <Group justify="space-between" align="baseline">
        <Title order={2} size="h5">
          {name}
        </Title>
        <Text fz={26} fw={700} data-testid={`total-${series}`}>
          {total}
        </Text>
      </Group>
      {(series === "refusals" || series === "failures") && (
        <Text size="xs" c="dimmed">
          {t("onceAMinute")}
        </Text>
      )}
      {total === 0 ? (
        <Center h={180}>
          <Text c="dimmed" size="sm">
            {t("noEvents")}
          </Text>
        </Center>
      ) : (
        <div
          className="audit-chart"
          role="img"
          aria-label={t("chart", { name, range: t(span), count: String(total) })}
        >
          <BarChart
            h={200}
            data={data}
            dataKey="at"
            series={[{ name: series, label: name, color: COLORS[series] }]}
            // The table is for who comes by keyboard.
            barChartProps={{ accessibilityLayer: false }}
            barProps={{ isAnimationActive: false }}
            yAxisProps={{ allowDecimals: false, width: 40 }}
            xAxisProps={{ interval: "preserveStartEnd", minTickGap: 24 }}
          />
        </div>
      )}
      {total > 0 && (
        <Anchor component="button" size="sm" ta="left" onClick={toggle} aria-expanded={asTable}>
          {t(asTable ? "asChart" : "asTable")}
        </Anchor>
      )}
      {asTable && total > 0 && <Numbers name={name} series={series} steps={steps} label={label} />}
    </Stack>
  );
}

interface NumbersProps {
  name: string;
  series: Series;
  steps: readonly Step[];
  label(at: string): string;
}

function Numbers({ name, series, steps, label }: NumbersProps) {
  const t = useTranslations("audit.dashboard");
  return (
    <ScrollArea.Autosize
      mah={260}
      viewportProps={{ tabIndex: 0, role: "region", "aria-label": t("numbers", { name }) }}
    >
      <Table aria-label={name} stickyHeader>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t("step")}</Table.Th>
            <Table.Th ta="right">{t("count")}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {steps
            .filter((step) => step[series] > 0)
            .map((step) => (
              <Table.Tr key={step.at}>
                <Table.Td>
                  <time dateTime={step.at}>{label(step.at)}</time>
                </Table.Td>
                <Table.Td ta="right">{step[series]}</Table.Td>
              </Table.Tr>
            ))}
        </Table.Tbody>
      </Table>
    </ScrollArea.Autosize>
  );
}

/** How the beginning of a step is written: no longer than needed to tell it from the others. */
function useStepLabel(span: Span): (at: string) => string {
  const format = useFormatter();
  const day = { day: "numeric", month: "short" } as const;
  const hour = { hour: "2-digit", minute: "2-digit" } as const;
  const parts = span === "24h" ? hour : SPANS[span].step === "day" ? day : { ...day, ...hour };
  return (at) => format.dateTime(new Date(at), parts);
}
