import { expect, field, forget, NAME, PASSWORD, said, test } from "./support.ts";

test("no link leads away from this server", async ({ page, admin, type, server }) => {
  await admin.user("jane");
  for (const next of [
    "//evil.example",
    "/\\evil.example",
    "/%5Cevil.example",
    "/%09/evil.example",
    "https://evil.example",
    "javascript:alert(1)",
    "/.//evil.example",
    "%2F%2Fevil.example",
  ]) {
    await forget(page);
    await page.goto(`/auth/login?next=${encodeURIComponent(next)}`);
    await type("jane");
    await page.waitForURL(`${server.origin}/console/**`, { waitUntil: "commit" });
  }
  // As it stands in a link, too.
  for (const query of ["next=//evil.example", "next=/livez&next=//evil.example", "next=%2F%2Fevil.example"]) {
    await page.goto(`/auth/login?${query}`);
    await expect(page.getByRole("link", { name: "Continue" })).toHaveAttribute("href", "/console/");
  }
});

test("the way without a path leads to the console", async ({ page, server }) => {
  const answer = await page.request.get("/", { maxRedirects: 0 });
  expect(answer.status()).toBe(303);
  expect(answer.headers().location).toBe("/console/");
  expect(server.origin).toContain("localhost");
});

test("languages: as the browser asks, as one chooses, and it stays", async ({
  page,
  browser,
  server,
  look,
}) => {
  const german = await browser.newContext({ locale: "de-AT", baseURL: server.origin });
  const other = await german.newPage();
  await other.goto("/auth/login");
  await expect(other.locator("html")).toHaveAttribute("lang", "de");
  await expect(other).toHaveTitle("Anmelden - Portcullis");
  await german.close();
  await page.goto("/auth/login?next=/livez");
  await field(page, NAME).fill("jane");
  await page.getByRole("link", { name: "Deutsch" }).click();
  await expect(page).toHaveTitle("Anmelden - Portcullis");
  await expect(field(page, "Benutzername oder E-Mail-Adresse")).toHaveValue("jane");
  await look("signin-german");
  // What was said of the way on stays, and the next page speaks German too.
  expect(page.url()).toContain("next=%2Flivez");
  await page.goto("/auth/logout");
  await expect(page).toHaveTitle("Sie sind abgemeldet - Portcullis");
  await page.getByRole("link", { name: "English" }).click();
  await expect(page).toHaveTitle("You are signed out - Portcullis");
});

test("the whole by keyboard", async ({ page, admin, arrive }) => {
  await admin.user("jane");
  const { app, codes } = await admin.app("jane");
  expect(codes).toHaveLength(10);
  await page.goto("/auth/login");
  const tab = async (times: number) => {
    for (let time = 0; time < times; time++) await page.keyboard.press("Tab");
  };
  await page.keyboard.type("jane");
  await tab(1);
  await page.keyboard.type(PASSWORD);
  // The button that shows it, then the box, then the way in.
  await tab(1);
  await expect(page.getByRole("button", { name: "Show Password" })).toBeFocused();
  await tab(1);
  await page.keyboard.press("Space");
  await expect(page.getByRole("checkbox")).toBeChecked();
  await tab(1);
  await expect(page.getByRole("button", { name: "Sign in", exact: true })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(field(page, "Code")).toBeFocused();
  await tab(2);
  await expect(page.getByRole("button", { name: "Try another way" })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page).toHaveTitle("Choose another way - Portcullis");
  await expect(page.getByRole("heading", { level: 1 })).toBeFocused();
  await tab(1);
  await expect(page.getByRole("button", { name: "Code of your app" })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(field(page, "Code")).toBeFocused();
  await page.keyboard.type(app.code());
  await page.keyboard.press("Enter");
  await arrive();
});

test("nothing moves when something is told", async ({ page }) => {
  await page.goto("/auth/login");
  const places = () =>
    page
      .locator("#identify")
      .evaluate((section) =>
        [...section.querySelectorAll("input, button")].map((element) => element.getBoundingClientRect().top),
      );
  await expect(field(page, NAME)).toBeFocused();
  const before = await places();
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await expect(said(page, "Fill this in.")).toHaveCount(2);
  expect(await places()).toEqual(before);
});

test("it has the colours that were chosen in the console", async ({ page }) => {
  await page.goto("/auth/login");
  const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const [light, dark] = ["rgb(243, 245, 248)", "rgb(19, 21, 24)"];
  expect(await ground()).toBe(light);
  for (const [chosen, system, shown] of [
    ["dark", "light", dark],
    ["light", "dark", light],
    ["auto", "dark", dark],
  ] as const) {
    await page.emulateMedia({ colorScheme: system });
    await page.evaluate((chosen) => localStorage.setItem("mantine-color-scheme-value", chosen), chosen);
    await page.reload();
    expect(await ground(), `${chosen}, ${system}`).toBe(shown);
  }
});

test("without scripts it says what is missing", async ({ browser, server }) => {
  const context = await browser.newContext({ javaScriptEnabled: false, baseURL: server.origin });
  const page = await context.newPage();
  await page.goto("/auth/login");
  await expect(page.getByText("This page needs scripts")).toBeVisible();
  await context.close();
});
