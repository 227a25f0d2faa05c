import { expect, PEOPLE, test } from "../support/test.ts";
import { apply, at, expectNode, line } from "./tree.ts";

test("the tree opens as one goes, and the node that was chosen stands in the address", async ({
  page,
  enter,
  look,
}) => {
  await enter(PEOPLE.alice, "/console/tree");
  await expect(page.getByText("No node is chosen")).toBeVisible();
  await expect(line(page, "\\$global")).toBeVisible();
  await line(page, "acme").locator(".tree-chevron").click();
  await expect(line(page, "amber-energy")).toBeVisible();
  await look("tree-open");
  await line(page, "amber-energy").click();
  await expectNode(page, "/acme/amber-energy");
  await expect(line(page, "amber-energy")).toHaveAttribute("aria-selected", "true");
});

test("a link reveals its node, wherever it stands", async ({ page, enter, look }) => {
  await enter(PEOPLE.alice, at("/acme/northwind/contract-0001"));
  await expectNode(page, "/acme/northwind/contract-0001");
  const shown = line(page, "contract-0001");
  await expect(shown).toHaveAttribute("aria-selected", "true");
  await expect(shown).toBeInViewport();
  await expect(shown).toHaveAttribute("aria-level", "3");
  await expect(page.getByRole("textbox", { name: "Value of status" })).toHaveValue("open");
  await look("tree-node");
});

test("the next children come while one scrolls", async ({ page, enter }) => {
  await enter(PEOPLE.alice);
  const shelves = Array.from({ length: 450 }, (_, index) => ({
    path: `/library/shelf-${String(index).padStart(3, "0")}`,
    kind: "shelf",
  }));
  await apply(page, { nodes: [{ path: "/library", kind: "branch" }, ...shelves] });
  await page.goto(at("/library"));
  await expectNode(page, "/library");
  await line(page, "library").locator(".tree-chevron").click();
  await expect(line(page, "shelf-000")).toBeVisible();
  await line(page, "shelf-000").hover();
  await expect(async () => {
    await page.mouse.wheel(0, 4_000);
    await expect(line(page, "shelf-449")).toBeVisible({ timeout: 200 });
  }).toPass();
  await expect(line(page, "shelf-449")).toHaveAttribute("aria-setsize", "450");
  // Only what is in view stands in the page.
  expect(await page.getByRole("treeitem").count()).toBeLessThan(80);
  // A link to one that would come much later shows it all the same.
  await page.goto(at("/library/shelf-400"));
  await expect(line(page, "shelf-400")).toBeInViewport();
  await expect(line(page, "shelf-400")).toHaveAttribute("aria-selected", "true");
  await page.getByRole("treeitem", { name: "Show more" }).click();
  await expect(line(page, "shelf-105")).toBeAttached();
});

test("the tree is used by keyboard alone", async ({ page, enter }) => {
  await enter(PEOPLE.alice, "/console/tree");
  await expect(line(page, "\\$global")).toBeVisible();
  const tree = page.getByRole("tree");
  await tree.focus();
  const active = page.locator(".tree-line[data-active]");
  await page.keyboard.type("ac");
  await expect(active).toHaveAttribute("aria-label", "acme, application");
  await expect(active).toHaveAttribute("aria-expanded", "false");
  await page.keyboard.press("ArrowRight");
  await expect(active).toHaveAttribute("aria-expanded", "true");
  await expect(line(page, "amber-energy")).toBeVisible();
  await page.keyboard.press("ArrowRight");
  await expect(active).toHaveAttribute("aria-label", "amber-energy, company");
  await expect(tree).toHaveAttribute("aria-activedescendant", (await active.getAttribute("id")) ?? "");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("Enter");
  await expectNode(page, "/acme/amber-energy");
  await tree.focus();
  await page.keyboard.press("ArrowLeft");
  await expect(active).toHaveAttribute("aria-label", "acme, application");
  await page.keyboard.press("ArrowLeft");
  await expect(active).toHaveAttribute("aria-expanded", "false");
  await page.keyboard.press("Home");
  await expect(active).toHaveAttribute("aria-label", "$global, everywhere");
  await page.keyboard.press("End");
  await expect(active).toHaveAttribute("aria-posinset", (await active.getAttribute("aria-setsize")) ?? "");
});

test("whoever may see a part begins there", async ({ page, enter, look }) => {
  await enter(PEOPLE.carol, at("/acme/northwind", "access"));
  await expectNode(page, "/acme/northwind");
  await expect(line(page, "belgium")).toHaveAttribute("aria-level", "1");
  await expect(line(page, "northwind")).toContainText("/acme/northwind");
  await expect(page.getByText("You may not see who has access here")).toBeVisible();
  for (const action of ["New child", "Rename", "Move", "Delete", "New root"]) {
    await expect(page.getByRole("button", { name: action })).toHaveCount(0);
  }
  await look("tree-part");
  await page.goto(at("/acme"));
  await expect(page.getByText("There is no such node, or you may not see it")).toBeVisible();
});

test("whoever sees nothing is told whom to ask", async ({ page, enter }) => {
  await enter(PEOPLE.dave, "/console/tree");
  await expect(page.getByText("There is no node that you may see")).toBeVisible();
});

test("what is searched for is shown with its place, by all filters", async ({ page, enter, look }) => {
  await enter(PEOPLE.alice, "/console/tree");
  await page.getByRole("textbox", { name: "Search nodes by name" }).fill("contract-0001");
  const hits = page.getByRole("list", { name: "Nodes found" });
  await expect(hits.getByText("contract · /acme/northwind/contract-0001")).toBeVisible();
  await page.getByRole("button", { name: "Filters" }).click();
  await page.getByLabel("Below this node").fill("/acme/southbank");
  await page.getByLabel("Below this node").blur();
  await expect(page.getByText("One node found")).toBeVisible();
  await look("tree-search");
  await hits.getByRole("link").click();
  await expectNode(page, "/acme/southbank/contract-0001");
  await expect(page).toHaveURL(/under=%2Facme%2Fsouthbank/);
  await page.reload();
  await expect(page.getByText("One node found")).toBeVisible();
  await page.getByRole("button", { name: "Back to the tree" }).click();
  await expect(page.getByRole("textbox", { name: "Search nodes by name" })).toHaveValue("");
  await expect(line(page, "contract-0001")).toBeInViewport();
});

test("one searches by tag and by an id in another system", async ({ page, enter }) => {
  await enter(PEOPLE.alice, "/console/tree");
  const hits = page.getByRole("list", { name: "Nodes found" });
  await page.getByRole("button", { name: "Filters" }).click();
  await page.getByLabel("Tag").fill("pilot");
  await expect(hits.getByRole("link")).toHaveCount(1);
  await expect(hits.getByRole("link")).toContainText("/acme/northwind");
  await page.getByLabel("Tag").fill("");
  await page.getByLabel("Other system").fill("vat");
  await page.getByLabel("Id in that system").fill("BE0100000002");
  await expect(hits.getByRole("link")).toContainText("/acme/southbank");
  await page.getByLabel("Id in that system").fill("BE9");
  await expect(page.getByText("Nothing found")).toBeVisible();
});
