import type { Page } from "@playwright/test";
import { expect, field, forget, PASSWORD, said, test } from "./support.ts";

const press = (page: Page, name: string) => page.getByRole("button", { name, exact: true }).click();

test.beforeEach(({ admin }) => admin.user("jane"));

/** The session goes, what the device remembers stays: as when a day has passed. */
async function forgetSession(page: Page) {
  const cookies = await page.context().cookies();
  await forget(page);
  await page.context().addCookies(cookies.filter(({ name }) => !name.endsWith("session")));
}

test("a device that remembers brings its user back without asking", async ({ page, type, arrive, me }) => {
  await page.goto("/auth/login");
  await page.getByRole("checkbox", { name: "Remember this device" }).check();
  await type("jane");
  await arrive();
  await forgetSession(page);
  await page.goto("/auth/login?next=/livez");
  await arrive("/livez");
  expect(await me()).toMatchObject({ username: "jane", session: { method: "remember" } });
});

test("a device that remembers no longer says so", async ({ page, admin, type, arrive }) => {
  await page.goto("/auth/login");
  await page.getByRole("checkbox", { name: "Remember this device" }).check();
  await type("jane");
  await arrive();
  await forgetSession(page);
  await admin.ask("DELETE", "/api/v1/realms/main/users/jane/sessions");
  await page.goto("/auth/login");
  await expect(page).toHaveTitle("Sign in - Portcullis");
  await expect(page.getByRole("status").filter({ hasText: "remembers you no longer" })).toHaveCount(1);
  await type("jane");
  await arrive();
});

test("nothing is remembered that is not asked for, nor where it is switched off", async ({
  page,
  admin,
  type,
  arrive,
}) => {
  await page.goto("/auth/login");
  await type("jane");
  await arrive();
  expect((await page.context().cookies()).map(({ name }) => name).sort()).toEqual(["device", "session"]);
  await forget(page);
  await admin.set("remember", { days: 0 });
  await page.goto("/auth/login");
  await expect(page.getByRole("checkbox", { name: "Remember this device" })).toHaveCount(0);
});

test("who is signed in already may go on or sign out", async ({ page, type, arrive, me, look }) => {
  await page.goto("/auth/login");
  await type("jane");
  await arrive();
  await page.goto("/auth/login?next=/livez");
  await expect(page).toHaveTitle("You are signed in - Portcullis");
  await expect(said(page, "You are signed in as jane@main.")).toBeVisible();
  await look("signin-here");
  await page.getByRole("link", { name: "Continue" }).click();
  await arrive("/livez");
  await page.goto("/auth/login");
  await press(page, "Sign out");
  await expect(page).toHaveTitle("You are signed out - Portcullis");
  await look("signin-left");
  expect(await me()).toBeUndefined();
  await page.getByRole("link", { name: "Go to the sign-in" }).click();
  await expect(page).toHaveTitle("Sign in - Portcullis");
});

test("a device can be made to forget", async ({ page, type, arrive, me }) => {
  await page.goto("/auth/login");
  await page.getByRole("checkbox", { name: "Remember this device" }).check();
  await type("jane");
  await arrive();
  await page.goto("/auth/login");
  await press(page, "Sign out and forget this device");
  await expect(page).toHaveTitle("You are signed out - Portcullis");
  expect(await me()).toBeUndefined();
  expect((await page.context().cookies()).map(({ name }) => name)).toEqual(["device"]);
});

test("the page of signing out does nothing until it is told to", async ({ page, type, arrive, me, look }) => {
  await page.goto("/auth/logout");
  await expect(page).toHaveTitle("You are signed out - Portcullis");
  await page.goto("/auth/login");
  await type("jane");
  await arrive();
  await page.goto("/auth/logout");
  await expect(page).toHaveTitle("Sign out? - Portcullis");
  await look("signin-leave");
  expect((await me())?.username).toBe("jane");
  await press(page, "Sign out");
  await expect(page).toHaveTitle("You are signed out - Portcullis");
  expect(await me()).toBeUndefined();
});

test("a fresh sign-in steps up the session", async ({ page, type, arrive, me, look }) => {
  await page.goto("/auth/login");
  await type("jane");
  await arrive();
  const before = (await me())?.session;
  await page.goto("/auth/login?fresh&next=/livez");
  await expect(page).toHaveTitle("Confirm that it is you - Portcullis");
  await expect(said(page, "You are signed in as jane@main.")).toBeVisible();
  await look("signin-again");
  const password = field(page, "Password");
  await expect(password).toBeFocused();
  await password.fill("wrong password");
  await press(page, "Confirm");
  await expect(said(page, "The name or the password is wrong.")).toBeVisible();
  await password.fill(PASSWORD);
  await press(page, "Confirm");
  await arrive("/livez");
  expect((await me())?.session).not.toEqual(before);
});

test("a fresh sign-in with a second step; and back leads back", async ({ page, admin, type, arrive, me }) => {
  const { app } = await admin.app("jane");
  await page.goto("/auth/login");
  await type("jane");
  await field(page, "Code").fill(app.code());
  await press(page, "Continue");
  await arrive();
  await page.goto("/auth/reauthenticate?next=/livez");
  await field(page, "Password").fill(PASSWORD);
  await press(page, "Confirm");
  await expect(page).toHaveTitle("Code of your app - Portcullis");
  await page.getByRole("button", { name: "Back" }).click();
  await expect(page).toHaveTitle("Confirm that it is you - Portcullis");
  await press(page, "Confirm");
  await field(page, "Code").fill(app.code(1));
  await press(page, "Continue");
  await arrive("/livez");
  expect((await me())?.session.method).toBe("password+totp");
  await page.goto("/auth/login?fresh&next=/livez");
  await page.getByRole("link", { name: "Back" }).click();
  await arrive("/livez");
});

test("a session that ended meanwhile is a new sign-in", async ({ page, admin, type, arrive }) => {
  await page.goto("/auth/login");
  await type("jane");
  await arrive();
  await page.goto("/auth/login?fresh&next=/livez");
  await admin.ask("DELETE", "/api/v1/realms/main/users/jane/sessions");
  await field(page, "Password").fill(PASSWORD);
  await press(page, "Confirm");
  await expect(page).toHaveTitle("Sign in - Portcullis");
  await expect(said(page, "Your session has ended. Sign in.")).toBeVisible();
  await type("jane");
  await arrive("/livez");
});

test("nobody is asked for a fresh sign-in who is not signed in", async ({ page, type, arrive }) => {
  await page.goto("/auth/login?fresh&next=/livez");
  await type("jane");
  await arrive("/livez");
});
