import { expect, PEOPLE, test } from "../support/test.ts";
import { at, expectNode, line, pick } from "./tree.ts";

test("a root and a child are made and renamed", async ({ page, enter, look }) => {
  await enter(PEOPLE.alice, "/console/tree");
  await page.getByRole("button", { name: "New root" }).click();
  const dialog = page.getByRole("dialog", { name: "New root" });
  await dialog.getByRole("textbox", { name: "Name" }).fill("a/b");
  await dialog.getByRole("textbox", { name: "Kind" }).fill("branch");
  await dialog.getByRole("button", { name: "Create" }).click();
  await expect(dialog.getByRole("textbox", { name: "Name" })).toHaveAttribute("aria-invalid", "true");
  await look("tree-create");
  await dialog.getByRole("textbox", { name: "Name" }).fill("library");
  await dialog.getByRole("button", { name: "Create" }).click();
  await expectNode(page, "/library");
  await expect(line(page, "library")).toHaveAttribute("aria-selected", "true");
  await page.getByRole("button", { name: "New child" }).click();
  const child = page.getByRole("dialog", { name: "New node" });
  await child.getByRole("textbox", { name: "Name" }).fill("hill");
  await child.getByRole("textbox", { name: "Kind" }).fill("branch");
  await child.getByRole("button", { name: "Create" }).click();
  await expectNode(page, "/library/hill");
  await page.getByRole("button", { name: "Rename" }).click();
  await page.getByRole("dialog").getByRole("textbox", { name: "Name" }).fill("harbour");
  await page.getByRole("dialog").getByRole("button", { name: "Rename" }).click();
  await expectNode(page, "/library/harbour");
  await expect(line(page, "harbour")).toBeVisible();
});

test("a node is moved by a dialog that says what changes, and back", async ({ page, enter, look }) => {
  await enter(PEOPLE.alice, at("/acme/northwind/contract-0002"));
  await expectNode(page, "/acme/northwind/contract-0002");
  await page.getByRole("button", { name: "Move", exact: true }).click();
  const dialog = page.getByRole("dialog", { name: "Move" });
  await pick(dialog.getByLabel("New parent"), "/acme/france");
  await expect(dialog.getByText("/staff/bob")).toBeVisible();
  await expect(dialog.getByText("loses", { exact: true }).first()).toBeVisible();
  await look("tree-move");
  await dialog.getByRole("button", { name: "Move" }).click();
  await expectNode(page, "/acme/france/contract-0002");
  await expect(line(page, "contract-0002")).toBeInViewport();
  await page.getByRole("button", { name: "Undo" }).click();
  await expectNode(page, "/acme/northwind/contract-0002");
});

test("a node is moved by dragging it onto its new parent", async ({ page, enter }) => {
  await enter(PEOPLE.alice, at("/acme/amber-energy"));
  await expectNode(page, "/acme/amber-energy");
  await line(page, "amber-energy").dragTo(line(page, "belgium"));
  const dialog = page.getByRole("dialog", { name: "Move" });
  await expect(dialog.getByLabel("New parent")).toHaveValue("/acme/belgium");
  await dialog.getByRole("button", { name: "Move" }).click();
  await expectNode(page, "/acme/belgium/amber-energy");
});

test("what is deleted is told before, and goes", async ({ page, enter, look }) => {
  await enter(PEOPLE.alice, at("/acme/southbank"));
  await expectNode(page, "/acme/southbank");
  await page.getByRole("button", { name: "Delete" }).click();
  const dialog = page.getByRole("dialog", { name: "Delete" });
  await expect(dialog.getByText(/nodes? below it go/)).toBeVisible();
  await expect(dialog.getByText("loses", { exact: true }).first()).toBeVisible();
  const button = dialog.getByRole("button", { name: /Delete/ });
  await expect(button).toBeDisabled();
  await dialog.getByRole("textbox", { name: "Type southbank to confirm" }).fill("southbank");
  await look("tree-delete");
  await button.click();
  await expectNode(page, "/acme");
  await page.goto(at("/acme/southbank"));
  await expect(page.getByText("There is no such node, or you may not see it")).toBeVisible();
});

test("nodes of the server's own are told apart, and not offered to be changed", async ({ page, enter }) => {
  await enter(PEOPLE.alice, at("/staff/bob"));
  await expectNode(page, "/staff/bob");
  await expect(page.getByText("Users are changed in a place of their own.")).toBeVisible();
  for (const action of ["Rename", "Move", "Delete"]) {
    await expect(page.getByRole("button", { name: action, exact: true })).toHaveCount(0);
  }
  await page.goto(at("/$global"));
  await expect(page.getByText("This node is the system's own.")).toBeVisible();
  await expect(page.getByRole("button", { name: "New child" })).toHaveCount(0);
  await expect(page.getByRole("button", { name: "Add a property" })).toHaveCount(0);
});

test("connections go both ways, are made and removed", async ({ page, enter, look }) => {
  await enter(PEOPLE.alice, at("/acme/northwind", "connections"));
  await expect(page.getByRole("list", { name: "Inherits from" }).getByRole("link")).toHaveText(
    "/acme/belgium",
  );
  await page.getByRole("button", { name: "Inherit from another node" }).click();
  const dialog = page.getByRole("dialog");
  await pick(dialog.getByLabel(/^Node/), "/acme/france");
  await expect(dialog.getByText(/nobody loses|gains? or loses/).first()).toBeVisible();
  await dialog.getByRole("button", { name: "Connect" }).click();
  const from = page.getByRole("list", { name: "Inherits from" });
  await expect(from.getByRole("link")).toHaveText(["/acme/belgium", "/acme/france"]);
  await look("tree-connections");
  await page.getByRole("button", { name: "Remove the connection with /acme/france" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Remove" }).click();
  await expect(from.getByRole("link")).toHaveText(["/acme/belgium"]);
  await from.getByRole("link").click();
  await expectNode(page, "/acme/belgium");
  await expect(page.getByRole("list", { name: "Passes on to" })).toContainText("/acme/northwind");
});
