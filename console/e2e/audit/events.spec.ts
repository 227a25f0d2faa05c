import { expect, PEOPLE, test } from "../support/test.ts";
import { act } from "./acts.ts";

test("the timeline tells what happened in words, and a table holds the same", async ({
  page,
  enter,
  look,
}) => {
  await enter(PEOPLE.alice);
  await act(page, "POST", "/api/v1/realms/staff/users/bob/lock", { reason: "left the laptop on the train" });
  await page.goto("/console/audit");
  const main = page.getByRole("main");
  await expect(main.getByRole("link", { name: "Locked a user" })).toBeVisible();
  await expect(main.getByText("left the laptop on the train")).toBeVisible();
  await expect(main.getByRole("link", { name: "bob", exact: true })).toBeVisible();
  await look("audit-timeline");
  await page.getByText("Table", { exact: true }).click();
  await expect(page).toHaveURL(/view=table/);
  const row = page.getByRole("row", { name: "Locked a user" });
  await expect(row).toContainText("alice");
  await expect(row).toContainText("User bob");
  await look("audit-table");
});

test("filters stand in the address, and can be gone back from and cleared", async ({ page, enter, look }) => {
  await enter(PEOPLE.alice);
  await act(page, "PUT", "/api/v1/settings/session", { idle_minutes: 20 });
  await page.goto("/console/audit?view=table");
  await page.getByRole("combobox", { name: "Class" }).click();
  await page.getByRole("option", { name: "Settings", exact: true }).click();
  await expect(page).toHaveURL(/event_type=CONFIG_CHANGE/);
  await expect(page.getByRole("row", { name: "Changed a setting" })).toBeVisible();
  await expect(page.getByRole("row", { name: "Signed in" })).toBeHidden();
  await page.getByRole("combobox", { name: "When" }).click();
  await page.getByRole("option", { name: "Last hour" }).click();
  await expect(page).toHaveURL(/range=1h/);
  await page.goBack();
  await expect(page).not.toHaveURL(/range=1h/);
  await page.getByRole("combobox", { name: "Outcome" }).click();
  await page.getByRole("option", { name: "Failed" }).click();
  await expect(page.getByText("Nothing matches these filters.")).toBeVisible();
  await look("audit-nothing");
  await page.getByRole("button", { name: "Clear all filters" }).last().click();
  await expect(page.getByRole("row", { name: "Signed in" }).first()).toBeVisible();
  expect(new URL(page.url()).search).toBe("?view=table");
});

test("a person is picked, not typed as an id", async ({ page, enter }) => {
  await enter(PEOPLE.alice, "/console/audit?view=table");
  await page.getByRole("textbox", { name: "By or to whom" }).fill("bob");
  await page.getByRole("option", { name: "/staff/bob" }).click();
  await expect(page).toHaveURL(/user=[0-9a-f-]{36}/);
  await expect(page.getByText("Nothing matches these filters.")).toBeVisible();
  await expect(page.getByRole("textbox", { name: "By or to whom" })).toHaveValue("/staff/bob");
});

test("things and times can be asked for", async ({ page, enter }) => {
  await enter(PEOPLE.alice);
  await act(page, "PUT", "/api/v1/nodes/%2Facme%2Fnorthwind/tags", ["pilot", "new"]);
  await page.goto("/console/audit?view=table");
  await page.getByRole("button", { name: "More filters" }).click();
  await page.getByRole("combobox", { name: "Kind of thing" }).click();
  await page.getByRole("option", { name: "Node", exact: true }).click();
  await page.getByRole("textbox", { name: "Thing", exact: true }).fill("/acme/northw");
  await page.getByRole("option", { name: "/acme/northwind", exact: false }).first().click();
  await expect(page.getByRole("row", { name: "Changed the tags of a node" })).toContainText(
    "/acme/northwind",
  );
  await page.getByRole("combobox", { name: "When" }).click();
  await page.getByRole("option", { name: "From and until" }).click();
  await expect(page.getByRole("row", { name: "Changed the tags of a node" })).toBeVisible();
  await page.getByLabel("Until").fill("2020-01-01T00:00");
  await expect(page.getByText("Nothing matches these filters.")).toBeVisible();
});

test("an event opens in full, with before and after, by keyboard too", async ({ page, enter, look }) => {
  await enter(PEOPLE.alice);
  await act(page, "PUT", "/api/v1/settings/session", { idle_minutes: 20 });
  await page.goto("/console/audit?event_type=CONFIG_CHANGE&action=setting.change");
  const link = page.getByRole("link", { name: "Changed a setting" });
  await link.focus();
  await page.keyboard.press("Enter");
  const drawer = page.getByRole("dialog");
  await expect(drawer.getByRole("heading", { name: "Changed a setting" })).toBeVisible();
  const change = drawer.getByRole("region", { name: "Before and after" });
  await expect(change).toContainText("Before");
  await expect(change).toContainText("20");
  await expect(drawer.getByRole("row", { name: "Who" })).toContainText("alice");
  await look("audit-event");
  await page.keyboard.press("Escape");
  await expect(drawer).toBeHidden();
  expect(new URL(page.url()).searchParams.has("event")).toBe(false);
  await link.click();
  await drawer.getByRole("link", { name: "All events of this request" }).click();
  await expect(page).toHaveURL(/request_id=/);
  await expect(page.getByRole("main").getByRole("link", { name: "Changed a setting" })).toBeVisible();
});

test("what a list lost and won, and each field of a change", async ({ page, enter, look }) => {
  await enter(PEOPLE.alice);
  await act(page, "PUT", "/api/v1/nodes/%2Facme%2Fnorthwind/tags", ["pilot", "new"]);
  await page.goto("/console/audit?action=node.tags");
  await page.getByRole("link", { name: "Changed the tags of a node" }).click();
  const change = page.getByRole("dialog").getByRole("region", { name: "Before and after" });
  await expect(change.getByRole("listitem")).toHaveText(["new"]);
  await expect(change).toContainText("Added");

  await act(page, "PATCH", "/api/v1/realms/staff/users/bob", { email: "bobby@example.com" });
  await page.goto("/console/audit?action=user.update");
  await page.getByRole("link", { name: "Changed a user" }).click();
  const row = change.getByRole("row", { name: "email", exact: false }).first();
  await expect(row.getByRole("cell")).toHaveText(["bob@example.com", "bobby@example.com"]);
  await look("audit-event-fields");
});

test("what was erased from a change is said to be gone", async ({ page, enter }) => {
  await enter(PEOPLE.alice);
  await act(page, "PATCH", "/api/v1/realms/staff/users/bob", { email: "bobby@example.com" });
  await act(page, "POST", "/gdpr/delete", { user: "bob@staff", confirm: true });
  await page.goto("/console/audit?action=user.update");
  await page.getByRole("link", { name: "Changed a user" }).click();
  await expect(page.getByRole("dialog").getByText("It holds no values from before and after")).toBeVisible();
  await expect(page.getByRole("dialog")).not.toContainText("bobby@example.com");
});

test("more events come with a button", async ({ page, enter }) => {
  await enter(PEOPLE.alice, "/console/audit?view=table");
  await expect(page.getByRole("row")).toHaveCount(51);
  await page.getByRole("button", { name: "Show more" }).click();
  await expect(page.getByRole("row", { name: "The server started for the first time" })).toBeVisible();
});

test("who may not read the log is told so", async ({ page, enter }) => {
  await enter(PEOPLE.bob, "/console/audit");
  await expect(page.getByRole("alert")).toContainText("Not permitted");
});

test("German", async ({ page, enter, context, server }) => {
  await context.addCookies([{ name: "portcullis-language", value: "de", url: server.origin }]);
  await enter(PEOPLE.alice, "/console/audit");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Protokoll");
  await expect(page.getByRole("link", { name: "Hat sich angemeldet" }).first()).toBeVisible();
  await page.goto("/console/audit/dashboard");
  await expect(page.getByRole("heading", { name: "Am meisten abgewiesen" })).toBeVisible();
});
