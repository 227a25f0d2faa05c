import { Button, Group, SegmentedControl, Stack, Text } from "@mantine/core";
import { IconChartBar, IconDownload, IconHistory, IconShieldCheck } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { Link } from "wouter";
import { Empty } from "~/common/Empty.tsx";
import { Page } from "~/common/Page.tsx";
import { EventTable } from "./EventTable.tsx";
import { ExportDialog } from "./ExportDialog.tsx";
import { EventDrawer } from "./event/EventDrawer.tsx";
import { FilterBar } from "./FilterBar.tsx";
import { useFilters } from "./filters.ts";
import { useEvents } from "./list.ts";
import { Timeline } from "./Timeline.tsx";

/** The audit log: what the filters of the address show, as a timeline or a table. */
export function Events() {
  const t = useTranslations("audit");
  const { filters, change, clear, isFiltered, search } = useFilters();
  const [exporting, setExporting] = useState(false);
  const list = useEvents(filters);
  const view = search.get("view") === "table" ? "table" : "timeline";
  const shown = list.items.find((event) => event.id === search.get("event"));
  const empty = (
    <Empty Icon={IconHistory} title={t("list.empty")}>
      <Text size="sm">{t(isFiltered ? "list.emptyFiltered" : "list.emptyHint")}</Text>
      {isFiltered && (
        <Button variant="default" onClick={clear}>
          {t("filter.clear")}
        </Button>
      )}
    </Empty>
  );
  return (
    <Page title={t("title")} lead={t("lead")} actions={<Actions onExport={() => setExporting(true)} />}>
      <FilterBar />
      <Stack>
        <Group justify="flex-end">
          <SegmentedControl
            aria-label={t("view.label")}
            value={view}
            onChange={(chosen) => change({ view: chosen === "table" ? "table" : "" })}
            data={[
              { value: "timeline", label: t("view.timeline") },
              { value: "table", label: t("view.table") },
            ]}
          />
        </Group>
        {view === "table" ? <EventTable list={list} empty={empty} /> : <Timeline list={list} empty={empty} />}
      </Stack>
      <EventDrawer event={shown} onClose={() => change({ event: "" })} />
      <ExportDialog opened={exporting} onClose={() => setExporting(false)} filters={filters} />
    </Page>
  );
}

function Actions({ onExport }: { onExport(): void }) {
  const t = useTranslations("audit.actions");
  return (
    <>
      <Button
        component={Link}
        href="/audit/dashboard"
        variant="default"
        leftSection={<IconChartBar size={18} aria-hidden />}
      >
        {t("dashboard")}
      </Button>
      <Button
        component={Link}
        href="/audit/verify"
        variant="default"
        leftSection={<IconShieldCheck size={18} aria-hidden />}
      >
        {t("verify")}
      </Button>
      <Button variant="default" leftSection={<IconDownload size={18} aria-hidden />} onClick={onExport}>
        {t("export")}
      </Button>
    </>
  );
}
