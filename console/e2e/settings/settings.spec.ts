import { readFile } from "node:fs/promises";
import type { Page } from "@playwright/test";
import { expect, PEOPLE, test } from "../support/test.ts";

interface Setting {
  key: string;
  form: string;
  choices?: string[];
}

test("every setting of the server has its texts in both languages", async ({ page, enter }) => {
  await enter(PEOPLE.alice);
  const sections: Record<string, Setting[]> = await (await page.request.get("/api/v1/settings")).json();
  const all = Object.values(sections).flat();
  expect(all.length).toBeGreaterThan(30);
  for (const language of ["en", "de"]) {
    const path = new URL(`../../messages/${language}/settings.json`, import.meta.url);
    const { keys } = JSON.parse(await readFile(path, "utf8"));
    for (const { key, choices = [] } of all) {
      const [section = "", name = ""] = key.split(".");
      const text = keys[section]?.[name];
      expect(text?.label, `${language}: label of ${key}`).toBeTruthy();
      expect(text?.help, `${language}: explanation of ${key}`).toBeTruthy();
      for (const word of choices) {
        expect(text?.choices?.[word], `${language}: ${word} of ${key}`).toBeTruthy();
      }
    }
    const known = Object.entries(keys).flatMap(([section, names]) =>
      Object.keys(names as object).map((name) => `${section}.${name}`),
    );
    expect(known.sort(), `${language}: texts of settings that are gone`).toEqual(
      all.map(({ key }) => key).sort(),
    );
  }
});

test("each setting stands on a page of a topic", async ({ page, enter }) => {
  await enter(PEOPLE.alice, "/console/settings");
  const sections: Record<string, Setting[]> = await (await page.request.get("/api/v1/settings")).json();
  const links = page.locator("#main").getByRole("link");
  await expect(links.first()).toBeVisible();
  const topics = await links.evaluateAll((all) => all.map((link) => link.getAttribute("href") ?? ""));
  const seen: string[] = [];
  for (const topic of topics) {
    await page.goto(topic);
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    const found = page.locator(".setting");
    if (!/network/.test(topic)) await expect(found.first()).toBeVisible();
    seen.push(...(await found.evaluateAll((all) => all.map((one) => one.id))));
  }
  const all = Object.values(sections).flatMap((one) => one.map(({ key }) => key));
  expect(seen.sort()).toEqual(all.sort());
});

test("a setting is changed, saved, and brought back", async ({ page, enter, look }) => {
  await enter(PEOPLE.alice, "/console/settings");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Settings");
  await look("settings-overview");
  await page.getByRole("link", { name: /^Passwords/ }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Passwords");
  const shortest = page.getByLabel("Shortest password", { exact: true });
  await expect(shortest).toHaveValue("8");
  await expect(page.getByRole("button", { name: "Save" })).toBeDisabled();
  await shortest.fill("12");
  await page.getByLabel("A digit is needed").click();
  await page.getByLabel("Three of the four", { exact: false }).check();
  const changes = page.getByRole("status");
  await expect(changes).toContainText("3 changes that are not saved");
  await expect(changes).toContainText("Shortest password: 8 → 12");
  await expect(changes).toContainText("A digit is needed: off → on");
  await look("settings-passwords-changed");
  // Another topic in between loses nothing.
  await page.getByRole("link", { name: "Limits" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Limits");
  await page
    .getByRole("navigation", { name: "Topics of settings" })
    .getByRole("link", { name: /Passwords/ })
    .click();
  await expect(shortest).toHaveValue("12");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("Saved. It counts from now on.")).toBeVisible();
  await expect(page.getByText("Default: 8")).toBeVisible();
  await expect.poll(() => settingOf(page, "password.min_length")).toBe("12");
  await expect.poll(() => settingOf(page, "password.complexity")).toBe("three_of_four");
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(shortest).toHaveValue("8");
  await expect(page.getByText("Nothing is changed.")).toBeVisible();
  await expect.poll(() => settingOf(page, "password.complexity")).toBe("none");
});

test("the default is a click away", async ({ page, enter }) => {
  await enter(PEOPLE.alice, "/console/settings/sessions");
  await page.getByLabel("A session ends without use after", { exact: true }).fill("45");
  await page.getByRole("button", { name: "Save" }).first().click();
  await expect(page.getByText("Default: 30 minutes")).toBeVisible();
  await page.getByRole("button", { name: "Back to the default: A session ends without use after" }).click();
  await expect(page.getByRole("status")).toContainText("45 minutes → 30 minutes");
  await page.getByRole("button", { name: "Save" }).first().click();
  await expect(page.getByText("Default: 30 minutes")).toBeHidden();
  await expect.poll(() => settingOf(page, "session.idle_minutes")).toBe("30");
});

test("what the server refuses is told at its field, and nothing is saved", async ({ page, enter }) => {
  await enter(PEOPLE.alice, "/console/settings/passwords");
  await page.getByLabel("How hard a password must be to guess", { exact: true }).fill("9");
  await page.getByLabel("Shortest password", { exact: true }).fill("10");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("Must be a whole number from 0 to 4.")).toBeVisible();
  await expect(page.getByLabel("How hard a password must be to guess", { exact: true })).toBeFocused();
  await expect(page.getByLabel("Shortest password", { exact: true })).toHaveValue("10");
  await expect.poll(() => settingOf(page, "password.min_length")).toBe("8");
  await page.getByRole("button", { name: "Discard" }).click();
  await expect(page.getByLabel("Shortest password", { exact: true })).toHaveValue("8");
});

test.describe("what the start fixes", () => {
  test.use({ settings: { PORTCULLIS_SESSION_IDLE_MINUTES: "20" } });

  test("is shown and cannot be changed", async ({ page, enter, look }) => {
    await enter(PEOPLE.alice, "/console/settings/sessions");
    const field = page.getByLabel("A session ends without use after", { exact: true });
    await expect(field).toBeDisabled();
    await expect(field).toHaveValue("20 minutes");
    await expect(page.getByText("PORTCULLIS_SESSION_IDLE_MINUTES")).toBeVisible();
    await look("settings-pinned");
  });
});

test("settings are found by their words", async ({ page, enter }) => {
  await enter(PEOPLE.alice, "/console/settings");
  await page.getByLabel("Find a setting").fill("expires");
  await page.getByRole("link", { name: "Passwords: A password expires after" }).click();
  await expect(page).toHaveURL(/settings\/passwords#password\.valid_days$/);
  await expect(page.getByLabel("A password expires after", { exact: true })).toBeInViewport();
});

test("each topic looks well, in German too", async ({ page, enter, look }) => {
  test.setTimeout(180_000);
  await enter(PEOPLE.alice, "/console/settings");
  await page.context().addCookies([{ name: "portcullis-language", value: "de", url: page.url() }]);
  for (const [topic, title] of [
    ["lockout", "Aussperren"],
    ["mail", "E-Mail und SMS"],
    ["second-factor", "Zweite Faktoren"],
    ["network", "Adressen"],
    ["roles", "Rollen im Gebrauch"],
  ] as const) {
    await page.goto(`/console/settings/${topic}`);
    await expect(page.getByRole("heading", { level: 1 })).toHaveText(title);
    await look(`settings-de-${topic}`);
  }
});

test("who may see no settings is told so", async ({ page, enter }) => {
  await enter(PEOPLE.bob, "/console/settings");
  await expect(page.getByText("There are no settings here for you")).toBeVisible();
  await page.goto("/console/settings/nonsense");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Nothing is here");
});

async function settingOf(page: Page, key: string): Promise<string | undefined> {
  const [section = ""] = key.split(".");
  const settings: { key: string; value: string }[] = await (
    await page.request.get(`/api/v1/settings/${section}`)
  ).json();
  return settings.find((setting) => setting.key === key)?.value;
}
