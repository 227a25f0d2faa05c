import { expect, PEOPLE, test } from "../support/test.ts";
import { api, idOf } from "./support.ts";

test("roles are found, and built-in ones say that they stay", async ({ page, enter, look }) => {
  await enter(PEOPLE.alice, "/console/roles");
  const table = page.getByRole("table", { name: "Roles" });
  await expect(table.getByRole("row", { name: /admin/ })).toContainText("Built in");
  await expect(table.getByRole("row", { name: /Editor/ }).first()).toContainText("/acme");
  await look("roles-list");
  await page.getByLabel("Search by name").fill("sign");
  await expect(table.getByRole("link")).toHaveText(["Signer"]);
  await expect(page).toHaveURL(/\?q=sign$/);
  await page.getByLabel("Search by name").fill("nothing is like this");
  await expect(page.getByText("No role is like that")).toBeVisible();
  await page.goto("/console/roles?owner=%2Facme");
  await expect(table.getByRole("link")).toHaveText(["Client", "Editor", "Viewer"]);
  await page.goto("/console/roles?q=admin");
  await table.getByRole("link", { name: "admin" }).click();
  await expect(page.getByText("This role is built in and stays as it is.")).toBeVisible();
  await expect(page.getByRole("link", { name: "Edit" })).toHaveCount(0);
  await look("roles-built-in");
});

test("a role is made with rules that are checked while one types", async ({ page, enter, look, server }) => {
  await enter(PEOPLE.alice, "/console/roles/new");
  await page.getByLabel("Name").fill("Auditor");
  await page
    .getByRole("combobox", { name: /Owned by/ })
    .or(page.getByLabel("Owned by"))
    .first()
    .fill("/acme");
  await page.getByRole("button", { name: "Allow something" }).click();
  const first = page.getByRole("group", { name: "Rule 1" });
  const pattern = first.getByRole("textbox").first();
  await expect(pattern).toBeFocused();

  await pattern.fill("cust*");
  await expect(first).toContainText("'*' must be a whole segment");
  await pattern.fill("contract.");
  await page.getByRole("option", { name: /contract\.view/ }).click();
  await expect(pattern).toHaveValue("contract.view");
  await expect(first).not.toContainText("whole segment");

  await page.getByRole("button", { name: "Deny something" }).click();
  const second = page.getByRole("group", { name: "Rule 2" });
  await second.getByRole("textbox").first().fill("access:*");
  await page.keyboard.press("Escape");
  await expect(second).toContainText("Stands for access:assign, access:inspect, access:role");
  await expect(second.getByRole("button", { name: "Deny" })).toBeVisible();

  await second.getByRole("button", { name: "More for rule 2" }).click();
  await page.getByRole("menuitem", { name: "Add a condition" }).click();
  const when = second.getByLabel("Only when");
  await when.fill("resource.value * 2 > 9");
  await expect(second).toContainText("Line 1, column 16: arithmetic");
  await expect(second.locator("mark")).toHaveText("*");
  await look("roles-new");
  await second.getByRole("button", { name: "Go there" }).click();
  expect(await when.evaluate((field: HTMLTextAreaElement) => field.selectionStart)).toBe(15);

  await when.fill("");
  await when.pressSequentially("sub");
  await page.getByRole("option", { name: /^subject\./ }).click();
  await when.pressSequentially("user");
  await page.getByRole("option", { name: /^subject\.username/ }).click();
  await expect(when).toHaveValue("subject.username");
  await when.pressSequentially(" == 'x'");
  await expect(second).not.toContainText("Line 1");

  await page.getByRole("button", { name: "Create role" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Auditor");
  await expect(page.getByText("Nobody has this role")).toBeVisible();
  const made = await api(page, server).get(`/api/v1/roles/${await idOf(page)}`);
  expect(made.rules).toEqual(["contract.view", { deny: "access:*", when: "subject.username == 'x'" }]);
  expect(made.owner.path).toBe("/acme");
});

test("a permission that is registered elsewhere is offered with its owner", async ({ page, enter }) => {
  await enter(PEOPLE.alice, "/console/roles/new?rule=contract.view");
  await expect(page.getByRole("group", { name: "Rule 1" })).toContainText("write contract.view@/acme");
  const pattern = page.getByRole("group", { name: "Rule 1" }).getByRole("textbox").first();
  await pattern.fill("contract.vi");
  await page.getByRole("option", { name: "contract.view@/acme" }).click();
  await expect(pattern).toHaveValue("contract.view@/acme");
  await pattern.fill("contract.view@/acme/n");
  await page.getByRole("option", { name: "contract.view@/acme/northwind Counts" }).click();
  await expect(pattern).toHaveValue("contract.view@/acme/northwind");
});

test("rules are moved, duplicated and written as text", async ({ page, enter, look, server }) => {
  await enter(PEOPLE.alice, "/console/roles?q=Editor&owner=%2Facme");
  await page.getByRole("link", { name: "Editor", exact: true }).click();
  await look("roles-role");
  await page.getByRole("link", { name: "Edit", exact: true }).click();
  const patterns = page.getByRole("textbox", { name: /^Permission or pattern/ });
  await expect(patterns).toHaveCount(6);
  await page.getByRole("button", { name: "More for rule 1" }).click();
  await page.getByRole("menuitem", { name: "Move down" }).click();
  await expect(patterns.first()).toHaveValue("company.view");
  await page.getByRole("button", { name: "More for rule 1" }).click();
  await page.getByRole("menuitem", { name: "Duplicate" }).click();
  await expect(patterns).toHaveCount(7);
  await expect(patterns.nth(1)).toHaveValue("company.view");
  await page.getByRole("button", { name: "More for rule 2" }).click();
  await page.getByRole("menuitem", { name: "Remove" }).click();

  await page.getByRole("tab", { name: "As text" }).click();
  const text = page.getByLabel("Rules as text");
  await expect(text).toHaveValue(/- \{allow: "contract\.edit", when: "resource\.status != 'archived'"\}/);
  await text.fill("- node:read\n- {allow: contract.edit, wen: x}\n");
  await expect(page.getByText('Line 2: there is no field "wen".')).toBeVisible();
  await expect(page.getByRole("button", { name: "Save" })).toBeDisabled();
  await text.fill("# as one likes\n- node:read\n- cust*\n");
  await expect(page.getByText("Line 3: the pattern '*' must be a whole segment")).toBeVisible();
  await look("roles-text");
  await text.fill('["node:read", {"deny": "contract.*", "when": "true"}]');
  await expect(page.getByText(/must be a whole segment/)).toBeVisible();
  await text.fill(
    "- node:read\n- '!contract.sign'\n- {allow: contract.view, when: 'resource.value < 10'} # small ones\n",
  );
  await page.getByRole("tab", { name: "Line by line" }).click();
  await expect(patterns).toHaveCount(3);
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("Editor is saved.")).toBeVisible();
  const saved = await api(page, server).get(`/api/v1/roles/${await idOf(page)}`);
  expect(saved.rules).toEqual([
    "node:read",
    "!contract.sign",
    { allow: "contract.view", when: "resource.value < 10" },
  ]);
});

test("before a role is saved one sees who gains and who loses", async ({ page, enter, look }) => {
  await enter(PEOPLE.alice, "/console/roles?q=Client");
  await page.getByRole("link", { name: "Client", exact: true }).click();
  await page.getByRole("link", { name: "Edit", exact: true }).click();
  const ask = page.getByRole("button", { name: "Who gains, who loses?" });
  await expect(ask).toBeDisabled();
  await page.getByRole("textbox", { name: /of rule 2$/ }).fill("contract.edit");
  await page.keyboard.press("Escape");
  await ask.click();
  await expect(page.getByText("1 gains, 1 loses.")).toBeVisible();
  const dave = page.getByRole("listitem").filter({ hasText: "/clients/dave" });
  await expect(dave).toContainText("gains");
  await expect(dave).toContainText("contract.edit at /acme/northwind/contract-0001");
  await expect(dave).toContainText("contract.view at /acme/northwind/contract-0001");
  await look("roles-what-if");
  // Another change is another question.
  await page.getByRole("textbox", { name: /of rule 2$/ }).fill("contract.sign");
  await expect(dave).toHaveCount(0);
  await expect(ask).toBeEnabled();
});

test("what somebody else changed is not overwritten", async ({ page, enter, server }) => {
  await enter(PEOPLE.alice, "/console/roles?q=Client");
  await page.getByRole("link", { name: "Client", exact: true }).click();
  await page.getByRole("link", { name: "Edit", exact: true }).click();
  await page.getByLabel("Name").fill("Customer");
  const role = `/api/v1/roles/${await idOf(page)}`;
  await api(page, server).put(role, { rules: ["contract.list"] });
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("Somebody else changed it in the meantime.")).toBeVisible();
  await expect(page.getByLabel("Name")).toHaveValue("Customer");
  expect((await api(page, server).get(role)).rules).toEqual(["contract.list"]);
});

test("deleting a role says who loses what, and takes it away", async ({ page, enter, look }) => {
  await enter(PEOPLE.alice, "/console/roles?q=Client");
  await page.getByRole("link", { name: "Client", exact: true }).click();
  await page.getByRole("button", { name: "Delete" }).click();
  const dialog = page.getByRole("dialog", { name: "Delete Client?" });
  await expect(dialog).toContainText("One holder has Client");
  await expect(dialog).toContainText("/clients/dave, at: /acme/northwind/contract-0001");
  await expect(dialog).toContainText("nobody gains, 1 loses.", { ignoreCase: true });
  await look("roles-delete");
  await dialog.getByRole("button", { name: "Cancel" }).last().click();
  await expect(dialog).toHaveCount(0);
  await page.getByRole("button", { name: "Delete" }).click();
  await dialog.getByRole("button", { name: "Take it away and delete role" }).click();
  await expect(page.getByText("Client is deleted.")).toBeVisible();
  await expect(page).toHaveURL(/\/console\/roles$/);
  await expect(page.getByRole("link", { name: "Client", exact: true })).toHaveCount(0);
});

test("who may not change roles sees what the server lets him see", async ({ page, enter }) => {
  await enter(PEOPLE.bob, "/console/roles");
  await expect(page.getByText("There is no role that you may see")).toBeVisible();
  await page.goto("/console/roles/role/viewer");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("This role is not here");
  await page.goto("/console/roles/new");
  await page.getByLabel("Name").fill("Mine");
  await page.getByRole("button", { name: "Create role" }).click();
  await expect(page.getByRole("alert")).toBeVisible();
  await expect(page.getByLabel("Name")).toHaveValue("Mine");
});

test("it speaks German", async ({ page, enter, context, server }) => {
  await context.addCookies([{ name: "portcullis-language", value: "de", url: server.origin }]);
  await enter(PEOPLE.alice, "/console/roles/new?rule=contract.view");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Neue Rolle");
  await expect(page.getByRole("button", { name: "Erlaubt", exact: true })).toBeVisible();
});
