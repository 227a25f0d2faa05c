import type { Page } from "@playwright/test";
import { MovedClock } from "../support/clock.ts";
import { test as base, expect, PEOPLE } from "../support/test.ts";

const test = base.extend<{ clock: MovedClock }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads from the pattern what a fixture needs.
  clock: async ({}, use) => {
    const clock = await MovedClock.start();
    await use(clock);
    await clock.end();
  },
  settings: async ({ clock }, use) => use(clock.settings),
});

/** Later, and the server has seen its database at that time. */
async function later(page: Page, clock: MovedClock, minutes: number) {
  await clock.ahead(minutes);
  await expect.poll(async () => (await page.request.get("/readyz")).status()).toBe(200);
}

test("a sign-in that is too old is made fresh in a dialog, and the request goes on", async ({
  page,
  enter,
  look,
  clock,
}) => {
  await enter(PEOPLE.carol, "/console/own/profile");
  const card = page.getByRole("region", { name: "E-mail address" });
  const address = card.getByLabel("Another address");
  await address.fill("fresh@example.com");
  await later(page, clock, 20);
  await card.getByRole("button", { name: "Change the address" }).click();
  const dialog = page.getByRole("dialog", { name: "Confirm that it is you" });
  await expect(dialog.getByLabel(/^Password( \*)?$/)).toBeFocused();
  await look("confirm-sign-in");

  // Cancelled: refused as it was, and what was typed is there.
  await page.keyboard.press("Escape");
  await expect(dialog).toBeHidden();
  await expect(card.getByRole("alert")).toContainText("not older than 10 minutes");
  await expect(address).toHaveValue("fresh@example.com");

  await card.getByRole("button", { name: "Change the address" }).click();
  await dialog.getByLabel(/^Password( \*)?$/).fill("wrong");
  await page.keyboard.press("Enter");
  await expect(dialog.getByText("The password is wrong.")).toBeVisible();
  await dialog.getByLabel(/^Password( \*)?$/).fill(PEOPLE.carol.password);
  await page.keyboard.press("Enter");
  await expect(dialog).toBeHidden();
  await expect(page.getByText("Your address is changed.")).toBeVisible();
  await expect(card.getByText("fresh@example.com")).toBeVisible();
});

test("Escape closes the question alone, not the dialog that waits for it", async ({ page, enter, clock }) => {
  await enter(PEOPLE.carol, "/console/own/data");
  await page.getByRole("button", { name: "Erase my account" }).click();
  const erase = page.getByRole("dialog", { name: "Erase your account?" });
  await erase.getByLabel(/Type your user name/).fill("carol");
  await later(page, clock, 20);
  await erase.getByRole("button", { name: "Erase it for good" }).click();
  const confirm = page.getByRole("dialog", { name: "Confirm that it is you" });
  await expect(confirm.getByLabel(/^Password( \*)?$/)).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(confirm).toBeHidden();
  await expect(erase.getByLabel(/Type your user name/)).toHaveValue("carol");
  await expect(erase.getByRole("alert")).toBeVisible();
});

test("a session that is over goes on where the browser remembers the sign-in", async ({
  page,
  enter,
  clock,
}) => {
  const { username, realm, password } = PEOPLE.carol;
  await enter(PEOPLE.carol);
  const answer = await page.request.post("/auth/login", {
    data: {
      type: "password",
      realm,
      authentication_id: username,
      secret: password,
      session: "cookie",
      remember: true,
    },
    headers: { "sec-fetch-site": "same-origin" },
  });
  expect(answer.status()).toBe(200);
  await page.goto("/console/own/profile");
  const name = page.getByLabel("Full name");
  await name.fill("Carol, back again");
  await later(page, clock, 60);
  await page.getByRole("region", { name: "Names" }).getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("Your name is saved.")).toBeVisible();
  const me = await (await page.request.get("/auth/me")).json();
  expect([me.full_name, me.session.method]).toEqual(["Carol, back again", "remember"]);
});
