import type { Page } from "@playwright/test";
import { App, Authenticator, expect, field, NAME, PASSWORD, said, test } from "./support.ts";

const go = (page: Page) => page.getByRole("button", { name: "Continue", exact: true }).click();

test.beforeEach(async ({ admin }) => {
  await admin.user("jane");
  await admin.ask("POST", "/api/v1/second-factor-rules", { user: "jane@main" });
});

test("an app: QR code, key, recovery codes shown once", async ({ page, type, arrive, me, look }) => {
  await page.goto("/auth/login");
  await type("jane");
  await expect(page).toHaveTitle("Set up a second step - Portcullis");
  await look("signin-enrol");
  await page.getByRole("button", { name: /^An authenticator app/ }).click();
  await expect(page).toHaveTitle("Set up your app - Portcullis");
  const picture = page.getByRole("img", { name: /QR code with the key/ });
  expect(await picture.evaluate((image) => (image as HTMLImageElement).naturalWidth)).toBeGreaterThan(100);
  await expect(page.getByRole("link", { name: "Open in an app on this device" })).toHaveAttribute(
    "href",
    /^otpauth:\/\/totp\/Portcullis:jane\?secret=/,
  );
  await look("signin-enrol-totp");
  // Back and again: the key before is good no more.
  const before = (await page.locator("#key").textContent()) ?? "";
  await page.getByRole("button", { name: "Back" }).click();
  await page.getByRole("button", { name: /^An authenticator app/ }).click();
  await expect(page.locator("#key")).not.toHaveText(before);
  const app = new App((await page.locator("#key").textContent()) ?? "");
  await field(page, "First code that the app shows").fill("000000");
  await go(page);
  await expect(said(page, "The code is wrong, or was used already.")).toBeVisible();
  await field(page, "First code that the app shows").fill(app.code());
  await go(page);
  await expect(page).toHaveTitle("Keep your recovery codes - Portcullis");
  await expect(page.getByRole("listitem")).toHaveCount(10);
  await look("signin-codes");
  const download = page.waitForEvent("download");
  await page.getByRole("button", { name: "Save as a file" }).click();
  const file = await (await download).createReadStream();
  let saved = "";
  for await (const chunk of file) saved += chunk;
  const first = (await page.getByRole("listitem").first().textContent()) ?? "";
  expect(saved).toContain(first);
  expect(saved.match(/^[a-z2-7]{4}(-[a-z2-7]{4}){3}$/gm)).toHaveLength(10);
  await page.getByRole("button", { name: "I have kept them" }).click();
  await arrive();
  expect((await me())?.session.method).toBe("password+totp");
});

test("a passkey", async ({ page, type, arrive, me, look }) => {
  const authenticator = await Authenticator.in(page);
  await page.goto("/auth/login");
  await type("jane");
  await page.getByRole("button", { name: /^A passkey/ }).click();
  await look("signin-enrol-passkey");
  await page.getByRole("button", { name: "Make a passkey" }).click();
  await page.getByRole("button", { name: "I have kept them" }).click();
  await arrive();
  expect((await me())?.session.method).toBe("password+passkey");
  expect(await authenticator.count()).toBe(1);
});

test("two steps are asked one after the other", async ({ page, admin, type, arrive, me }) => {
  await admin.ask("POST", "/api/v1/second-factor-rules", { realm: "main", steps: 2 });
  await Authenticator.in(page);
  await page.goto("/auth/login");
  await type("jane");
  await page.getByRole("button", { name: /^A passkey/ }).click();
  await page.getByRole("button", { name: "Make a passkey" }).click();
  await page.getByRole("button", { name: "I have kept them" }).click();
  await page.getByRole("button", { name: /^An authenticator app/ }).click();
  await expect(page.locator("#key")).toHaveText(/^([A-Z2-7]{4} ){7}[A-Z2-7]{4}$/);
  const app = new App((await page.locator("#key").textContent()) ?? "");
  await field(page, "First code that the app shows").fill(app.code());
  await go(page);
  await arrive();
  expect((await me())?.session.method).toBe("password+passkey+totp");
});

test("what cannot work here is not offered, and why", async ({ browser, server }) => {
  // The same server, at an address where browsers have no passkeys.
  const page = await browser.newPage({ baseURL: server.origin.replace("localhost", "127.0.0.1") });
  await page.goto("/auth/login");
  await expect(page.getByRole("button", { name: "Sign in with a passkey" })).toBeHidden();
  const why = said(page, `Passkeys belong to the address ${server.origin}. Open the page there.`);
  await expect(why).toBeHidden();
  await said(page, "Why is there no passkey here?").click();
  await expect(why).toBeVisible();
  await field(page, NAME).fill("jane");
  await field(page, "Password").fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await expect(page.getByRole("button", { name: /^A passkey/ })).toBeDisabled();
  await expect(why).toBeVisible();
  await page.close();
});
