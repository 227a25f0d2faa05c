import type { Page } from "@playwright/test";
import { Authenticator, expect, field, forget, HOSTILE, said, test } from "./support.ts";

const go = (page: Page) => page.getByRole("button", { name: "Continue", exact: true }).click();

test("the code of an app", async ({ page, admin, type, arrive, me, look }) => {
  await admin.user("jane");
  const { app } = await admin.app("jane");
  await page.goto("/auth/login");
  await type("jane");
  await expect(page).toHaveTitle("Code of your app - Portcullis");
  const code = field(page, "Code");
  await expect(code).toBeFocused();
  await expect(code).toHaveAttribute("autocomplete", "one-time-code");
  await expect(code).toHaveAttribute("inputmode", "numeric");
  await code.fill("000000");
  await go(page);
  await expect(said(page, "The code is wrong, or was used already.")).toBeVisible();
  await expect(code).toBeFocused();
  await look("signin-totp");
  await code.fill(HOSTILE);
  await go(page);
  await expect(said(page, "The code is wrong, or was used already.")).toBeVisible();
  const digits = app.code();
  // As apps show it.
  await code.fill(`${digits.slice(0, 3)} ${digits.slice(3)}`);
  await go(page);
  await arrive();
  expect((await me())?.session.method).toBe("password+totp");
});

test("a recovery code, and how many are left", async ({ page, admin, type, arrive, look }) => {
  await admin.user("jane");
  const { codes } = await admin.app("jane");
  for (const [used, code] of codes.slice(0, 7).entries()) {
    if (used < 6) {
      const challenge = (await admin.signIn("jane")).challenge as { token: string };
      await admin.ask("POST", "/auth/login", {
        type: "recovery",
        authentication_id: challenge.token,
        secret: code,
      });
      continue;
    }
    await page.goto("/auth/login");
    await type("jane");
    await page.getByRole("button", { name: "Try another way" }).click();
    await expect(page).toHaveTitle("Choose another way - Portcullis");
    await look("signin-ways");
    await page.getByRole("button", { name: "Recovery code" }).click();
    await look("signin-recovery");
    await field(page, "Recovery code").fill(` ${code.toUpperCase().replaceAll("-", " ")} `);
    await go(page);
  }
  await expect(said(page, "You have 3 recovery codes left.")).toBeVisible();
  await look("signin-codes-left");
  await go(page);
  await arrive();
});

test("back from a step, by its button and by the browser's", async ({ page, admin, type, arrive }) => {
  await admin.user("jane");
  const { app } = await admin.app("jane");
  await page.goto("/auth/login");
  await type("jane");
  await page.getByRole("button", { name: "Try another way" }).click();
  await page.getByRole("button", { name: "Back" }).click();
  await expect(page).toHaveTitle("Code of your app - Portcullis");
  await page.getByRole("button", { name: "Back" }).click();
  await expect(page).toHaveTitle("Sign in - Portcullis");
  await expect(field(page, "User name or e-mail address")).toHaveValue("jane");
  await page.goForward();
  await expect(page).toHaveTitle("Code of your app - Portcullis");
  await page.goBack();
  await expect(page).toHaveTitle("Sign in - Portcullis");
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await field(page, "Code").fill(app.code());
  await go(page);
  await arrive();
});

test("a challenge that is over begins again, and says why", async ({ page, admin, type }) => {
  await admin.user("jane");
  await admin.app("jane");
  await page.clock.install();
  await page.goto("/auth/login");
  await type("jane");
  await expect(page).toHaveTitle("Code of your app - Portcullis");
  await page.clock.fastForward("05:01");
  await expect(page).toHaveTitle("Sign in - Portcullis");
  await expect(said(page, "The sign-in took too long, or was used already. Begin again.")).toBeVisible();
  await expect(field(page, "User name or e-mail address")).toHaveValue("jane");
  // The server says the same of one that it does not know any more.
  await type("jane");
  await expect(page).toHaveTitle("Code of your app - Portcullis");
  await admin.ask("DELETE", "/api/v1/realms/main/users/jane/factors");
  await field(page, "Code").fill("123456");
  await go(page);
  await expect(said(page, /took too long|wrong, or was used/)).toBeVisible();
});

test("wrong codes lock out, and say for how long", async ({ page, admin, type }) => {
  await admin.user("jane");
  await admin.app("jane");
  await admin.set("lockout", { max_attempts: 2 });
  await page.goto("/auth/login");
  await type("jane");
  for (const wrong of ["000000", "000001", "000002"]) {
    await field(page, "Code").fill(wrong);
    await go(page);
    await expect(said(page, /wrong, or was used|Too many failed/)).toBeVisible();
  }
  await expect(said(page, /Too many failed sign-ins. Try again in 15 minutes/)).toBeVisible();
});

test("a passkey as the second step, and others beside it", async ({
  page,
  admin,
  type,
  arrive,
  me,
  look,
}) => {
  await admin.user("jane");
  const { app } = await admin.app("jane");
  const authenticator = await Authenticator.in(page);
  await page.goto("/auth/login");
  await type("jane");
  await field(page, "Code").fill(app.code());
  await go(page);
  await arrive();
  // A passkey of one's own, by the same operations as the console uses.
  await page.goto("/auth/login");
  await page.evaluate(async () => {
    const send = async (path: string, input: unknown) => {
      const headers = { "content-type": "application/json" };
      const answer = await fetch(path, { method: "POST", headers, body: JSON.stringify(input) });
      if (!answer.ok) throw new Error(await answer.text());
      return answer.json();
    };
    const made = await send("/auth/factors", { type: "passkey" });
    const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(made.public_key);
    const shown = (await navigator.credentials.create({ publicKey })) as PublicKeyCredential;
    await send(`/auth/factors/${made.id}/confirm`, { code: JSON.stringify(shown.toJSON()) });
  });
  expect(await authenticator.count()).toBe(1);
  await forget(page);
  // Or it would be taken at the first step, where it is proposed.
  await authenticator.saysYes(false);
  await page.goto("/auth/login");
  await type("jane");
  await expect(page).toHaveTitle("Passkey - Portcullis");
  await authenticator.saysYes(true);
  await look("signin-passkey");
  const show = page.getByRole("button", { name: "Use your passkey" });
  await expect(show).toBeFocused();
  await authenticator.verifies(false);
  await show.click();
  await expect(said(page, "No passkey was shown. Try again, or choose another way.")).toBeVisible();
  await authenticator.verifies(true);
  await show.click();
  await arrive();
  expect((await me())?.session.method).toBe("password+passkey");
});

test.describe("codes that are sent", () => {
  test.use({
    settings: async ({ post }, use) => use(post.settings),
  });

  for (const [method, name, title] of [
    ["email", "jane@example.com", "Code from your e-mail"],
    ["sms", "+32470123456", "Code from a text message"],
  ] as const) {
    test(`by ${method}`, async ({ page, admin, type, arrive, me, look, post }) => {
      test.slow();
      await admin.set("second_factor", { [`accept_${method}`]: true, required_of: "nobody" });
      await admin.user("jane", { email: "jane@example.com", email_verified: true });
      await admin.ask("POST", "/api/v1/second-factor-rules", { user: "jane@main", methods: [method] });
      await page.goto("/auth/login");
      await type("jane");
      await page
        .getByRole("button", { name: method === "email" ? /^Codes by mail/ : /^Codes to your phone/ })
        .click();
      if (method === "sms") {
        await look("signin-enrol-sms");
        const phone = field(page, "Phone number, with + and country");
        await phone.fill("0470");
        await page.getByRole("button", { name: "Send a code" }).click();
        await expect(phone).toHaveAccessibleDescription(
          "Type the number with + and country, as +32470123456.",
        );
        await phone.fill("+32 470 12 34 56");
        await page.getByRole("button", { name: "Send a code" }).click();
      }
      await expect(page).toHaveTitle(`${title} - Portcullis`);
      await expect(said(page, /A code is on its way to/)).toBeVisible();
      await look(`signin-enrol-${method}-code`);
      const pattern = method === "email" ? /is (\d{6})/ : /(\d{6}) is your code/;
      await field(page, "Code").fill(await post.find(pattern));
      await go(page);
      await page.getByRole("button", { name: "I have kept them" }).click();
      await arrive();
      // And the next time.
      await forget(page);
      const before = await post.messages();
      await page.goto("/auth/login");
      await type("jane");
      await expect(said(page, /A code went to .*\*.* a moment ago/)).toBeVisible();
      await expect(said(page, name)).toHaveCount(0);
      const resend = page.getByRole("button", { name: "Send another code" });
      await expect(resend).toHaveAttribute("aria-disabled", "true");
      await look(`signin-${method}`);
      // One a minute is sent.
      await expect(resend).toHaveAttribute("aria-disabled", "false", { timeout: 65_000 });
      await resend.click();
      await expect(said(page, /A code is on its way to/)).toBeVisible();
      await field(page, "Code").fill(await post.find(pattern, before));
      await go(page);
      await arrive();
      expect((await me())?.session.method).toBe(`password+${method}`);
    });
  }
});
