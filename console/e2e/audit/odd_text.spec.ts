import { expect, PEOPLE, test } from "../support/test.ts";
import { act } from "./acts.ts";

const ODD = [
  '<script>alert(1)</script><img src=x onerror="alert(2)">',
  "\"'`;--#{7*7}{{7*7}}<b>bold</b>&lt;",
  "\u202Egnirts a fo dne \u2066 \u200F\u0627\u0644\u0633\u0644\u0627\u0645",
  "long".repeat(100),
  "👩🏽‍🚀🏴󠁧󠁢󠁳󠁣󠁴󠁿 Zoë ﷽ e\u0301\u0301\u0301\u0301",
] as const;

test("odd text in reasons, devices and metadata is text, and keeps its place", async ({
  page,
  enter,
  look,
}) => {
  await enter(PEOPLE.alice);
  for (const text of ODD) {
    const agent = encodeURIComponent(text).includes("%") && /[^\x20-\x7e]/.test(text) ? "odd device" : text;
    await act(page, "POST", "/api/v1/realms/staff/users/bob/lock", { reason: text }, { "user-agent": agent });
    await act(page, "POST", "/api/v1/realms/staff/users/bob/unlock", {});
  }
  await page.goto("/console/audit?action=user.lock");
  for (const text of ODD) await expect(page.getByText(text, { exact: true })).toBeAttached();
  await look("audit-odd");
  // The oldest is the one with markup; its device is odd too.
  await page.getByRole("link", { name: "Locked a user" }).last().click();
  const drawer = page.getByRole("dialog");
  await expect(drawer.getByRole("row", { name: "Device" })).toContainText(ODD[0]);
  await expect(drawer.getByRole("row", { name: "Reason" })).toContainText(ODD[0]);
  expect(
    await page.locator("main script, main img[src=x], [role=dialog] script, [role=dialog] b").count(),
  ).toBe(0);
  await look("audit-odd-event");
});

test("odd names are text in lists, filters and decisions, and keep their place", async ({
  page,
  enter,
  look,
}) => {
  await enter(PEOPLE.alice);
  const long = "n".repeat(60);
  const names = ["<img src=x onerror=alert(1)>", "a \"quoted\" 'name'", "👩🏽‍🚀 Zoë", long];
  const made: string[] = [];
  for (const name of names) {
    const data = { parent: "/acme", kind: "company", name };
    const answer = await page.request.post("/api/v1/nodes", {
      data,
      headers: { "sec-fetch-site": "same-origin" },
    });
    if (answer.status() === 201) made.push(name);
  }
  expect(made).toContain(long);
  await page.goto("/console/audit?action=node.create&view=table");
  for (const name of made) await expect(page.getByRole("cell", { name }).first()).toBeVisible();
  await look("audit-odd-names");
  for (const name of made) {
    const query = new URLSearchParams({
      principal: "/clients/dave",
      permission: "contract.view",
      node: `/acme/${name}`,
    });
    await page.goto(`/console/decide?${query}`);
    await expect(page.getByTestId("verdict")).toContainText(`/acme/${name}`);
    await expect(page.getByRole("figure").getByRole("link", { name, exact: true })).toBeVisible();
  }
  await look("decide-odd");
  const unknown = new URLSearchParams({ principal: ODD[0], permission: "<b>x</b>", node: "/\u202Eabc" });
  await page.goto(`/console/decide?${unknown}`);
  await expect(page.getByRole("alert").or(page.getByTestId("verdict"))).toBeVisible();
  expect(await page.locator("main b").count()).toBe(0);
});
