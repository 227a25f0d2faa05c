import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import { Table } from "~/common/Table.tsx";
import { Time } from "~/common/Time.tsx";
import { EventLink } from "./EventLink.tsx";
import type { useEvents } from "./list.ts";
import { Thing, Who } from "./names.tsx";
import { Outcome } from "./Outcome.tsx";
import { useWords } from "./words.ts";

/** Events as a table. */
export function EventTable({ list, empty }: { list: ReturnType<typeof useEvents>; empty: ReactNode }) {
  const t = useTranslations("audit");
  const words = useWords();
  return (
    <Table
      label={t("list.label")}
      list={list}
      id={(event) => event.id}
      empty={empty}
      columns={[
        { title: t("column.when"), show: (event) => <Time at={event.timestamp} /> },
        { title: t("column.what"), show: (event) => <EventLink event={event} /> },
        { title: t("event.class"), show: (event) => words.type(event.event_type), wide: true },
        { title: t("column.who"), show: (event) => <Who event={event} /> },
        { title: t("column.thing"), show: (event) => <Thing event={event} />, wide: true },
        { title: t("column.from"), show: (event) => event.ip_address ?? "", wide: true },
        { title: t("column.outcome"), show: (event) => <Outcome event={event} />, wide: true },
      ]}
    />
  );
}
