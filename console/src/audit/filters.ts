import { useMemo } from "react";
import type { Schema } from "~/api/client.ts";
import { useParameters } from "~/common/address.ts";

export type AuditEvent = Schema<"EventView">;

/** Spans of time that reach up to now, in hours. */
export const RANGES = { "1h": 1, "24h": 24, "7d": 7 * 24, "30d": 30 * 24 } as const;
export type Range = keyof typeof RANGES;

/** What of the address says which events are shown. */
const FILTERS = [
  "event_type",
  "action",
  "success",
  "user",
  "resource_type",
  "resource_id",
  "request_id",
  "range",
  "since",
  "until",
] as const;
export type Filter = (typeof FILTERS)[number];
/** What is asked for; empty: anything. */
export type Filters = Readonly<Record<Filter, string>>;

/** The filters of this page, as they stand in the address. */
export function useFilters() {
  const [search, changeSearch] = useParameters();
  const filters = useMemo(() => read(search), [search]);
  const change = (changed: Readonly<Partial<Record<Filter | "view" | "event", string>>>) =>
    changeSearch(changed);
  const clear = () => change(Object.fromEntries(FILTERS.map((name) => [name, ""])));
  const isFiltered = FILTERS.some((name) => filters[name] !== "");
  return { filters, change, clear, isFiltered, search };
}

function read(search: URLSearchParams): Filters {
  const said = (name: Filter) => search.get(name) ?? "";
  return {
    event_type: said("event_type"),
    action: said("action"),
    success: said("success"),
    user: said("user"),
    resource_type: said("resource_type"),
    resource_id: said("resource_id"),
    request_id: said("request_id"),
    range: isRange(said("range")) ? said("range") : "",
    since: said("since"),
    until: said("until"),
  };
}

export function isRange(text: string): text is Range {
  return Object.hasOwn(RANGES, text);
}

/** The filters as the API wants them; a span of time is counted from `now`. */
export function queryOf(filters: Filters, now: Date) {
  const { event_type, action, success, user, resource_type, resource_id, request_id, range } = filters;
  const reach = isRange(range) ? new Date(now.getTime() - RANGES[range] * 3_600_000) : undefined;
  const since = reach?.toISOString() ?? filters.since;
  const until = reach ? "" : filters.until;
  return {
    ...(event_type && { event_type }),
    ...(action && { action }),
    ...(success && { success: success === "true" }),
    ...(user && { user_id: user }),
    ...(resource_type && { resource_type }),
    ...(resource_id && { resource_id }),
    ...(request_id && { request_id }),
    ...(since && { since }),
    ...(until && { until }),
  };
}

/** The address of the events that these filters show. */
export function eventsAt(filters: Partial<Record<Filter, string>>): string {
  return `/audit?${new URLSearchParams(filters)}`;
}
