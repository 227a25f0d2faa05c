/** What is wrong with one field of an input; `pointer` is a JSON pointer (RFC 6901). */
export interface FieldError {
  pointer: string;
  detail: string;
}

/** A refusal of the server (RFC 9457). */
export class Problem extends Error {
  readonly status: number;
  /** The last part of `type`: `forbidden`, `invalid`, `sign-in-too-old`, ... */
  readonly code: string;
  readonly title: string;
  readonly errors: readonly FieldError[];
  readonly requestId: string | undefined;
  /** After how many seconds it may go better. */
  readonly retryAfter: number | undefined;

  constructor(status: number, body: unknown, retryAfter?: number) {
    const told = isRecord(body) ? body : {};
    const title = text(told.title) ?? "";
    super(text(told.detail) || title || `The server answered ${status}.`);
    this.name = "Problem";
    this.status = status;
    this.code = (text(told.type) ?? "").split(/[/:#]/).pop() ?? "";
    this.title = title;
    this.errors = Array.isArray(told.errors) ? told.errors.flatMap(fieldError) : [];
    this.requestId = text(told.request_id);
    this.retryAfter = retryAfter;
  }

  /** The problem that an answer tells of. */
  static async of(answer: Response): Promise<Problem> {
    const wait = Number(answer.headers.get("retry-after") ?? Number.NaN);
    const body: unknown = await answer.json().catch(() => undefined);
    return new Problem(answer.status, body, Number.isFinite(wait) ? wait : undefined);
  }
}

function fieldError(error: unknown): FieldError[] {
  if (!isRecord(error)) return [];
  return [{ pointer: text(error.pointer) ?? "", detail: text(error.detail) ?? "" }];
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

function text(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}
