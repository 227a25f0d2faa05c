import { expect, field, HOSTILE, NAME, PASSWORD, said, test } from "./support.ts";

test.describe("with mail", () => {
  test.use({ settings: async ({ post }, use) => use(post.settings) });

  test("from the sign-in to a new password and back", async ({ page, admin, post, arrive, type, look }) => {
    await admin.user("jane", { email: "jane@example.com", email_verified: true });
    await page.goto("/auth/login?next=/livez");
    await field(page, NAME).fill("jane");
    await page.getByRole("link", { name: "Forgotten your password?" }).click();
    await expect(page).toHaveTitle("Forgotten password - Portcullis");
    await expect(field(page, NAME)).toHaveValue("jane");
    await look("signin-forgot");
    await page.getByRole("button", { name: "Send the link" }).click();
    await expect(said(page, /an e-mail is on its way/)).toBeFocused();
    await look("signin-forgot-done");
    const link = await post.find(/(http:\/\/localhost:\d+\/auth\/password\/reset#pol_[\w-]+)/);
    await page.goto(link);
    await expect(page).toHaveTitle("Choose a new password - Portcullis");
    // The secret is in no history.
    expect(page.url()).not.toContain("pol_");
    await look("signin-reset");
    await field(page, "New password").fill("four brown owls wait");
    await page.getByRole("button", { name: "Change the password" }).click();
    await expect(said(page, "Your password is changed. Sign in with the new one.")).toBeVisible();
    await page.getByRole("link", { name: "Go to the sign-in" }).click();
    await type("jane", "four brown owls wait");
    await arrive();
  });

  test("the answer is the same for nobody", async ({ page, admin }) => {
    await admin.user("jane");
    for (const name of ["nobody", "jane", HOSTILE]) {
      await page.goto("/auth/password/forgot");
      await field(page, NAME).fill(name);
      await page.getByRole("button", { name: "Send the link" }).click();
      await expect(said(page, /If there is such a user/)).toBeVisible();
    }
  });

  test("another language keeps the secret of the link", async ({ page, admin, post }) => {
    await admin.user("jane", { email: "jane@example.com", email_verified: true });
    await admin.ask("POST", "/auth/password/forgot", { authentication_id: "jane" });
    await page.goto(await post.find(/(http:\/\/localhost:\d+\/auth\/password\/reset#pol_[\w-]+)/));
    await page.getByRole("link", { name: "Deutsch" }).click();
    await expect(page).toHaveTitle("Neues Passwort wählen - Portcullis");
    await field(page, "Neues Passwort").fill("vier braune Eulen warten");
    await page.getByRole("button", { name: "Passwort ändern" }).click();
    await expect(said(page, "Ihr Passwort ist geändert.")).toBeVisible();
    await admin.signIn("jane", "vier braune Eulen warten");
  });
});

test("without mail nothing is offered that cannot work", async ({ page, look }) => {
  await page.goto("/auth/login");
  await expect(page.getByRole("button", { name: "Sign in", exact: true })).toBeVisible();
  await expect(page.getByRole("link", { name: "Forgotten your password?" })).toHaveCount(0);
  await page.goto("/auth/password/forgot");
  await expect(said(page, /No links to a new password are sent here/)).toBeVisible();
  await look("signin-forgot-closed");
});

test("a link without its secret says so", async ({ page, look }) => {
  await page.goto("/auth/invitations/accept");
  await expect(said(page, "This link is not complete.")).toBeVisible();
  await look("signin-incomplete");
  await page.goto(`/auth/password/reset#${encodeURIComponent(HOSTILE)}`);
  await field(page, "New password").fill(PASSWORD);
  await page.getByRole("button", { name: "Change the password" }).click();
  await expect(said(page, "The link is not good any more. Ask for a new one.")).toBeVisible();
});
