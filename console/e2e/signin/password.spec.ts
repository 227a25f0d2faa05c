import { expect, field, forget, HOSTILE, NAME, PASSWORD, said, test } from "./support.ts";

test("name and password lead to where one wanted to go", async ({ page, admin, type, arrive, me, look }) => {
  await admin.user("jane");
  await page.goto("/auth/login?next=/auth/sessions%3Fa%3Db");
  await expect(page).toHaveTitle("Sign in - Portcullis");
  await expect(field(page, NAME)).toBeFocused();
  await look("signin-identify");
  await type("jane");
  await arrive("/auth/sessions?a=b");
  expect((await me())?.session.method).toBe("password");
});

test("what is wrong is said, and nothing typed is lost", async ({ page, admin, type, look }) => {
  await admin.user("jane");
  await page.goto("/auth/login");
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  const name = field(page, NAME);
  await expect(name).toBeFocused();
  await expect(name).toHaveAccessibleDescription("Fill this in.");
  await expect(name).toHaveAttribute("aria-invalid", "true");
  await type("jane", "wrong password");
  await expect(page.getByRole("alert").filter({ hasText: "is wrong" })).toHaveText(
    "The name or the password is wrong.",
  );
  await expect(name).toHaveValue("jane");
  await expect(name).toHaveAttribute("aria-invalid", "false");
  const password = field(page, "Password");
  await expect(password).toHaveValue("wrong password");
  await expect(password).toBeFocused();
  await look("signin-wrong");
});

test("whatever is typed is text", async ({ page, type, server }) => {
  await page.goto(
    `/auth/login?realm=${encodeURIComponent(HOSTILE)}&next=${encodeURIComponent(`/x${HOSTILE}`)}`,
  );
  for (const hostile of [HOSTILE, "a".repeat(2000), "\t\n", "\u2028\ud800"]) {
    await type(hostile, hostile || "x");
    await expect(said(page, /is wrong|too long|Fill this in/)).toBeVisible();
  }
  await expect(page).toHaveURL(new RegExp(`^${server.origin}/auth/login`));
});

test("a password can be shown, and is hidden before it is sent", async ({ page, admin }) => {
  await admin.user("jane");
  await page.goto("/auth/login");
  const password = field(page, "Password");
  await password.fill("tell-tale");
  const width = await password.evaluate((input) => input.getBoundingClientRect().width);
  await page.getByRole("button", { name: "Show Password" }).click();
  await expect(password).toHaveAttribute("type", "text");
  await expect(page.getByRole("status").filter({ hasText: "is shown" })).toHaveCount(1);
  expect(await password.evaluate((input) => input.getBoundingClientRect().width)).toBe(width);
  await page.getByRole("button", { name: "Hide Password" }).click();
  await expect(password).toHaveAttribute("type", "password");
  await page.getByRole("button", { name: "Show Password" }).click();
  await field(page, NAME).fill("jane");
  await password.press("Enter");
  await expect(said(page, "The name or the password is wrong.")).toBeVisible();
  await expect(password).toHaveAttribute("type", "password");
});

test("Caps Lock is told while a password is typed", async ({ page }) => {
  await page.goto("/auth/login");
  const password = field(page, "Password");
  await password.focus();
  const session = await page.context().newCDPSession(page);
  const press = (locked: boolean) =>
    password.evaluate((input, locked) => {
      const event = new KeyboardEvent("keydown", { key: "A", bubbles: true, modifierCapsLock: locked });
      input.dispatchEvent(event);
    }, locked);
  await press(true);
  await expect(password).toHaveAccessibleDescription("Caps Lock is on.");
  await press(false);
  await expect(password).toHaveAccessibleDescription("");
  await session.detach();
});

test("who is locked out is told for how long", async ({ page, admin, type }) => {
  await admin.set("lockout", { max_attempts: 2, minutes: 15 });
  await admin.user("jane");
  await page.goto("/auth/login");
  await type("jane", "wrong one");
  await expect(said(page, "The name or the password is wrong.")).toBeVisible();
  await type("jane", "wrong two");
  await type("jane");
  await expect(said(page, "Too many failed sign-ins. Try again in 15 minutes.")).toBeVisible();
  await expect(said(page, /^1[45]:\d\d$/)).toBeVisible();
  const button = page.getByRole("button", { name: "Sign in", exact: true });
  await expect(button).toHaveAttribute("aria-disabled", "true");
  // Somebody else is not locked out.
  await field(page, NAME).fill("root");
  await expect(button).toHaveAttribute("aria-disabled", "false");
  await expect(said(page, "Too many failed sign-ins.")).toBeHidden();
});

test("a server that is busy is asked again", async ({ page, admin, type, arrive }) => {
  await admin.user("jane");
  let asked = 0;
  // The one answer that no test can bring about when it wants it.
  await page.route("**/auth/login", (route) => {
    if (route.request().method() !== "POST" || ++asked > 2) return route.continue();
    const body = {
      type: "/problems/unavailable",
      status: 503,
      detail: "Too many sign-ins at once.",
      request_id: "1",
    };
    return route.fulfill({
      status: 503,
      headers: { "retry-after": "1", "content-type": "application/problem+json" },
      body: JSON.stringify(body),
    });
  });
  await page.goto("/auth/login");
  await type("jane");
  await expect(
    said(page, "Many people sign in at this moment. This page tries again in 1 second."),
  ).toBeVisible();
  await arrive();
  expect(asked).toBe(3);
});

test("a server that does not answer loses nothing", async ({ page, admin, type, arrive, context }) => {
  await admin.user("jane");
  await page.goto("/auth/login");
  await context.setOffline(true);
  await type("jane");
  await expect(said(page, "The server did not answer. Try again in a moment.")).toBeVisible();
  await context.setOffline(false);
  await expect(field(page, "Password")).toHaveValue(PASSWORD);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await arrive();
});

test("a realm can be named, and stays", async ({ page, admin, arrive, me }) => {
  await page.goto("/auth/login");
  // Where there is one realm nobody is asked for it.
  await expect(said(page, "Another realm")).toHaveCount(0);
  await admin.ask("POST", "/api/v1/realms", { name: "staff" });
  const input = { username: "ann", password: PASSWORD };
  await admin.ask("POST", "/api/v1/realms/staff/users", input);
  await page.reload();
  await said(page, "Another realm").click();
  await field(page, "Realm").fill("staff");
  await field(page, NAME).fill("ann");
  await field(page, "Password").fill(PASSWORD);
  await field(page, "Password").press("Enter");
  await arrive();
  expect((await me())?.username).toBe("ann");
  await forget(page);
  await page.goto("/auth/login");
  await expect(field(page, "Realm")).toHaveValue("staff");
  await page.goto("/auth/login?realm=main");
  await expect(field(page, "Realm")).toHaveValue("main");
});
