import { expect, field, PASSWORD, said, test } from "./support.ts";

const NEW = "four brown owls wait";

test("a password that must be changed", async ({ page, admin, type, arrive, me, look }) => {
  await admin.user("jane", { must_change_password: true });
  await page.goto("/auth/login");
  await type("jane");
  await expect(page).toHaveTitle("Choose a new password - Portcullis");
  // It was typed just now.
  await expect(field(page, "Present password")).toBeHidden();
  const password = field(page, "New password");
  await expect(password).toBeFocused();
  await expect(password).toHaveAttribute("autocomplete", "new-password");
  await password.fill("password1");
  await page.getByRole("button", { name: "Change the password" }).click();
  await expect(password).toHaveAccessibleDescription(/too easy to guess/);
  await expect(password).toBeFocused();
  await look("signin-change");
  await password.fill(PASSWORD);
  await page.getByRole("button", { name: "Change the password" }).click();
  await expect(password).toHaveAccessibleDescription("This is your present password. Choose another one.");
  await password.fill(NEW);
  await page.getByRole("button", { name: "Change the password" }).click();
  await arrive();
  expect((await me())?.username).toBe("jane");
  await admin.signIn("jane", NEW);
});

test("left in the middle, it goes on with the old password", async ({ page, admin, type, arrive, look }) => {
  await admin.user("jane", { must_change_password: true });
  await page.goto("/auth/login");
  await type("jane");
  await expect(page).toHaveTitle("Choose a new password - Portcullis");
  await page.goto("/auth/login?next=/livez");
  await expect(page).toHaveTitle("Choose a new password - Portcullis");
  await look("signin-change-old");
  await field(page, "Present password").fill("wrong password");
  await field(page, "New password").fill(NEW);
  await page.getByRole("button", { name: "Change the password" }).click();
  await expect(field(page, "Present password")).toHaveAccessibleDescription(
    "This is not your present password.",
  );
  await field(page, "Present password").fill(PASSWORD);
  await page.getByRole("button", { name: "Change the password" }).click();
  await arrive("/livez");
});

test("or one signs out", async ({ page, admin, type, me }) => {
  await admin.user("jane", { must_change_password: true });
  await page.goto("/auth/login");
  await type("jane");
  await page.getByRole("button", { name: "Sign out instead" }).click();
  await expect(page).toHaveTitle("You are signed out - Portcullis");
  expect(await me()).toBeUndefined();
});

test("one that expires soon is told, and can be changed", async ({ page, admin, type, arrive, look }) => {
  await admin.set("password", { valid_days: 5, warn_days: 10 });
  await admin.user("jane");
  await page.goto("/auth/login");
  await type("jane");
  await expect(said(page, /^Your password expires on /)).toBeVisible();
  await look("signin-expires");
  await page.getByRole("button", { name: "Change the password now" }).click();
  await field(page, "Present password").fill(PASSWORD);
  await field(page, "New password").fill(NEW);
  await page.getByRole("button", { name: "Change the password" }).click();
  await arrive();
  await admin.signIn("jane", NEW);
});

test("all that is wrong with a new one is told at its field", async ({ page, admin }) => {
  await admin.set("password", { min_length: 12, require_number: true, require_special: true });
  await admin.user("jane", { password: "seven-grey-geese-7", must_change_password: true });
  await page.goto("/auth/login?lang=de");
  await page.getByRole("textbox", { name: "Benutzername oder E-Mail-Adresse" }).fill("jane");
  await field(page, "Passwort").fill("seven-grey-geese-7");
  await page.getByRole("button", { name: "Anmelden", exact: true }).click();
  await field(page, "Neues Passwort").fill("kurz");
  await page.getByRole("button", { name: "Passwort ändern" }).click();
  await expect(field(page, "Neues Passwort")).toHaveAccessibleDescription(
    "Verwenden Sie mindestens 12 Zeichen. Verwenden Sie eine Ziffer. Verwenden Sie ein Sonderzeichen, etwa „-“ oder „!“.",
  );
});

test("a page for changing it at any time", async ({ page, admin, type, arrive }) => {
  await admin.user("jane");
  await page.goto("/auth/password?next=/livez");
  await type("jane");
  await expect(page).toHaveTitle("Choose a new password - Portcullis");
  await field(page, "Present password").fill(PASSWORD);
  await field(page, "New password").fill(NEW);
  await page.getByRole("button", { name: "Change the password" }).click();
  await arrive("/livez");
});
