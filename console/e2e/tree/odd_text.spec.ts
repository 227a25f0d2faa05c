import type { Page } from "@playwright/test";
import { expect, PEOPLE, test } from "../support/test.ts";
import { apply, at } from "./tree.ts";

const CODE = `<script>alert(1)</script>"'><img src=x onerror=alert(2)>`;
/** What people may type; names take no control characters and nothing that turns the direction of text. */
const NAMES = [
  // A slash divides names, so here the tags do not end.
  `<script>alert(1)<img src=x onerror=alert(2)>"'`,
  "{{constructor.constructor('alert(3)')()}} $ {alert(4)} %2F%00 \\ ? # &amp;",
  "🏴🏷️ שלום مرحبا 名前 Zα̈l̶g̵ó",
  "x".repeat(255),
  "javascript:alert(5)",
];
const TURNED = "\u202egpj.exe\u2066 \u200f";
const CONTROL = "a\u0000b\u0007c\u001b[31md\u2028e\r\nf\ttab";

test("odd text is text, wherever it stands", async ({ page, enter, look }) => {
  await enter(PEOPLE.alice);
  const carried = {
    properties: {
      [CODE]: CODE,
      [TURNED.trim()]: TURNED,
      long: "y".repeat(5_000),
      control: CONTROL.replace("\u0000", ""),
      list: [CODE, TURNED, "z".repeat(300)],
      __proto__x: { __proto__: 1, constructor: CODE },
    },
    tags: [CODE, TURNED.trim(), "t".repeat(255), "🏷️"],
    external_ids: { [CODE]: CODE, ["s".repeat(255)]: "i".repeat(255) },
  };
  const nodes = NAMES.map((name) => ({ path: `/odd/${name}`, kind: "thing", ...unique(carried, name) }));
  await apply(page, {
    nodes: [{ path: "/odd", kind: "thing" }, ...nodes],
    connections: NAMES.slice(1).map((name) => ({ from: `/odd/${name}`, to: `/odd/${NAMES[0]}` })),
  });
  for (const [index, name] of NAMES.entries()) {
    await page.goto(at(`/odd/${name}`));
    await expect(page.getByRole("heading", { level: 2 })).toHaveText(name, { useInnerText: false });
    await expect(page.locator('.tree-line[aria-selected="true"]')).toHaveAttribute(
      "aria-label",
      `${name}, thing`,
    );
    await expect(page.getByRole("textbox", { name: "Value of long" })).toBeVisible();
    if (index === 0) await look("tree-odd");
    await expectNoWider(page);
  }
  await page.goto(at(`/odd/${NAMES[0]}`, "connections"));
  await expect(page.getByRole("list", { name: "Inherits from" }).getByRole("link")).toHaveCount(
    NAMES.length - 1,
  );
  await look("tree-odd-connections");
  await page.goto(`/console/tree?q=${encodeURIComponent("alert(1)")}`);
  await expect(page.getByRole("list", { name: "Nodes found" }).getByRole("link")).toHaveCount(1);
  await page.goto(at(CODE));
  await expect(page.getByRole("alert")).toContainText("There is no such node, or you may not see it");
});

/** In one system an id is of one node. */
function unique<Carried extends { external_ids: Record<string, string> }>(carried: Carried, name: string) {
  const entries = Object.entries(carried.external_ids);
  const own = entries.map(([system, id]) => [system, id.slice(0, 200) + NAMES.indexOf(name)]);
  return { ...carried, external_ids: Object.fromEntries(own) };
}

async function expectNoWider(page: Page) {
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  expect(wide).toBeLessThanOrEqual(0);
}
