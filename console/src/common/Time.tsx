import { useFormatter, useNow } from "use-intl";

/** A time as people say it, "3 minutes ago"; the exact one stands in its title. */
export function Time({ at, none = "" }: { at: string | null | undefined; none?: string }) {
  const format = useFormatter();
  // Draws it anew from time to time. What happened since it did so is not yet to come, so the clock itself is asked.
  useNow({ updateInterval: 30_000 });
  if (!at) return none;
  const time = new Date(at);
  const exact = format.dateTime(time, { dateStyle: "medium", timeStyle: "medium" });
  return (
    <time dateTime={at} title={exact}>
      {format.relativeTime(time, new Date())}
    </time>
  );
}

/** A time to the second. */
export function ExactTime({ at }: { at: string }) {
  const format = useFormatter();
  return (
    <time dateTime={at}>{format.dateTime(new Date(at), { dateStyle: "medium", timeStyle: "medium" })}</time>
  );
}
