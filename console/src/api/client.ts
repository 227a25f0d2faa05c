/** The public API, typed by its own document; nothing else of the server is used. */

import createFetchClient, { type Middleware } from "openapi-fetch";
import createClient from "openapi-react-query";
import { Problem } from "./problem.ts";
import type { components, paths } from "./schema.d.ts";

/** A type of the API, by its name in the document. */
export type Schema<Name extends keyof components["schemas"]> = components["schemas"][Name];

const REVISION = "portcullis-revision";
// What this page wrote last: with several servers, no answer may be older.
let written: string | undefined;

/** What is done where the server wants a sign-in, or a newer one. True: ask again. */
export interface SignInAgain {
  signIn(): void;
  confirm(): Promise<boolean>;
}
let again: SignInAgain | undefined;

/** Says what is done about a session that is over or too old. */
export function onSignInNeeded(handler: SignInAgain): void {
  again = handler;
}

const conventions: Middleware = {
  onRequest({ request }) {
    if (written !== undefined) request.headers.set(REVISION, written);
    return request;
  },
  onResponse({ response }) {
    written = newer(written, response.headers.get(REVISION));
    return response;
  },
};

/** `fetch` that asks for a new sign-in where one is needed, and turns each refusal into a `Problem`. */
async function ask(request: Request): Promise<Response> {
  const second = request.clone();
  const answer = await fetch(request);
  if (answer.ok) return answer;
  const problem = await Problem.of(answer);
  if (problem.status === 401 && !request.url.endsWith("/auth/reauthenticate")) again?.signIn();
  if (problem.code === "sign-in-too-old" && (await again?.confirm())) return ask(second);
  throw problem;
}

function newer(known: string | undefined, told: string | null): string | undefined {
  if (told === null || !/^\d+$/.test(told)) return known;
  return known === undefined || BigInt(told) > BigInt(known) ? told : known;
}

/** Single requests: `client.POST("/api/v1/nodes", { body })`. Refusals are thrown as `Problem`. */
export const client = createFetchClient<paths>({
  baseUrl: location.origin,
  credentials: "same-origin",
  fetch: ask,
});
client.use(conventions);

/** The same as hooks: `api.useQuery("get", "/auth/me")`. */
export const api = createClient(client);
