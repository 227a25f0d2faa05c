import { readFile } from "node:fs/promises";
import type { Page } from "@playwright/test";
import { expect, PEOPLE, test } from "../support/test.ts";
import { act } from "./acts.ts";
import { readCsv } from "./csv.ts";

async function exported(page: Page, format: "CSV" | "JSON"): Promise<string> {
  await page.getByRole("button", { name: "Export" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("radio", { name: new RegExp(`^${format}`) }).check();
  const download = page.waitForEvent("download");
  await dialog.getByRole("button", { name: "Export" }).click();
  const file = await download;
  expect(file.suggestedFilename()).toMatch(/^audit-\d{4}-\d\d-\d\d\.(csv|jsonl)$/);
  return readFile(await file.path(), "utf8");
}

test("CSV holds what the filters show, and no formula", async ({ page, enter, look }) => {
  await enter(PEOPLE.alice);
  const reasons = [
    '=HYPERLINK("http://example.com";"x")',
    "+1",
    "-2+3",
    "@SUM(A1)",
    "\t=1",
    " =1",
    '","=1',
    "＝1",
  ];
  for (const reason of reasons) {
    await act(
      page,
      "POST",
      "/api/v1/realms/staff/users/bob/lock",
      { reason },
      { "user-agent": "=cmd|' /C calc'!A0" },
    );
    await act(page, "POST", "/api/v1/realms/staff/users/bob/unlock", {});
  }
  await page.goto("/console/audit?action=user.lock");
  await expect(page.getByRole("main").getByRole("link", { name: "Locked a user" })).toHaveCount(
    reasons.length,
  );
  const [names = [], ...rows] = readCsv(await exported(page, "CSV"));
  expect(rows).toHaveLength(reasons.length);
  const at = (row: readonly string[], name: string) => row[names.indexOf(name)];
  expect(new Set(rows.map((row) => at(row, "action")))).toEqual(new Set(["user.lock"]));
  // Nothing is lost but for the apostrophe.
  const told = rows.map((row) => at(row, "reason")?.replace(/^'/, ""));
  expect(told.reverse()).toEqual(await reasonsOf(page));
  for (const value of rows.flat()) expect(value).not.toMatch(/^\s*[=+\-@＝＋－＠]/);
  expect(rows.map((row) => at(row, "user_agent"))).toContain("'=cmd|' /C calc'!A0");
  await expect(page.getByText(`${reasons.length} events were saved.`)).toBeVisible();
  await look("audit-export");
});

async function reasonsOf(page: Page): Promise<unknown[]> {
  const answer = await page.request.get("/api/v1/audit/events?action=user.lock&limit=100");
  const { items }: { items: { reason: unknown }[] } = await answer.json();
  return items.map(({ reason }) => reason).reverse();
}

test("JSON lines hold the events as the API gives them", async ({ page, enter }) => {
  await enter(PEOPLE.alice, "/console/audit?event_type=ROLE_CHANGE");
  await expect(page.getByRole("main").getByRole("link", { name: "Assigned a role" }).first()).toBeVisible();
  const lines = (await exported(page, "JSON")).trimEnd().split("\n");
  const answer = await page.request.get("/api/v1/audit/events?event_type=ROLE_CHANGE&limit=500");
  const { items } = await answer.json();
  expect(lines.map((line) => JSON.parse(line))).toEqual(items);
});

test("an export of many pages shows how far it is, and can be stopped", async ({ page, enter }) => {
  await enter(PEOPLE.alice, "/console/audit");
  let asked = 0;
  // Pages that never end, of which each takes a while.
  await page.route("**/api/v1/audit/events?*limit=500*", async (route) => {
    asked += 1;
    const answer = await route.fetch();
    const page = await answer.json();
    await new Promise((go) => setTimeout(go, 300));
    await route
      .fulfill({ json: { ...page, next_cursor: page.next_cursor ?? "bnVsbA" } })
      .catch(() => undefined);
  });
  await page.route("**/api/v1/audit/events?*cursor=bnVsbA*", async (route) => {
    asked += 1;
    const answer = await route.fetch({ url: route.request().url().replace("&cursor=bnVsbA", "") });
    const page = await answer.json();
    await new Promise((go) => setTimeout(go, 300));
    await route.fulfill({ json: { ...page, next_cursor: "bnVsbA" } }).catch(() => undefined);
  });
  await page.getByRole("button", { name: "Export" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: "Export" }).click();
  await expect(dialog.getByText(/^\d+ events, back to/)).toBeVisible();
  await expect.poll(() => asked).toBeGreaterThan(2);
  await dialog.getByRole("button", { name: "Stop" }).click();
  await expect(dialog.getByText("Stopped. Nothing was saved.")).toBeVisible();
  await page.unrouteAll({ behavior: "ignoreErrors" });
});
