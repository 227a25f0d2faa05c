/** What the tests of the tree do on its page. */

import { expect, type Locator, type Page } from "@playwright/test";

/** The line of a node in the tree. */
export function line(page: Page, name: string): Locator {
  return page.getByRole("treeitem", { name: new RegExp(`^${name}, `) });
}

/** The address of the page of a node. */
export function at(path: string, tab?: string): string {
  return `/console/tree?node=${encodeURIComponent(path)}${tab ? `&tab=${tab}` : ""}`;
}

/** The page is that of this node. */
export async function expectNode(page: Page, path: string) {
  await expect(page).toHaveURL((url) => url.searchParams.get("node") === path);
  const name = path.slice(path.lastIndexOf("/") + 1);
  await expect(page.getByRole("heading", { level: 2 })).toHaveText(name);
}

/** Picks a node in a field for nodes. */
export async function pick(field: Locator, path: string) {
  await field.fill(path);
  await field.page().getByRole("option", { name: path }).first().click();
}

/** Makes what a world file says; whoever is signed in may do so. */
export async function apply(page: Page, world: object) {
  const headers = { "sec-fetch-site": "same-origin", "content-type": "application/json" };
  const answer = await page.request.post("/api/v1/world", { data: JSON.stringify(world), headers });
  expect(answer.status(), await answer.text()).toBe(200);
}
