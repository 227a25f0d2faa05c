import { expect, PEOPLE, test } from "./support/test.ts";

test("the first view says what one can do, and looks well", async ({ page, enter, look }) => {
  await enter(PEOPLE.alice);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Welcome, Alice Aerts");
  await expect(page).toHaveTitle("Welcome, Alice Aerts - Portcullis");
  await look("home");
});

test("the language can be changed and stays", async ({ page, enter }) => {
  await enter(PEOPLE.alice);
  await page.getByRole("button", { name: "alice" }).click();
  await page.getByRole("menuitemradio", { name: "Deutsch" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Willkommen, Alice Aerts");
  await page.reload();
  await expect(page.locator("html")).toHaveAttribute("lang", "de");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Willkommen, Alice Aerts");
});

test("an address that leads nowhere says so", async ({ page, enter }) => {
  await enter(PEOPLE.bob, "/console/nothing/here");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Nothing is here");
});

test("who is not signed in comes to the sign-in page, and back from there", async ({ page }) => {
  await page.goto("/console/tree?q=x");
  await page.waitForURL((url) => url.pathname === "/auth/login");
  const { username, password, realm } = PEOPLE.alice;
  await page.getByRole("textbox", { name: "User name or e-mail address" }).fill(username);
  await page.getByRole("textbox", { name: "Password" }).fill(password);
  await page.getByText("Another realm").click();
  await page.getByRole("textbox", { name: "Realm" }).fill(realm);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await page.waitForURL((url) => url.pathname === "/console/tree" && url.search === "?q=x");
});
