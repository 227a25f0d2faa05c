/** Events as files, made harmless for whoever opens them. */

import type { AuditEvent } from "./filters.ts";

export type Format = "csv" | "jsonl";

const COLUMNS = [
  "sequence",
  "id",
  "timestamp",
  "event_type",
  "action",
  "success",
  "principal",
  "user_id",
  "username",
  "impersonator_id",
  "ip_address",
  "user_agent",
  "resource_type",
  "resource_id",
  "reason",
  "request_id",
  "request_path",
  "session_id",
  "metadata",
  "personal",
  "hash",
] as const;

/** What comes before the events. The mark tells spreadsheets that the text is UTF-8. */
export function headOf(format: Format): string {
  return format === "csv" ? `\uFEFF${COLUMNS.join(",")}\r\n` : "";
}

/** Events in this format, each on a line. */
export function linesOf(format: Format, events: readonly AuditEvent[]): string {
  if (format === "jsonl") return events.map((event) => `${JSON.stringify(event)}\n`).join("");
  return events.map((event) => `${cellsOf(event).map(cell).join(",")}\r\n`).join("");
}

function cellsOf(event: AuditEvent): string[] {
  const { resource, metadata, personal, ...plain } = event;
  const values = new Map(Object.entries<unknown>(plain));
  values.set("resource_type", resource?.type);
  values.set("resource_id", resource?.id);
  values.set("metadata", JSON.stringify(metadata));
  values.set("personal", personal ? JSON.stringify(personal) : undefined);
  return COLUMNS.map((name) => String(values.get(name) ?? ""));
}

/**
 * What spreadsheets take for the beginning of a formula, in the usual and the wide forms of the signs; also behind
 * blanks, which some of them skip, and what lets text flow into another cell.
 */
const FORMULA = /^\s*[=+\-@\uFF1D\uFF0B\uFF0D\uFF20]|^[\t\r\n]/;

/** A cell of CSV (RFC 4180), always in quotation marks, and never a formula. */
export function cell(text: string): string {
  const harmless = FORMULA.test(text) ? `'${text}` : text;
  return `"${harmless.replaceAll('"', '""')}"`;
}
