import { expect, type Page } from "@playwright/test";
import { PEOPLE } from "../support/test.ts";

const SAME = { "sec-fetch-site": "same-origin" };

/** Does something over the API as whoever is signed in on the page; the answer's body. */
export async function act(
  page: Page,
  method: "POST" | "PUT" | "PATCH" | "DELETE",
  path: string,
  data: unknown,
  more: Record<string, string> = {},
): Promise<unknown> {
  const answer = await page.request.fetch(path, { method, data, headers: { ...SAME, ...more } });
  expect(answer.ok(), `${method} ${path}: ${await answer.text()}`).toBe(true);
  return answer.status() === 204 ? undefined : await answer.json().catch(() => undefined);
}

/** Wrong passwords of somebody. */
export async function failToSignIn(
  page: Page,
  times: number,
  person: { username: string; realm: string } = PEOPLE.bob,
) {
  for (let time = 0; time < times; time++) {
    const answer = await page.request.post("/auth/login", {
      headers: SAME,
      data: {
        type: "password",
        realm: person.realm,
        authentication_id: person.username,
        secret: "not the password",
      },
    });
    expect(answer.status()).toBeGreaterThanOrEqual(400);
  }
}
