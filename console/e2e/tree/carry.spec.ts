import { expect, PEOPLE, test } from "../support/test.ts";
import { at, expectNode } from "./tree.ts";

test("properties keep their types, as a table and as JSON", async ({ page, enter, look }) => {
  await enter(PEOPLE.alice, at("/acme/northwind"));
  await expectNode(page, "/acme/northwind");
  const add = page.getByRole("button", { name: "Add a property" });
  const name = page.getByRole("textbox", { name: "Name", exact: true });
  const type = async (property: string, wanted: string) => {
    await page.getByRole("combobox", { name: `Type of ${property}` }).click();
    await page.getByRole("option", { name: wanted, exact: true }).click();
  };
  await add.click();
  await name.last().fill("motto");
  await page.getByRole("textbox", { name: "Value of motto" }).fill("7");
  await add.click();
  await name.last().fill("level");
  await type("level", "Number");
  await page.getByRole("textbox", { name: "Value of level" }).fill("x");
  await expect(page.getByText("This is no number.")).toBeVisible();
  await expect(page.getByRole("button", { name: "Save" })).toBeDisabled();
  await page.getByRole("textbox", { name: "Value of level" }).fill("7");
  await add.click();
  await name.last().fill("open");
  await type("open", "Truth");
  await add.click();
  await name.last().fill("colours");
  await type("colours", "List");
  const colours = page.getByRole("group", { name: "colours" });
  await colours.getByRole("combobox", { name: "Value of colours" }).fill("red");
  await page.keyboard.press("Enter");
  await look("tree-properties");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("The properties were saved.")).toBeVisible();
  await page.getByRole("button", { name: "Edit as JSON" }).click();
  const json = page.getByRole("textbox", { name: "Properties as JSON" });
  const kept = { colours: ["red"], level: 7, motto: "7", open: false };
  expect(JSON.parse(await json.inputValue())).toEqual(kept);
  await json.fill("[1]");
  await expect(page.getByText("This is no JSON object.")).toBeVisible();
  await json.fill(JSON.stringify({ level: 8, deep: { a: [1, null] } }));
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("The properties were saved.").last()).toBeVisible();
  await page.reload();
  await expect(page.getByRole("textbox", { name: "Value of level" })).toHaveValue("8");
  await expect(page.getByRole("textbox", { name: "Value of deep" })).toHaveValue('{"a":[1,null]}');
  await expect(page.getByRole("textbox", { name: "Value of motto" })).toHaveCount(0);
});

test("tags and external ids are changed", async ({ page, enter }) => {
  await enter(PEOPLE.alice, at("/acme/southbank"));
  await expectNode(page, "/acme/southbank");
  await page.getByRole("combobox", { name: "Tags" }).fill("late");
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("The tags were saved.")).toBeVisible();
  await page.getByRole("button", { name: "Add an id" }).click();
  await page.getByRole("textbox", { name: "System" }).last().fill("crm");
  await page.getByRole("textbox", { name: "Id there" }).last().fill("4711");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("The external ids were saved.")).toBeVisible();
  await page.reload();
  await expect(page.getByText("late", { exact: true })).toBeVisible();
  await expect(page.getByRole("textbox", { name: "Id there" }).first()).toHaveValue("4711");
});

test("two people do not overwrite each other", async ({ page, enter, server }) => {
  await enter(PEOPLE.alice, at("/acme/southbank"));
  await page.getByRole("combobox", { name: "Tags" }).fill("mine");
  await page.keyboard.press("Enter");
  const other = await page.request.put(`${server.origin}/api/v1/nodes/%2Facme%2Fsouthbank/tags`, {
    data: ["theirs"],
    headers: { "sec-fetch-site": "same-origin" },
  });
  expect(other.status()).toBe(200);
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("Somebody else changed this in the meantime")).toBeVisible();
  await page.getByRole("button", { name: "Load what is there now" }).click();
  await expect(page.getByText("theirs", { exact: true })).toBeVisible();
  await expect(page.getByText("mine", { exact: true })).toHaveCount(0);
  await page.getByRole("combobox", { name: "Tags" }).fill("both");
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("The tags were saved.")).toBeVisible();
});

test("who may do what here, by which role, and from where", async ({ page, enter, look }) => {
  await enter(PEOPLE.alice, at("/acme/northwind", "access"));
  const given = page.getByRole("table", { name: "Roles that hold here" });
  await expect(given.getByRole("row", { name: /sales/ })).toContainText("here");
  await expect(given.getByRole("row", { name: /carol/ })).toContainText("through a connection");
  const give = page.getByRole("link", { name: "Give a role here" });
  await expect(give).toHaveAttribute("href", "/console/roles/assignments?new&node=%2Facme%2Fnorthwind");
  await page.getByLabel(/^Permission/).fill("contract.view");
  await page.getByRole("option", { name: /^contract\.view/ }).click();
  const who = page.getByRole("table", { name: "Who may do this here" });
  await expect(who.getByRole("row", { name: /bob/ })).toBeVisible();
  await expect(who.getByRole("row", { name: /carol/ })).toBeVisible();
  await expect(who.getByRole("row", { name: /dave/ })).toHaveCount(0);
  await look("tree-access");
  const why = who.getByRole("link", { name: "Why bob may" });
  const expected = new URLSearchParams({
    permission: "contract.view",
    node: "/acme/northwind",
    principal: "/staff/bob",
  });
  await expect(why).toHaveAttribute("href", `/console/decide?${expected}`);
  await page.goto(at("/acme/northwind/contract-0001", "access"));
  await expect(given.getByRole("row", { name: /sales/ })).toContainText("above this node");
});
