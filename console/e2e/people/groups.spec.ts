import { expect, PEOPLE, test } from "../support/test.ts";

test("a group is made, filled, given back and deleted", async ({ page, enter, look }) => {
  await enter(PEOPLE.alice, "/console/people/groups");
  await expect(page.getByRole("row", { name: /sales/ })).toContainText("Department");
  await look("people-groups");
  await page.getByRole("button", { name: "New group" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("textbox", { name: "Name" }).fill("clerks");
  await dialog.getByRole("radio", { name: "Department" }).check();
  await dialog.getByRole("textbox", { name: "Owner" }).fill("/acme/belgium");
  await page.getByRole("option", { name: "/acme/belgium" }).first().click();
  await dialog.getByRole("button", { name: "Make the group" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("clerks");
  await expect(page.getByRole("main")).toContainText("Department of /acme/belgium");

  await expect(page.getByText("Nobody is in this group")).toBeVisible();
  for (const name of ["carol", "sales"]) {
    const picker = page.getByRole("textbox", { name: "Add a user, service account or group" });
    await picker.fill(name);
    await page
      .getByRole("option", { name: new RegExp(name) })
      .first()
      .click();
    await page.getByRole("button", { name: "Add", exact: true }).click();
    await expect(page.getByRole("link", { name, exact: true })).toBeVisible();
  }
  await expect(page.getByRole("row", { name: /sales/ })).toContainText("Group, with all its members");
  await look("people-members");
  await page.getByRole("button", { name: "Take carol out of the group" }).click();
  await expect(page.getByRole("link", { name: "carol" })).toBeHidden();
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(page.getByRole("link", { name: "carol" })).toBeVisible();

  await page.getByRole("tab", { name: "Roles" }).click();
  await expect(page.getByText("No role was given directly")).toBeVisible();
  await page.getByRole("tab", { name: "Settings" }).click();
  await page.getByRole("textbox", { name: "Name" }).fill("officers");
  await page.getByRole("radio", { name: "Group" }).check();
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("officers");
  await expect(page.getByRole("main")).toContainText("Group of /acme/belgium");
  await look("people-group-settings");
  await page.getByRole("button", { name: "Delete the group" }).click();
  await page.getByRole("dialog").getByRole("textbox").fill("officers");
  await page.getByRole("dialog").getByRole("button", { name: "Delete the group" }).click();
  await expect(page).toHaveURL(/\/people\/groups$/);
  await expect(page.getByRole("link", { name: "sales" })).toBeVisible();
  await expect(page.getByRole("link", { name: "officers" })).toBeHidden();
});

test("groups are found by name, kind and owner, and the filter stands in the address", async ({
  page,
  enter,
}) => {
  await enter(PEOPLE.alice, "/console/people/groups?kind=department");
  await expect(page.getByRole("link", { name: "management" })).toBeVisible();
  await expect(page.getByRole("link", { name: "authenticated" })).toBeHidden();
  await page.getByRole("searchbox", { name: "Search groups by name" }).fill("sal");
  await expect(page.getByRole("link", { name: "management" })).toBeHidden();
  await expect(page).toHaveURL(/kind=department&q=sal$/);
  await page.reload();
  await expect(page.getByRole("searchbox")).toHaveValue("sal");
  await expect(page.getByRole("link", { name: "sales" })).toBeVisible();
});

test("a group says which roles it has, and a built-in one who is in it", async ({ page, enter }) => {
  await enter(PEOPLE.alice, "/console/people/groups/sales%40%2Facme%2Fnorthwind?tab=roles");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("sales");
  await expect(page.getByRole("row", { name: /Editor/ })).toContainText("/acme/northwind");
  await page.goto("/console/people/groups/authenticated");
  await expect(page.getByText("The system computes who is in this group")).toBeVisible();
  await expect(page.getByRole("tab", { name: "Settings" })).toBeHidden();
});

test("a cycle of groups is refused in words", async ({ page, enter }) => {
  await enter(PEOPLE.alice, "/console/people/groups/management%40%2Facme%2Fnorthwind");
  await page.getByRole("textbox", { name: "Add a user, service account or group" }).fill("sales");
  await page.getByRole("option", { name: /sales/ }).click();
  await page.getByRole("button", { name: "Add", exact: true }).click();
  await expect(page.getByText(/member of|cycle|itself/i).last()).toBeVisible();
});
