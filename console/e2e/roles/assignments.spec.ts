import { expect, PEOPLE, test } from "../support/test.ts";
import { api } from "./support.ts";

const NEW = "/console/roles/assignments?new&subject=%2Fstaff%2Fcarol&node=%2Facme%2Fnorthwind";

test("what was given is listed and filtered in the address", async ({ page, enter, look }) => {
  await enter(PEOPLE.alice, "/console/roles/assignments");
  const table = page.getByRole("table", { name: "Assignments" });
  await expect(table.getByRole("row")).toHaveCount(5);
  await look("assignments-list");
  await page.getByLabel("Person or group").fill("carol");
  await page.getByRole("option", { name: /\/staff\/carol/ }).click();
  await expect(table.getByRole("row")).toHaveCount(2);
  await expect(page).toHaveURL(/\?subject=%2Fstaff%2Fcarol$/);
  await page.goto("/console/roles/assignments?node=%2Facme%2Fnorthwind");
  await expect(table.getByRole("row")).toHaveCount(3);
  await page.goto("/console/roles/assignments?subject=%2Fstaff%2Fbob");
  await expect(page.getByText("No assignment is like that")).toBeVisible();
});

test("a role is given, with an end and a condition, after one saw who gains", async ({
  page,
  enter,
  look,
  server,
}) => {
  await enter(PEOPLE.alice, `${NEW}&role=Signer%40%2Facme%2Fnorthwind`);
  const dialog = page.getByRole("dialog", { name: "Give a role" });
  await expect(dialog.getByLabel("To whom")).toHaveValue("/staff/carol");
  await expect(dialog.getByRole("textbox", { name: "Role" })).toHaveValue("Signer (/acme/northwind)");
  await expect(dialog.getByRole("textbox", { name: "Node" })).toHaveValue("/acme/northwind");
  await dialog.getByRole("button", { name: "Who gains, who loses?" }).click();
  await expect(dialog).toContainText("1 gains, nobody loses.");
  await expect(dialog).toContainText("contract.sign at /acme/northwind");
  await look("assignments-give");

  await dialog.getByRole("button", { name: "Add a condition" }).click();
  await dialog.getByLabel("Only when").fill("resource.value <");
  await expect(dialog).toContainText(/Line 1, column \d+/);
  await expect(dialog.getByRole("button", { name: "Give role" })).toBeDisabled();
  await dialog.getByLabel("Only when").fill("resource.value < 100");
  await dialog.getByLabel("Ends").click();
  await page.getByRole("option", { name: "In 1 week" }).click();
  const before = Date.now();
  await dialog.getByRole("button", { name: "Give role" }).click();
  await expect(page.getByText("/staff/carol has Signer (/acme/northwind) now.")).toBeVisible();
  const row = page.getByRole("row", { name: /Signer/ }).filter({ hasText: "/staff/carol" });
  await expect(row).toContainText("only when resource.value < 100");
  await expect(row).toContainText("in 7 days");
  const { items } = await api(page, server).get("/api/v1/assignments?subject=/staff/carol");
  const given = items.find(({ role }: { role: { name: string } }) => role.name === "Signer");
  expect(Math.abs(Date.parse(given.expires_at) - before - 7 * 86_400_000)).toBeLessThan(60_000);
});

test("the end of an assignment is changed", async ({ page, enter, server }) => {
  await enter(PEOPLE.alice, "/console/roles/assignments?subject=%2Fstaff%2Fcarol");
  await page.getByRole("button", { name: "More for Viewer of /staff/carol" }).click();
  await page.getByRole("menuitem", { name: "Change the end" }).click();
  const dialog = page.getByRole("dialog", { name: "Change the end" });
  await dialog.getByLabel("Ends").click();
  await page.getByRole("option", { name: "At a date" }).click();
  await dialog.getByLabel("Date and time").fill("2020-01-01T10:00");
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(dialog).toContainText("Must be in the future.");
  await dialog.getByLabel("Date and time").fill("2099-01-01T10:00");
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("The end is changed.")).toBeVisible();
  const { items } = await api(page, server).get("/api/v1/assignments?subject=/staff/carol");
  expect(items.map(({ expires_at }: { expires_at: string }) => expires_at)).toEqual(["2099-01-01T09:00:00Z"]);
});

test("taking a role away says who loses what, and can be undone", async ({ page, enter, look, server }) => {
  await enter(PEOPLE.alice, "/console/roles/assignments?subject=%2Fstaff%2Fcarol");
  await page.getByRole("button", { name: "More for Viewer of /staff/carol" }).click();
  await page.getByRole("menuitem", { name: "Take away" }).click();
  const dialog = page.getByRole("dialog", { name: "Take a role away?" });
  await expect(dialog).toContainText("Nobody gains, 1 loses.");
  await expect(dialog).toContainText(/company\.view, .* at .* other nodes/);
  await look("assignments-remove");
  await dialog.getByRole("button", { name: "Take away" }).click();
  await expect(page.getByText("No assignment is like that")).toBeVisible();
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(page.getByRole("row", { name: /Viewer/ })).toContainText("/acme/belgium");
  const { items } = await api(page, server).get("/api/v1/assignments?subject=/staff/carol");
  expect(items).toHaveLength(1);
});

test("for a permission the roles that allow it are offered, or one is made for it", async ({
  page,
  enter,
  look,
}) => {
  await enter(PEOPLE.alice, `${NEW}&permission=contract.edit`);
  const dialog = page.getByRole("dialog", { name: "Give a role" });
  const offered = dialog.getByRole("radiogroup", { name: /gives the least/ }).getByRole("radio");
  await expect(offered).toHaveCount(2);
  await expect(dialog.getByText("Only under a condition")).toBeVisible();
  await dialog.getByRole("radio", { name: /Editor/ }).check();
  await expect(dialog.getByRole("textbox", { name: "Role" })).toHaveValue("Editor (/acme)");
  await look("assignments-for-permission");
  await dialog.getByRole("link", { name: "Make a role that allows just contract.edit" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("New role");
  await page.getByRole("textbox", { name: "Name" }).fill("Only editing");
  await page.getByRole("button", { name: "Create role" }).click();
  await expect(dialog.getByRole("textbox", { name: "Role" })).toHaveValue("Only editing (/acme/northwind)");
  await dialog.getByRole("button", { name: "Give role" }).click();
  await expect(page.getByRole("row", { name: /Only editing/ })).toContainText("/acme/northwind");
});

test("nobody gives what he does not hold: the refusal says so, and what was typed stays", async ({
  page,
  enter,
  server,
}) => {
  await enter(PEOPLE.alice, "/console/");
  const api_ = api(page, server);
  await api_.post("/api/v1/roles", {
    name: "Chief",
    owner: "/acme",
    rules: ["access:*", "node:read", "contract.view"],
  });
  await api_.post("/api/v1/assignments", {
    subject: "/staff/bob",
    role: "Chief@/acme",
    node: "/acme/northwind",
  });
  await enter(
    PEOPLE.bob,
    "/console/roles/assignments?new&subject=%2Facme%2Fnorthwind%2Fsales&node=%2Facme%2Fnorthwind",
  );
  const dialog = page.getByRole("dialog", { name: "Give a role" });
  await dialog.getByRole("textbox", { name: "Role" }).fill("Signer");
  await page.getByRole("option", { name: /Signer/ }).click();
  await dialog.getByRole("button", { name: "Give role" }).click();
  await expect(dialog.getByRole("alert")).toContainText("This would give 'contract.sign'");
  await expect(dialog).toContainText("Nobody gives what he does not hold himself");
  await expect(dialog.getByLabel("To whom")).toHaveValue("/acme/northwind/sales");
});

test("everywhere is said in words", async ({ page, enter, server }) => {
  await enter(PEOPLE.alice, "/console/roles/assignments?new&subject=%2Fclients%2Fdave&role=viewer");
  const dialog = page.getByRole("dialog", { name: "Give a role" });
  await dialog.getByRole("radio", { name: /Everywhere/ }).check();
  await dialog.getByRole("button", { name: "Give role" }).click();
  await expect(page.getByRole("row", { name: /viewer/ })).toContainText("Everywhere");
  const { items } = await api(page, server).get("/api/v1/assignments?subject=/clients/dave&node=/$global");
  expect(items).toHaveLength(1);
});

test.describe("in a world without assignments", () => {
  test.use({ world: "empty" });
  test("the list says what to do", async ({ page, enter, look }) => {
    await enter(PEOPLE.root, "/console/roles/assignments");
    // The first superuser has one, and needs none.
    await page
      .getByRole("row", { name: /\/main\/root/ })
      .getByRole("button")
      .click();
    await page.getByRole("menuitem", { name: "Take away" }).click();
    const dialog = page.getByRole("dialog", { name: "Take a role away?" });
    await dialog.getByRole("button", { name: "Take away" }).click();
    await expect(page.getByText("Nobody was given a role that you may see")).toBeVisible();
    await look("assignments-none");
    await page.getByRole("button", { name: "Give a role" }).last().click();
    await expect(page.getByRole("dialog", { name: "Give a role" })).toBeVisible();
  });
});
