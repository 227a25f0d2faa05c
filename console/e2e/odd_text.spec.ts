/** Text that tries to be more than text: in everything that can be named, and in every field of every page. */

import type { Locator, Page } from "@playwright/test";
import { expect, PEOPLE, test } from "./support/test.ts";

/** What it does if it is ever taken for markup, a script or a template. */
const RUN = "document.documentElement.dataset.ran='1'";
const ODD = `"'><img src=x onerror="${RUN}"><script>${RUN}</script>{{7*7}}\${7*7}<svg onload=${RUN}>javascript:${RUN}`;
/** As a name: without what divides paths and references. */
const NAME = ODD.replaceAll("/", "_").replaceAll("@", "");
/** A name of what addresses are made of. */
const NAMED = "R&D 50%25 + #1";
/** Characters that change how others are shown. */
const CONTROL = `\u202egnp\u202c\u200b\u0007\u001b[31m${ODD}`;

const world = {
  nodes: [
    { path: `/acme/${NAMED}`, kind: "region" },
    {
      path: `/acme/${NAME}`,
      kind: "region",
      properties: { odd: CONTROL, list: [ODD] },
      tags: [NAME.slice(0, 60)],
    },
  ],
  users: [{ realm: "staff", username: "odd", full_name: ODD, attributes: { odd: CONTROL } }],
  permissions: [{ name: "odd.do", owner: "/acme", description: ODD }],
  groups: [{ name: `${NAME}-group`, owner: "/acme" }],
  roles: [
    {
      name: NAME,
      owner: "/acme",
      rules: [{ allow: "odd.do", when: `resource.odd == ${JSON.stringify(ODD)}` }],
    },
  ],
  ip_rules: [{ list: "block", network: "192.0.2.0/24", note: ODD }],
};

const PAGES = [
  "/console/",
  `/console/tree?node=${encodeURIComponent(`/acme/${NAME}`)}`,
  "/console/people",
  "/console/people/realms/staff",
  "/console/people/realms/staff/users/odd",
  "/console/people/groups",
  "/console/people/service-accounts",
  "/console/roles",
  "/console/roles/new",
  "/console/roles/permissions",
  "/console/roles/assignments",
  "/console/roles/assignments?new",
  `/console/decide?principal=${encodeURIComponent("/staff/odd")}&permission=odd.do&node=${encodeURIComponent(`/acme/${NAME}`)}`,
  "/console/audit",
  "/console/audit/dashboard",
  "/console/settings",
  "/console/own",
];

test.beforeEach(async ({ enter, page, server }) => {
  await enter(PEOPLE.alice);
  const answer = await page.request.post(`${server.origin}/api/v1/world`, {
    data: world,
    headers: { "sec-fetch-site": "same-origin" },
  });
  expect(answer.status(), await answer.text()).toBe(200);
});

/** Nothing of it became an element, and nothing of it ran. */
async function stayedText(page: Page, where: string) {
  const found = await page.evaluate(() => ({
    ran: document.documentElement.dataset.ran,
    elements: document.querySelectorAll("img[src='x'], svg[onload]").length,
    inline: [...document.scripts].filter((script) => !script.src).length,
    wide: document.documentElement.scrollWidth - innerWidth,
  }));
  expect(found, where).toEqual({ ran: undefined, elements: 0, inline: 0, wide: 0 });
}

for (const path of PAGES) {
  test(`in what is shown and in every field of ${path.split("?")[0]}${path.includes("?new") ? "?new" : ""}`, async ({
    page,
  }) => {
    await page.goto(path);
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    await page.waitForLoadState("networkidle");
    await stayedText(page, path);
    await fill(page.locator("body"));
    await stayedText(page, `${path}, with its fields filled`);
  });
}

test("an address leads to a node of any name, and stays right when it changes", async ({ page }) => {
  const node = `/acme/${NAMED}`;
  await page.goto(`/console/tree?${new URLSearchParams({ node })}`);
  const heading = page.getByRole("heading", { name: NAMED, exact: true });
  await expect(heading).toBeVisible();
  await page.getByRole("tab", { name: "Connections" }).click();
  await expect(page).toHaveURL(/tab=connections/);
  await expect(heading).toBeVisible();
  const question = { principal: "/staff/alice", permission: "odd.do", node };
  await page.goto(`/console/decide?${new URLSearchParams(question)}`);
  await expect(page.getByTestId("verdict")).toContainText(NAMED);
});

/** Types it into whatever takes text. */
async function fill(within: Locator) {
  const fields = within.locator("input:visible, textarea:visible");
  for (let at = 0; at < (await fields.count()); at++) {
    const field = fields.nth(at);
    const kind = (await field.getAttribute("type").catch(() => null)) ?? "text";
    if (["checkbox", "radio", "file", "number", "date", "datetime-local"].includes(kind)) continue;
    if (!(await field.isEditable().catch(() => false))) continue;
    await field.fill(at % 2 === 0 ? ODD : CONTROL).catch(() => undefined);
    await field.press("Tab").catch(() => undefined);
  }
}
