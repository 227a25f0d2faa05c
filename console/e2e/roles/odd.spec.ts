import { expect, PEOPLE, test } from "../support/test.ts";
import { api } from "./support.ts";

/** Text that has harmed somebody somewhere; what the API refuses as a name is tried in free text. */
const SCRIPT = `"><script>alert(1)</script><img src=x onerror=alert(2)>'\``;
const NAMES = [
  SCRIPT.replaceAll("/", "|"),
  "{{7*7}} #{7*7} %00 %2F &amp; &lt;b&gt;",
  "مرحبا بالعالم עברית",
  "🏰🔑🎉 𝕏 e\u0301",
  `long${"w".repeat(251)}`,
];
const TEXTS = [
  SCRIPT,
  "\u202Eright to left\u202C \u2066x",
  `${"very".repeat(200)}`,
  "tab\there\nline\u0007bell",
  "javascript:alert(3)",
];

test("odd text in every field is shown as what it is", async ({ page, enter, look, server }) => {
  await enter(PEOPLE.alice, "/console/");
  const ask = api(page, server);
  for (const [index, name] of NAMES.entries()) {
    const node = `/acme/odd${index}${name.slice(0, 60)}`;
    await ask.post("/api/v1/nodes", { parent: "/acme", kind: "company", name: node.slice("/acme/".length) });
    const text = TEXTS[index] ?? "";
    const plain = `p${index}${name
      .replace(/[\s!@*\u200b]/g, "")
      .replace(/[:]/g, ";")
      .slice(0, 100)}`;
    await ask.post("/api/v1/permissions", { name: plain.slice(0, 120), owner: "/acme", description: text });
    const role = await ask.post("/api/v1/roles", {
      name,
      owner: node,
      rules: [
        `${plain.slice(0, 120)}@/acme`,
        { allow: "data:x", when: `resource.name == ${JSON.stringify(SCRIPT)}`, fields: [text] },
      ],
    });
    await ask.post("/api/v1/assignments", {
      subject: "/staff/bob",
      role: role.id,
      node,
      when: `resource.name == ${JSON.stringify(SCRIPT)}`,
    });
    await page.goto(`/console/roles/role/${role.id}`);
    await expect(page.getByRole("heading", { level: 1 })).toHaveText(name.normalize("NFC"));
    await expect(page.getByRole("table")).toContainText(SCRIPT);
    if (index === 4) await look("roles-odd-role");
    await page.goto(`/console/roles/role/${role.id}?edit`);
    await expect(page.getByRole("textbox", { name: "Name", exact: true })).toHaveValue(name.normalize("NFC"));
    await page.getByRole("tab", { name: "As text" }).click();
    await expect(page.getByLabel("Rules as text")).toHaveValue(/@\/acme/);
  }
  await page.goto("/console/roles");
  await expect(page.getByRole("table").getByRole("row")).toHaveCount(9 + NAMES.length);
  await look("roles-odd-list");
  await page.goto("/console/roles/permissions");
  await expect(page.getByRole("table")).toContainText("<script>alert(1)</script>");
  await look("permissions-odd");
  await page.goto("/console/roles/assignments?subject=%2Fstaff%2Fbob");
  await expect(page.getByRole("table").getByRole("row")).toHaveCount(1 + NAMES.length);
  await look("assignments-odd");
});

test("odd text that is typed is refused or kept, and does nothing", async ({ page, enter }) => {
  await enter(
    PEOPLE.alice,
    `/console/roles/new?rule=${encodeURIComponent(SCRIPT)}&owner=${encodeURIComponent(SCRIPT)}`,
  );
  await page.getByRole("textbox", { name: "Name", exact: true }).fill(SCRIPT);
  const rule = page.getByRole("group", { name: "Rule 1" });
  await expect(rule.getByRole("textbox").first()).toHaveValue(SCRIPT);
  await page.getByRole("button", { name: "Create role" }).click();
  await expect(page.locator("[aria-invalid=true]").first()).toBeVisible();
  for (const text of [
    ...TEXTS,
    "{".repeat(2000),
    "- ".repeat(999),
    '"\\u0000"',
    "[[[[",
    '{"a":{}}',
    "\u202e",
  ]) {
    await page.getByRole("tab", { name: "As text" }).click();
    await page.getByLabel("Rules as text").fill(text);
    await page.getByRole("tab", { name: "Line by line" }).click();
  }
  await page.getByRole("textbox", { name: "Owned by" }).fill("/acme");
  await page.keyboard.press("Tab");
  await page.getByRole("button", { name: "Allow something" }).click();
  const last = page.getByRole("group", { name: /^Rule/ }).last();
  for (const text of TEXTS) await last.getByRole("textbox").first().fill(text);
  await last.getByRole("button", { name: /^More for/ }).click();
  await page.getByRole("menuitem", { name: "Add a condition" }).click();
  for (const text of TEXTS) await last.getByLabel("Only when").fill(text);
  await expect(last).toContainText(/Line 1, column \d+/);

  for (const parameter of ["subject", "node", "role", "permission"]) {
    await page.goto(`/console/roles/assignments?new&${parameter}=${encodeURIComponent(SCRIPT)}`);
    await expect(page.getByRole("dialog", { name: "Give a role" })).toBeVisible();
  }
  await page.goto(`/console/roles?q=${encodeURIComponent(SCRIPT)}&owner=${encodeURIComponent(SCRIPT)}`);
  await expect(page.getByLabel("Search by name")).toHaveValue(SCRIPT);
  await page.goto(`/console/roles/role/${encodeURIComponent("x<script>")}`);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("This role is not here");
});
