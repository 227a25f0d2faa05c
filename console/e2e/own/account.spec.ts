import { readFile } from "node:fs/promises";
import { ODDITIES } from "../support/odd.ts";
import { expect, PEOPLE, test } from "../support/test.ts";

test("the own name can be anything, and is shown as it is", async ({ page, enter, look }) => {
  await enter(PEOPLE.carol, "/console/own");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Profile");
  await look("own-profile");
  const name = page.getByLabel("Full name");
  const card = page.getByRole("region", { name: "Names" });
  for (const [kind, odd] of ODDITIES) {
    await name.fill(odd);
    await card.getByRole("button", { name: "Save" }).click();
    await expect(card.getByRole("button", { name: "Save" })).toBeDisabled();
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect(wide, `a name with ${kind} breaks the page`).toBeLessThanOrEqual(0);
    // Saved while the button is at work, kept as the field shows it when it is done.
    const stored = async () => (await (await page.request.get("/auth/me")).json()).full_name;
    await expect.poll(stored).toBe(await name.inputValue());
  }
  await page.goto("/console/");
  await expect(page.getByRole("heading", { level: 1 })).toContainText("W".repeat(100));
  await look("own-long-name");
});

test("notes for applications are merged, and what is no JSON is told", async ({ page, enter }) => {
  await enter(PEOPLE.carol, "/console/own/profile");
  const card = page.getByRole("region", { name: "Notes for applications" });
  const notes = card.getByLabel("Notes (JSON)");
  await notes.fill("{colour");
  await card.getByRole("button", { name: "Save" }).click();
  await expect(card.getByText("This must be a JSON object")).toBeVisible();
  await notes.fill(`{"colour": "<b>blue</b>", "size": {"a": 1, "b": 2}}`);
  await card.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("Your notes are saved.")).toBeVisible();
  await notes.fill(`{"size": {"b": 3}}`);
  await card.getByRole("button", { name: "Save" }).click();
  const stored = async () => (await (await page.request.get("/auth/me")).json()).metadata;
  await expect.poll(stored).toEqual({ size: { b: 3 } });
});

test("the password is changed, and what is wrong is told at its field", async ({
  page,
  enter,
  look,
  browser,
}) => {
  await enter(PEOPLE.carol, "/console/own/password");
  const old = page.getByLabel("Present password");
  const fresh = page.getByLabel(/^New password( \*)?$/);
  const again = page.getByLabel("New password once more");
  await old.fill("wrong one");
  await fresh.fill("carol-ananas");
  await again.fill("other");
  await expect(page.getByText("has at least 8 characters")).toContainText("(done)");
  await expect(page.getByText("does not contain your names or your address")).not.toContainText("(done)");
  await look("own-password");
  await page.getByRole("button", { name: "Change the password" }).click();
  await expect(page.getByText("This is not what you typed above.")).toBeVisible();
  await fresh.fill("tidal-walnut-kettle-9");
  await again.fill("tidal-walnut-kettle-9");
  await page.getByRole("button", { name: "Change the password" }).click();
  await expect(page.getByText("This is not your present password.")).toBeVisible();
  await expect(page).toHaveURL(/own\/password/);
  await old.fill(PEOPLE.carol.password);
  await fresh.fill("password123");
  await again.fill("password123");
  await page.getByRole("button", { name: "Change the password" }).click();
  await expect(page.getByText(/Is too easy to guess/)).toBeVisible();
  await expect(old).toHaveValue(PEOPLE.carol.password);
  await fresh.fill("tidal-walnut-kettle-9");
  await again.fill("tidal-walnut-kettle-9");
  const other = await browser.newContext();
  await signIn(other.request, page.url(), PEOPLE.carol.password);
  await page.getByRole("button", { name: "Change the password" }).click();
  await expect(page.getByText("Your password is changed.")).toBeVisible();
  expect((await page.request.get("/auth/me")).status()).toBe(200);
  expect((await other.request.get(new URL("/auth/me", page.url()).href)).status()).toBe(401);
  await other.close();
});

test("sessions are listed, and the others can be ended", async ({ page, enter, look, browser }) => {
  await enter(PEOPLE.carol, "/console/own/sessions");
  const table = page.getByRole("table", { name: "Where you are signed in" });
  await expect(table.getByRole("row")).toHaveCount(2);
  await expect(table).toContainText("This one");
  await expect(page.getByRole("button", { name: "End all others" })).toBeHidden();
  const others = await Promise.all(
    ["<script>alert(1)</script>", "W".repeat(100)].map(async (device) => {
      const context = await browser.newContext();
      await signIn(context.request, page.url(), PEOPLE.carol.password, {
        device_name: device,
        remember: true,
      });
      return context;
    }),
  );
  await page.reload();
  await expect(table.getByRole("row")).toHaveCount(4);
  await expect(table).toContainText("<script>alert(1)</script>");
  const devices = page.getByRole("table", { name: "Devices that remember you" });
  await expect(devices.getByRole("row")).toHaveCount(3);
  await look("own-sessions");
  await devices.getByRole("button", { name: `Forget ${"W".repeat(100)}` }).click();
  await expect(table.getByRole("row")).toHaveCount(3);
  await page.getByRole("button", { name: "End all others" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "End all others" }).click();
  await expect(page.getByText("1 session has ended.")).toBeVisible();
  await expect(table.getByRole("row")).toHaveCount(2);
  await expect(page.getByText("No device remembers you")).toBeVisible();
  for (const other of others) {
    expect((await other.request.get(new URL("/auth/me", page.url()).href)).status()).toBe(401);
    await other.close();
  }
});

test("a key is made, shown once, used and revoked", async ({ page, enter, look, server }) => {
  await enter(PEOPLE.bob, "/console/own/keys");
  await expect(page.getByText("You have no API keys")).toBeVisible();
  await page.getByRole("button", { name: "Create a key" }).click();
  const dialog = page.getByRole("dialog", { name: "Create a key" });
  await dialog.getByLabel("Name").fill(`nightly "report" <b>&</b>`);
  await dialog
    .getByRole("combobox", { name: "Role" })
    .or(dialog.getByRole("textbox", { name: "Role" }))
    .first()
    .click();
  await page.getByRole("option").first().click();
  await look("own-key-create");
  await dialog.getByRole("button", { name: "Create", exact: true }).click();
  const key = (await dialog.locator("pre, code").first().textContent()) ?? "";
  expect(key).toMatch(/^pck_/);
  await look("own-key-made");
  const me = await fetch(`${server.origin}/auth/me`, { headers: { "x-api-key": key } });
  expect((await me.json()).username).toBe("bob");
  await dialog.getByRole("button", { name: "Done" }).click();
  await expect(page.getByText(key)).toBeHidden();
  const row = page.getByRole("row", { name: /nightly "report" <b>&<\/b>/ });
  await expect(row).toBeVisible();
  await row.getByRole("button", { name: /^Revoke/ }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Revoke", exact: true }).click();
  await expect(page.getByText("You have no API keys")).toBeVisible();
  const after = await fetch(`${server.origin}/auth/me`, { headers: { "x-api-key": key } });
  expect(after.status).toBe(401);
});

test("a superuser sees only the own keys", async ({ page, enter }) => {
  await enter(PEOPLE.bob, "/console/own/roles");
  const role = (await (await page.request.get("/auth/me")).json()).held_roles[0];
  const made = await page.request.post("/api/v1/api-keys", {
    data: { name: "of bob", role },
    headers: { "sec-fetch-site": "same-origin" },
  });
  expect(made.status()).toBe(201);
  await enter(PEOPLE.alice, "/console/own/keys");
  await expect(page.getByText("You have no API keys")).toBeVisible();
});

test("the default role is chosen and taken back", async ({ page, enter, look }) => {
  await enter(PEOPLE.bob, "/console/own/roles");
  await expect(page.getByRole("heading", { name: "Roles that you hold" })).toBeVisible();
  const choice = page.getByRole("region", { name: "Default role" });
  await choice.locator("input").first().click();
  await page.getByRole("option").nth(1).click();
  await choice.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("Your default role is saved.")).toBeVisible();
  await look("own-roles");
  expect((await (await page.request.get("/auth/me")).json()).default_role).toBeTruthy();
  await choice.locator("input").first().click();
  await page.getByRole("option", { name: "None" }).click();
  await choice.getByRole("button", { name: "Save" }).click();
  await expect(choice.getByRole("button", { name: "Save" })).toBeDisabled();
  const stored = async () => (await (await page.request.get("/auth/me")).json()).default_role;
  await expect.poll(stored).toBeNull();
});

test("one's own data comes as a file, and one's account can be erased", async ({ page, enter, look }) => {
  await enter(PEOPLE.carol, "/console/own/data");
  const began = page.waitForEvent("download");
  await page.getByRole("button", { name: "Download" }).click();
  const file = await began;
  expect(file.suggestedFilename()).toBe("carol.json");
  expect(await readFile(await file.path(), "utf8")).toContain("carol");
  await page.getByRole("button", { name: "Erase my account" }).click();
  const dialog = page.getByRole("dialog", { name: "Erase your account?" });
  const erase = dialog.getByRole("button", { name: "Erase it for good" });
  await expect(erase).toBeDisabled();
  await dialog.getByLabel(/Type your user name/).fill("caro");
  await expect(erase).toBeDisabled();
  await look("own-erase");
  await dialog.getByLabel(/Type your user name/).fill("carol");
  await erase.click();
  await page.waitForURL(/\/auth\/login/);
  expect((await page.request.get("/auth/me")).status()).toBe(401);
});

test.describe("where users may not erase themselves", () => {
  test.use({ settings: { PORTCULLIS_ERASURE_BY_USERS: "false" } });

  test("that is told, and nothing is lost", async ({ page, enter }) => {
    await enter(PEOPLE.carol, "/console/own/data");
    await page.getByRole("button", { name: "Erase my account" }).click();
    const dialog = page.getByRole("dialog", { name: "Erase your account?" });
    await dialog.getByLabel(/Type your user name/).fill("carol");
    await dialog.getByRole("button", { name: "Erase it for good" }).click();
    await expect(dialog.getByRole("alert")).toBeVisible();
    expect((await page.request.get("/auth/me")).status()).toBe(200);
  });
});

test("language and appearance are chosen", async ({ page, enter, look }) => {
  await enter(PEOPLE.bob, "/console/own/appearance");
  await page.getByRole("radio", { name: "Dark" }).check();
  await expect(page.locator("html")).toHaveAttribute("data-mantine-color-scheme", "dark");
  await page.getByRole("radio", { name: "As the system" }).check();
  await page.getByRole("radio", { name: "Deutsch" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Aussehen");
  await look("own-appearance-de");
});

/** A session in another browser. */
async function signIn(
  request: import("@playwright/test").APIRequestContext,
  here: string,
  secret: string,
  more: object = {},
) {
  const { username, realm } = PEOPLE.carol;
  const data = { type: "password", realm, authentication_id: username, secret, session: "cookie", ...more };
  const answer = await request.post(new URL("/auth/login", here).href, {
    data,
    headers: { "sec-fetch-site": "same-origin" },
  });
  expect(answer.status()).toBe(200);
}
