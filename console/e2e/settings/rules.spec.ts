import { ODD } from "../support/odd.ts";
import { expect, PEOPLE, test } from "../support/test.ts";

test("a network is blocked, and let in again", async ({ page, enter, look }) => {
  await enter(PEOPLE.alice, "/console/settings/network");
  await expect(page.getByText("There are no rules: everybody may come in")).toBeVisible();
  await page.getByRole("button", { name: "Add a rule" }).click();
  const dialog = page.getByRole("dialog", { name: "Add a rule" });
  await dialog.getByLabel("Network").fill("10.1.2.3/8");
  await dialog.getByRole("button", { name: "Add" }).click();
  await expect(dialog.getByLabel("Network")).toHaveAttribute("aria-invalid", "true");
  await dialog.getByLabel("Network").fill("203.0.113.0/24");
  await dialog.getByLabel("Note").fill(ODD.script);
  await look("settings-network-add");
  await dialog.getByRole("button", { name: "Add" }).click();
  const row = page.getByRole("row", { name: /203\.0\.113\.0\/24/ });
  await expect(row).toContainText("Blocked");
  await expect(row).toContainText(ODD.script);
  await look("settings-network");
  await row.getByRole("button", { name: "Remove the rule on 203.0.113.0/24" }).click();
  await expect(row).toBeHidden();
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(row).toContainText(ODD.script);
  // The same network twice is told at its field.
  await page.getByRole("button", { name: "Add a rule" }).click();
  await dialog.getByLabel("Network").fill("203.0.113.0/24");
  await dialog.getByRole("button", { name: "Add" }).click();
  await expect(dialog.getByText("Is on the list already.")).toBeVisible();
});

test("nobody shuts himself out by mistake", async ({ page, enter }) => {
  await enter(PEOPLE.alice, "/console/settings/network");
  await page.getByRole("button", { name: "Add a rule" }).click();
  const dialog = page.getByRole("dialog", { name: "Add a rule" });
  await dialog.getByLabel("Network").fill("10.0.0.0/8");
  await dialog.getByRole("radio", { name: "Allowed" }).check();
  await dialog.getByRole("button", { name: "Add" }).click();
  await expect(dialog.getByRole("alert")).toContainText("This would shut you out yourself");
  await expect(dialog.getByRole("button", { name: "Shut me out, add it" })).toBeVisible();
  // Another network is another question.
  await dialog.getByLabel("Network").fill("127.0.0.0/8");
  await expect(dialog.getByRole("alert")).toBeHidden();
  await dialog.getByRole("button", { name: "Add" }).click();
  await expect(page.getByRole("row", { name: /127\.0\.0\.0\/8/ })).toContainText("Allowed");
});

test("a rule asks a second factor of a realm", async ({ page, enter, look }) => {
  await enter(PEOPLE.alice, "/console/settings/second-factor");
  await page.getByRole("button", { name: "Add a rule" }).click();
  const dialog = page.getByRole("dialog", { name: "Add a rule" });
  await dialog.getByRole("textbox", { name: "Realm" }).fill("clients");
  await page.getByRole("option", { name: "clients" }).click();
  await look("settings-factor-rule-add");
  await dialog.getByRole("button", { name: "Add" }).click();
  const row = page.getByRole("row", { name: /Users of the realm clients/ });
  await expect(row).toContainText("1 factor");
  await row.getByRole("button", { name: "Remove the rule: Users of the realm clients" }).click();
  await expect(row).toBeHidden();
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(row).toBeVisible();
});

test.describe("an address that was locked out", () => {
  test.use({ settings: { PORTCULLIS_LOCKOUT_SOURCE_ATTEMPTS: "3", PORTCULLIS_LOCKOUT_MAX_ATTEMPTS: "100" } });

  test("is shown, and let in again", async ({ page, enter, look, server }) => {
    await enter(PEOPLE.alice, "/console/settings/lockout");
    await expect(page.getByText("No address is locked out")).toBeVisible();
    for (let tries = 0; tries < 4; tries++) {
      await fetch(`${server.origin}/auth/login`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({
          type: "password",
          realm: "staff",
          authentication_id: "carol",
          secret: "wrong",
        }),
      });
    }
    await page.reload();
    await expect(page.getByRole("row", { name: /127\.0\.0\.1/ })).toBeVisible();
    await look("settings-lockout");
    await page.getByRole("button", { name: "Let 127.0.0.1 in again" }).click();
    await expect(page.getByText("No address is locked out")).toBeVisible();
  });
});

test("odd text in a setting stays text", async ({ page, enter, look }) => {
  await enter(PEOPLE.alice, "/console/settings/second-factor");
  const name = page.getByLabel("Name of this server", { exact: true });
  for (const odd of [ODD.quotes, ODD.rightToLeft, ODD.emoji, ODD.long, ODD.script]) {
    await name.fill(odd);
    await expect(page.getByRole("status")).toContainText(odd);
    await page.getByRole("button", { name: "Save" }).click();
    await expect(page.getByText("Nothing is changed.")).toBeVisible();
    await page.reload();
    await expect(name).toHaveValue(odd);
  }
  await name.fill(ODD.long);
  await look("settings-odd");
  await page.getByRole("button", { name: "Discard" }).click();
});
