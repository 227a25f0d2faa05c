import { client } from "~/api/client.ts";
import { Problem } from "~/api/problem.ts";
import { type Format, headOf, linesOf } from "./export_file.ts";
import { type AuditEvent, type Filters, queryOf } from "./filters.ts";

/** The largest page that the server gives. */
const PORTION = 500;

/** How far an export has come. */
export interface Progress {
  count: number;
  /** The time of the oldest event so far. */
  back: string | undefined;
}

/** Reads all events that the filters show, page by page, into a file. Stops when the signal says so. */
export async function exportEvents(
  filters: Filters,
  format: Format,
  signal: AbortSignal,
  tell: (progress: Progress) => void,
): Promise<{ file: Blob; count: number }> {
  const asked = queryOf(filters, new Date());
  const parts: string[] = [headOf(format)];
  let count = 0;
  let cursor: string | undefined;
  do {
    const page = await readPage({ ...asked, limit: PORTION, ...(cursor && { cursor }) }, signal);
    parts.push(linesOf(format, page.items));
    count += page.items.length;
    cursor = page.next_cursor ?? undefined;
    tell({ count, back: page.items.at(-1)?.timestamp });
  } while (cursor);
  const type = format === "csv" ? "text/csv;charset=utf-8" : "application/x-ndjson;charset=utf-8";
  return { file: new Blob(parts, { type }), count };
}

type Query = ReturnType<typeof queryOf> & { limit: number; cursor?: string };

async function readPage(
  query: Query,
  signal: AbortSignal,
): Promise<{ items: AuditEvent[]; next_cursor?: string | null }> {
  for (;;) {
    try {
      const { data } = await client.GET("/api/v1/audit/events", { params: { query }, signal });
      return data ?? { items: [] };
    } catch (refusal) {
      // Asked too fast: the server says when to come again.
      if (!(refusal instanceof Problem) || refusal.retryAfter === undefined) throw refusal;
      await wait(refusal.retryAfter, signal);
    }
  }
}

function wait(seconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, seconds * 1000);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      reject(signal.reason);
    });
  });
}
