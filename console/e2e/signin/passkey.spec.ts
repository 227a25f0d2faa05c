import type { Page } from "@playwright/test";
import { Authenticator, expect, field, forget, NAME, said, test } from "./support.ts";

/** A passkey of jane's, in the machine of this page, and nobody signed in. */
async function prepare(page: Page, type: (name: string) => Promise<void>, arrive: () => Promise<void>) {
  const authenticator = await Authenticator.in(page);
  await page.goto("/auth/login");
  await type("jane");
  await page.getByRole("button", { name: /^A passkey/ }).click();
  await page.getByRole("button", { name: "Make a passkey" }).click();
  await page.getByRole("button", { name: "I have kept them" }).click();
  await arrive();
  await forget(page);
  return authenticator;
}

test.beforeEach(async ({ admin }) => {
  await admin.user("jane");
  await admin.ask("POST", "/api/v1/second-factor-rules", { user: "jane@main" });
});

test("a passkey is enough", async ({ page, type, arrive, me }) => {
  const authenticator = await prepare(page, type, arrive);
  await authenticator.saysYes(false);
  await page.goto("/auth/login?next=/livez");
  await expect(field(page, NAME)).toHaveAttribute("autocomplete", "username webauthn");
  await authenticator.saysYes(true);
  // It is proposed beside the name, or asked for by the button.
  const button = page.getByRole("button", { name: "Sign in with a passkey" });
  await button.click({ timeout: 3000 }).catch(() => undefined);
  await arrive("/livez");
  expect(await me()).toMatchObject({ username: "jane", session: { method: "passkey" } });
});

test("one that is not known here is told", async ({ page, admin, type, arrive }) => {
  const authenticator = await prepare(page, type, arrive);
  await admin.ask("DELETE", "/api/v1/realms/main/users/jane/factors");
  await authenticator.saysYes(false);
  await page.goto("/auth/login");
  await authenticator.saysYes(true);
  await page.getByRole("button", { name: "Sign in with a passkey" }).click();
  await expect(said(page, "This passkey is wrong, or not known here.")).toBeVisible();
});

test("nobody shows one", async ({ page, type, arrive }) => {
  const authenticator = await prepare(page, type, arrive);
  await authenticator.verifies(false);
  await page.goto("/auth/login");
  await page.getByRole("button", { name: "Sign in with a passkey" }).click();
  await expect(said(page, "No passkey was shown. Try again, or choose another way.")).toBeVisible();
});

test("where passkeys are second factors alone, none is offered first", async ({ page, admin }) => {
  await admin.set("signin", { passwordless: false });
  await page.goto("/auth/login");
  await expect(page.getByRole("button", { name: "Sign in", exact: true })).toBeVisible();
  await expect(page.getByRole("button", { name: "Sign in with a passkey" })).toBeHidden();
  await expect(said(page, "Why is there no passkey here?")).toBeHidden();
});

test.describe("at an address without passkeys", () => {
  test.use({ settings: { PORTCULLIS_PUBLIC_ADDRESS: "http://127.0.0.1:9" } });
  test("it says why", async ({ page, look }) => {
    await page.goto("/auth/login");
    await expect(page.getByRole("button", { name: "Sign in with a passkey" })).toBeHidden();
    await said(page, "Why is there no passkey here?").click();
    await expect(said(page, /only for addresses with https and a name, or for localhost/)).toBeVisible();
    await look("signin-no-passkey");
  });
});

test("a fresh sign-in by passkey", async ({ page, type, arrive, me }) => {
  await prepare(page, type, arrive);
  await page.goto("/auth/login");
  const button = page.getByRole("button", { name: "Sign in with a passkey" });
  await button.click({ timeout: 3000 }).catch(() => undefined);
  await arrive();
  const before = (await me())?.session;
  await page.goto("/auth/login?fresh&next=/livez");
  await page.getByRole("button", { name: "Confirm with a passkey" }).click();
  await arrive("/livez");
  expect((await me())?.session).not.toEqual(before);
});
