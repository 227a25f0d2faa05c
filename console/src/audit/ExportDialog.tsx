import { Progress as Bar, Button, Group, Modal, Radio, Stack, Text } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import { useEffect, useRef, useState } from "react";
import { useFormatter, useTranslations } from "use-intl";
import { download } from "~/common/download.ts";
import { ProblemAlert } from "~/common/ProblemAlert.tsx";
import { exportEvents, type Progress } from "./export_events.ts";
import type { Format } from "./export_file.ts";
import type { Filters } from "./filters.ts";

interface Props {
  opened: boolean;
  onClose(): void;
  filters: Filters;
}

/** Where an export is. */
type State =
  | { at: "start" }
  | { at: "running"; progress: Progress }
  | { at: "done"; count: number }
  | { at: "stopped" }
  | { at: "failed"; error: unknown };

/** Saves what the filters show as a file; the events are read page by page. */
export function ExportDialog({ opened, onClose, filters }: Props) {
  const t = useTranslations("audit.export");
  const [format, setFormat] = useState<Format>("csv");
  const [state, setState] = useState<State>({ at: "start" });
  const running = useRef<AbortController>(undefined);
  // Whoever leaves the page has stopped it.
  useEffect(() => () => running.current?.abort(), []);
  const start = async () => {
    const control = new AbortController();
    running.current = control;
    setState({ at: "running", progress: { count: 0, back: undefined } });
    try {
      const tell = (progress: Progress) => setState({ at: "running", progress });
      const { file, count } = await exportEvents(filters, format, control.signal, tell);
      if (count > 0) download(`audit-${new Date().toISOString().slice(0, 10)}.${format}`, file);
      setState({ at: "done", count });
    } catch (error) {
      setState(control.signal.aborted ? { at: "stopped" } : { at: "failed", error });
    }
  };
  const close = () => {
    running.current?.abort();
    setState({ at: "start" });
    onClose();
  };
  return (
    <Modal opened={opened} onClose={close} title={t("title")} closeButtonProps={{ "aria-label": t("close") }}>
      <Stack>
        <Text size="sm">{t("lead")}</Text>
        <Radio.Group
          label={t("format")}
          value={format}
          onChange={(chosen) => setFormat(chosen === "jsonl" ? "jsonl" : "csv")}
        >
          <Stack gap="xs" mt="xs">
            <Radio
              value="csv"
              label={t("csv")}
              description={t("csvHint")}
              disabled={state.at === "running"}
            />
            <Radio value="jsonl" label={t("jsonl")} disabled={state.at === "running"} />
          </Stack>
        </Radio.Group>
        <div aria-live="polite">
          <Outcome state={state} />
        </div>
        <Group justify="flex-end">
          {state.at === "running" ? (
            <Button variant="default" onClick={() => running.current?.abort()}>
              {t("stop")}
            </Button>
          ) : (
            <Button leftSection={<IconDownload size={18} aria-hidden />} onClick={start}>
              {t(state.at === "start" ? "start" : "again")}
            </Button>
          )}
        </Group>
      </Stack>
    </Modal>
  );
}

function Outcome({ state }: { state: State }) {
  const t = useTranslations("audit.export");
  const format = useFormatter();
  switch (state.at) {
    case "start":
      return null;
    case "running": {
      const { count, back } = state.progress;
      const time = back && format.dateTime(new Date(back), { dateStyle: "medium", timeStyle: "short" });
      return (
        <Stack gap={6}>
          <Bar value={100} animated aria-label={t("running")} />
          <Text size="sm">
            {t("progress", { count })}
            {time && `, ${t("back", { time })}`}
          </Text>
        </Stack>
      );
    }
    case "done":
      return <Text size="sm">{t("done", { count: state.count })}</Text>;
    case "stopped":
      return <Text size="sm">{t("stopped")}</Text>;
    case "failed":
      return <ProblemAlert error={state.error} />;
  }
}
