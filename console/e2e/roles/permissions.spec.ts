import { expect, PEOPLE, test } from "../support/test.ts";
import { api } from "./support.ts";

test("permissions are registered, described, deleted and brought back", async ({
  page,
  enter,
  look,
  server,
}) => {
  await enter(PEOPLE.alice, "/console/roles/permissions");
  const table = page.getByRole("table", { name: "Permissions" });
  await expect(table.getByRole("row", { name: /contract\.edit/ })).toContainText("Change a contract");
  await look("permissions-list");

  await page.getByRole("button", { name: "Register permission" }).click();
  const dialog = page.getByRole("dialog", { name: "Register permission" });
  await dialog.getByLabel("Name").fill("bad name");
  await dialog.getByLabel("Registered at").fill("/acme");
  await page.keyboard.press("Tab");
  await dialog.getByRole("button", { name: "Register", exact: true }).click();
  await expect(dialog).toContainText("Must not contain white space");
  await look("permissions-register");
  await dialog.getByLabel("Name").fill("contract.archive");
  await dialog.getByLabel("Description").fill("Put a contract away");
  await dialog.getByRole("button", { name: "Register", exact: true }).click();
  const row = table.getByRole("row", { name: /contract\.archive/ });
  await expect(row).toContainText("/acme");

  await row.getByRole("button").click();
  await page.getByRole("menuitem", { name: "Change description" }).click();
  const describe = page.getByRole("dialog", { name: "Change description" });
  await describe.getByLabel("Description").fill("Put a contract away for good");
  await describe.getByRole("button", { name: "Save" }).click();
  await expect(row).toContainText("away for good");

  await table
    .getByRole("row", { name: /contract\.edit/ })
    .getByRole("button")
    .click();
  await page.getByRole("menuitem", { name: "Delete" }).click();
  const gone = page.getByRole("dialog", { name: "Delete permission?" });
  await expect(gone).toContainText("2 roles have a rule about it:");
  await expect(gone.getByRole("listitem")).toHaveText(["Editor (/acme)", "admin"]);
  await gone.getByRole("button", { name: "Delete permission" }).click();
  await expect(table.getByRole("row", { name: /contract\.edit/ })).toHaveCount(0);
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(table.getByRole("row", { name: /contract\.edit/ })).toContainText("Change a contract");
  const { items } = await api(page, server).get("/api/v1/permissions?q=contract.edit");
  expect(items.map(({ owner }: { owner: { path: string } }) => owner.path)).toEqual(["/acme"]);
});

test.describe("in a world without permissions", () => {
  test.use({ world: "empty" });
  test("the list says what to do", async ({ page, enter }) => {
    await enter(PEOPLE.root, "/console/roles/permissions");
    await expect(page.getByText("No permission is registered that you may see")).toBeVisible();
    await expect(page.getByRole("button", { name: "Register permission" })).toHaveCount(2);
  });
});
