import { link, MailServer } from "../support/mail.ts";
import { test as base, expect, PEOPLE } from "../support/test.ts";

const test = base.extend<{ mail: MailServer }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads from the pattern what a fixture needs.
  mail: async ({}, use) => {
    const mail = await MailServer.start();
    await use(mail);
    await mail.end();
  },
  settings: async ({ mail }, use) => use(mail.settings),
});

test("another e-mail address counts when its link was used", async ({ page, enter, look, mail }) => {
  await enter(PEOPLE.carol, "/console/own");
  const card = page.getByRole("region", { name: "E-mail address" });
  await expect(card.getByText("Not confirmed")).toBeVisible();
  const address = card.getByLabel("Another address");
  await address.fill("carol.new@example.com");
  await card.getByRole("button", { name: "Change the address" }).click();
  await expect(card.getByText("Waiting for carol.new@example.com")).toBeVisible();
  await expect(card.getByText("Open the link that was sent to the new address.")).toBeVisible();
  await look("own-email-waiting");
  // Cancelled, its link is dead and the address stays.
  await mail.letter("carol.new@example.com");
  await card.getByRole("button", { name: "Cancel the change" }).click();
  await expect(card.getByText("Waiting for")).toBeHidden();

  await address.fill("carol.newer@example.com");
  await card.getByRole("button", { name: "Change the address" }).click();
  await expect(card.getByText("Waiting for carol.newer@example.com")).toBeVisible();
  const letter = await mail.letter("carol.newer@example.com");
  const token = new URL(link(letter)).hash.slice(1);
  const used = await page.request.post("/auth/email/confirm", {
    data: { token },
    headers: { "sec-fetch-site": "same-origin" },
  });
  expect(used.status(), await used.text()).toBeLessThan(300);
  await card.getByRole("button", { name: "I have opened the links" }).click();
  await expect(card.getByText("Waiting for")).toBeHidden();
  await expect(card.getByText("carol.newer@example.com")).toBeVisible();
  await expect(card.getByText("Confirmed", { exact: true })).toBeVisible();
});
