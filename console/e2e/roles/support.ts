/** What tests of this section ask the server beside the pages. */

import { expect, type Page } from "@playwright/test";
import type { Server } from "../support/server.ts";

/** The API, as whoever is signed in on the page. */
export function api(page: Page, { origin }: Server) {
  const headers = { origin, "sec-fetch-site": "same-origin" };
  const ask = async (method: string, path: string, data?: unknown) => {
    const answer = await page.request.fetch(path, { method, headers, ...(data !== undefined && { data }) });
    expect(answer.ok(), `${method} ${path}: ${await answer.text()}`).toBe(true);
    return answer.status() === 204 ? undefined : answer.json();
  };
  return {
    get: (path: string) => ask("GET", path),
    post: (path: string, data: unknown) => ask("POST", path, data),
    put: (path: string, data: unknown) => ask("PUT", path, data),
    remove: (path: string) => ask("DELETE", path),
  };
}

/** The id in the address of the page of a role. */
export async function idOf(page: Page): Promise<string> {
  await page.waitForURL(/\/roles\/role\/[^/?]+/);
  return /\/roles\/role\/([^/?]+)/.exec(page.url())?.[1] ?? "";
}
