import { readFile } from "node:fs/promises";
import { Authenticator } from "../support/authenticator.ts";
import { ODD } from "../support/odd.ts";
import { expect, PEOPLE, test } from "../support/test.ts";
import { totp } from "../support/totp.ts";

test("an authenticator app is added, with recovery codes to keep, and removed", async ({
  page,
  enter,
  look,
}) => {
  test.setTimeout(180_000);
  await enter(PEOPLE.carol, "/console/own/factors");
  await expect(page.getByText("You have no second factor")).toBeVisible();
  await look("own-factors-none");
  await page.getByRole("button", { name: "Add", exact: true }).click();
  await page.getByRole("menuitem", { name: "Authenticator app" }).click();
  const dialog = page.getByRole("dialog", { name: "Add an authenticator app" });
  await dialog.getByLabel("Name").fill(ODD.script);
  await dialog.getByRole("button", { name: "Next" }).click();
  const picture = dialog.getByRole("img", { name: /QR code/ });
  await expect(picture).toBeVisible();
  expect(await picture.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBeGreaterThan(50);
  await look("own-factors-app");
  const key = ((await dialog.locator("pre, code").first().textContent()) ?? "").trim();
  await dialog.getByLabel("Code").fill("000000");
  await dialog.getByRole("button", { name: "Confirm" }).click();
  await expect(dialog.getByLabel("Code")).toHaveAttribute("aria-invalid", "true");
  await dialog.getByLabel("Code").fill(totp(key));
  await dialog.getByRole("button", { name: "Confirm" }).click();

  const codes = page.getByRole("dialog", { name: "Recovery codes" });
  await expect(codes.getByRole("listitem")).toHaveCount(10);
  const first = (await codes.getByRole("listitem").first().textContent()) ?? "";
  await look("own-factors-codes");
  const began = page.waitForEvent("download");
  await codes.getByRole("button", { name: "Download" }).click();
  expect(await readFile(await (await began).path(), "utf8")).toContain(first);
  await page.emulateMedia({ media: "print" });
  await expect(codes.getByRole("button", { name: "Copy" })).toBeHidden();
  await expect(page.getByText(first)).toBeVisible();
  await page.emulateMedia({ media: "screen" });
  await page.keyboard.press("Escape");
  await expect(codes).toBeVisible();
  await codes.getByRole("checkbox").check();
  await codes.getByRole("button", { name: "Done" }).click();
  await expect(codes).toBeHidden();

  const row = page.getByRole("row", { name: /Authenticator app/ });
  await expect(row).toContainText(ODD.script);
  await expect(page.getByText("10 are left")).toBeVisible();
  await look("own-factors");

  // The session has not shown the factor yet: what changes factors asks for it, and goes on by itself.
  await page.getByRole("button", { name: "Make new codes" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Make new codes" }).click();
  const confirm = page.getByRole("dialog", { name: "Confirm that it is you" });
  await confirm.getByLabel(/^Password( \*)?$/).fill(PEOPLE.carol.password);
  await confirm.getByRole("button", { name: "Confirm" }).click();
  await expect(confirm.getByLabel("Code of your authenticator app")).toBeFocused();
  await confirm.getByLabel("Code of your authenticator app").fill("123456");
  await confirm.getByRole("button", { name: "Confirm" }).click();
  await expect(confirm.getByText(/The code is wrong/)).toBeVisible();
  await look("own-confirm-code");
  // A code is good once: the next one counts.
  await confirm.getByLabel("Code of your authenticator app").fill(totp(key, 1));
  await confirm.getByRole("button", { name: "Confirm" }).click();
  await expect(codes.getByRole("listitem")).toHaveCount(10);
  expect(await codes.getByRole("listitem").first().textContent()).not.toBe(first);
  await codes.getByRole("checkbox").check();
  await codes.getByRole("button", { name: "Done" }).click();

  await row.getByRole("button", { name: /^Remove/ }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Remove" }).click();
  await expect(page.getByText("You have no second factor")).toBeVisible();
});

test("a passkey is added, and shows who one is", async ({ page, enter, look }) => {
  test.setTimeout(180_000);
  await Authenticator.in(page);
  await enter(PEOPLE.carol, "/console/own/factors");
  await page.getByRole("button", { name: "Add", exact: true }).click();
  await page.getByRole("menuitem", { name: "Passkey" }).click();
  const dialog = page.getByRole("dialog", { name: "Add a passkey" });
  await dialog.getByLabel("Name").fill("My laptop");
  await dialog.getByRole("button", { name: "Next" }).click();
  await look("own-passkey");
  await dialog.getByRole("button", { name: "Make the passkey" }).click();
  const codes = page.getByRole("dialog", { name: "Recovery codes" });
  await codes.getByRole("checkbox").check();
  await codes.getByRole("button", { name: "Done" }).click();
  const row = page.getByRole("row", { name: /My laptop/ });
  await expect(row).toContainText("Passkey");

  // The same device makes no second one.
  await page.getByRole("button", { name: "Add", exact: true }).click();
  await page.getByRole("menuitem", { name: "Passkey" }).click();
  await dialog.getByRole("button", { name: "Next" }).click();
  const confirm = page.getByRole("dialog", { name: "Confirm that it is you" });
  await expect(confirm).toBeVisible();
  await look("own-confirm-passkey");
  await confirm.getByRole("button", { name: "Use a passkey" }).click();
  await expect(confirm).toBeHidden();
  await dialog.getByRole("button", { name: "Make the passkey" }).click();
  await expect(dialog.getByText("This device has a passkey for your account already.")).toBeVisible();
  await dialog.getByRole("button", { name: "Cancel" }).click();
});

test("at an address that is a number passkeys cannot work, and why is told", async ({ browser, server }) => {
  const context = await browser.newContext();
  const origin = server.origin.replace("localhost", "127.0.0.1");
  const { username, realm, password } = PEOPLE.carol;
  const data = { type: "password", realm, authentication_id: username, secret: password, session: "cookie" };
  const headers = { "sec-fetch-site": "same-origin" };
  expect((await context.request.post(`${origin}/auth/login`, { data, headers })).status()).toBe(200);
  const page = await context.newPage();
  await page.goto(`${origin}/console/own/factors`);
  await expect(page.getByText("Passkeys do not work at this address")).toBeVisible();
  await expect(page.getByText("Open it by its name.")).toBeVisible();
  await page.getByRole("button", { name: "Add", exact: true }).click();
  await expect(page.getByRole("menuitem", { name: "Passkey" })).toBeDisabled();
  await context.close();
});
