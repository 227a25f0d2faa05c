// The public API: what it answers, or why it refuses.
import { plain, text } from "./texts.js";

/** Why something was not done; its message is for people. */
export class Refusal extends Error {
  /** 0: the server did not answer. */
  status = 0;
  /** What the server said, for comparing. */
  detail = "";
  /** Of a 401: what is wrong with the session; undefined where the name, the password or a code is wrong. */
  code = undefined;
  /** The fields in error: `pointer`, `detail`. */
  errors = [];
  /** After how many seconds it may go better. */
  wait = undefined;

  static of(answer, told) {
    const refusal = new Refusal(message(answer.status, told));
    const wait = Number.parseInt(answer.headers.get("retry-after") ?? "", 10);
    return Object.assign(refusal, {
      status: answer.status,
      detail: told.detail ?? "",
      code: told.code,
      errors: told.errors ?? [],
      wait: Number.isNaN(wait) ? undefined : wait,
    });
  }
}

const message = (status, told) => {
  if (status === 500) return text("broken", { id: told.request_id ?? "" });
  return plain(told.detail ?? "") ?? told.detail ?? text("not_done");
};

/** Asks, and gives back what was answered. A refusal is thrown. */
export const ask = async (method, path, body) => {
  const headers = body === undefined ? {} : { "content-type": "application/json" };
  let answer;
  try {
    answer = await fetch(path, { method, headers, body: body && JSON.stringify(body), redirect: "error" });
  } catch {
    throw new Refusal(text("no_answer"));
  }
  const told = await answer.json().catch(() => ({}));
  if (!answer.ok) throw Refusal.of(answer, told);
  return told;
};

export const post = (path, body) => ask("POST", path, body);
