import { expect, PEOPLE, test } from "../support/test.ts";
import { decideAt } from "./ask.ts";

test("a question is asked by keyboard alone", async ({ page, enter, look }) => {
  await enter(PEOPLE.alice, "/console/decide");
  await expect(page.getByText("Choose who, what and where above.")).toBeVisible();
  await look("decide-empty");
  const choose = async (label: string, typed: string, choice: string) => {
    await page.getByRole("textbox", { name: label, exact: true }).focus();
    await page.keyboard.type(typed);
    await expect(page.getByRole("option").filter({ hasText: choice }).first()).toBeVisible();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
  };
  await choose("Who", "carol", "/staff/carol");
  await choose("May do what", "contract.view", "contract.view");
  await choose("Where", "/acme/southbank/contract-0001", "/acme/southbank/contract-0001");
  await expect(page.getByTestId("verdict")).toContainText("Yes, carol may do contract.view");
  // The picture's boxes are reached in the order of the way.
  const first = page.getByRole("figure").getByRole("link").first();
  await first.focus();
  const names: string[] = [];
  for (let tries = 0; tries < 3; tries++) {
    names.push(await page.evaluate(() => document.activeElement?.textContent ?? ""));
    await page.keyboard.press("Tab");
  }
  expect(names).toEqual(["carol", "Viewer", "belgium"]);
});

test("where, who and what are asked with the same words", async ({ page, enter, look }) => {
  await enter(PEOPLE.alice, decideAt("/staff/bob", "contract.edit", "/acme/northwind"));
  await page.getByRole("tab", { name: "Where?" }).click();
  await expect(page.getByTestId("where")).toContainText(
    /bob may do contract\.edit at \d+ nodes? from \/acme\/northwind down/,
  );
  await expect(page.getByRole("link", { name: "/acme/northwind/contract-0001", exact: true })).toBeVisible();
  await look("decide-where");
  await page.getByRole("tab", { name: "Who?" }).click();
  await expect(page.getByTestId("who")).toContainText("may do contract.edit at /acme/northwind");
  await expect(page.getByRole("link", { name: "alice", exact: true })).toBeVisible();
  await page.getByRole("tab", { name: "What?" }).click();
  await expect(page.getByTestId("what")).toContainText("at /acme/northwind:");
  await look("decide-what");
  await page.getByRole("link", { name: "contract.list" }).click();
  await expect(page.getByTestId("verdict")).toContainText("Yes, bob may do contract.list");
  await page.goBack();
  await expect(page.getByRole("tab", { name: "What?" })).toHaveAttribute("aria-selected", "true");
});

test("one of many answers leads to its reason", async ({ page, enter }) => {
  await enter(
    PEOPLE.alice,
    "/console/decide?tab=who&permission=contract.view&node=/acme/northwind/contract-0001",
  );
  await page.getByRole("row", { name: "dave" }).getByRole("link", { name: /^Why/ }).click();
  await expect(page.getByTestId("verdict")).toContainText("Yes, dave may do contract.view");
});

test("German", async ({ page, enter, context, server }) => {
  await context.addCookies([{ name: "portcullis-language", value: "de", url: server.origin }]);
  await enter(PEOPLE.alice, decideAt("/staff/bob", "contract.delete", "/acme/northwind"));
  await expect(page.getByTestId("verdict")).toHaveText(
    "Nein, bob darf contract.delete an /acme/northwind nicht.",
  );
  await expect(page.getByRole("figure").getByText("verbietet an")).toBeVisible();
});
