import { keepPreviousData } from "@tanstack/react-query";
import { useMemo } from "react";
import { api, type Schema } from "~/api/client.ts";

/** Spans of the dashboard: how many steps, and how long one is. */
export const SPANS = {
  "24h": { steps: 24, step: "hour" },
  "7d": { steps: 7 * 24, step: "hour" },
  "30d": { steps: 30, step: "day" },
} as const;
export type Span = keyof typeof SPANS;

const HOUR = 3_600_000;

/** From when to when a span counts: whole hours, or whole days of the user's time zone. */
export function rangeOf(span: Span, now: Date): { since: string; until: string } {
  const { steps, step } = SPANS[span];
  const begin = new Date(now);
  begin.setMinutes(0, 0, 0);
  if (step === "day") begin.setHours(0);
  const width = step === "day" ? 24 * HOUR : HOUR;
  const since = new Date(begin.getTime() - (steps - 1) * width);
  return { since: since.toISOString(), until: now.toISOString() };
}

/** What is counted, in the order of the page. */
export const SERIES = ["signIns", "failures", "refusals", "locks"] as const;
export type Series = (typeof SERIES)[number];

/** How many there were of each, from a moment on. */
export type Step = { at: string } & Record<Series, number>;

export interface Counted {
  steps: readonly Step[];
  mostRefused: readonly Schema<"UserCount">[];
  mostFailing: readonly Schema<"UserCount">[];
}

/** What happened in a span, counted by the server. Locks are those that the server made, and those of administrators. */
export function useCounts(span: Span) {
  const range = useMemo(() => rangeOf(span, new Date()), [span]);
  const query = { ...range, step: SPANS[span].step };
  const options = { placeholderData: keepPreviousData };
  const path = "/api/v1/audit/counts";
  const all = api.useQuery("get", path, { params: { query } }, options);
  const lockouts = api.useQuery("get", path, { params: { query: { ...query, action: "lockout" } } }, options);
  const locks = api.useQuery("get", path, { params: { query: { ...query, action: "user.lock" } } }, options);
  const error = all.error ?? lockouts.error ?? locks.error;
  const ready = all.data && lockouts.data && locks.data;
  const counted = ready && count(span, all.data, [lockouts.data, locks.data]);
  return { counted, error };
}

function count(span: Span, events: Schema<"EventCounts">, locks: readonly Schema<"EventCounts">[]): Counted {
  const begin = new Date(events.since).getTime();
  const width = SPANS[span].step === "day" ? 24 * HOUR : HOUR;
  const steps = Array.from(
    { length: SPANS[span].steps },
    (_, index): Step => ({
      at: new Date(begin + index * width).toISOString(),
      signIns: 0,
      failures: 0,
      refusals: 0,
      locks: 0,
    }),
  );
  const add = (series: Series, { at, count }: Schema<"StepCount">) => {
    const step = steps[Math.round((new Date(at).getTime() - begin) / width)];
    if (step) step[series] += count;
  };
  for (const one of events.counts) {
    if (one.event_type === "LOGIN" && one.success) add("signIns", one);
    if (one.event_type === "LOGIN_FAILED") add("failures", one);
    if (one.event_type === "ACCESS_DENIED") add("refusals", one);
  }
  for (const one of locks.flatMap(({ counts }) => counts)) add("locks", one);
  return { steps, mostRefused: events.most_refused, mostFailing: events.most_failing };
}
