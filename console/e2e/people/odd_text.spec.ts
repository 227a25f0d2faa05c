import type { Page } from "@playwright/test";
import { expect, PEOPLE, test } from "../support/test.ts";

const SCRIPT = `<script>alert(1)</script><img src=x onerror=alert(2)>"'\`;--&amp;{{7*7}}\${7*7}%2F%00%`;
const NAMES = {
  script: SCRIPT.replaceAll("/", "⁄"),
  rtl: "עברית العربية 50%",
  emoji: "👩‍👩‍👧‍👦🏳️‍🌈 𝕬𝖑".replaceAll("‍", ""),
  long: "W".repeat(250),
  parts: "a?b#c&d=e+f;g:h@i,j~k!l*m(n)",
} as const;
/** What a full name may hold beside that: marks that turn the direction of text. */
const TURNED = `\u202eevil\u2066 ${SCRIPT}`.slice(0, 200);

/** Nothing is wider than the window, on a screen and on a phone. */
async function fits(page: Page, what: string) {
  for (const width of [1280, 390]) {
    await page.setViewportSize({ width, height: 844 });
    const over = () => page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    await expect.poll(over, `${what} at ${width}`).toBeLessThanOrEqual(0);
  }
  expect(await page.locator("main script, main img[src='x']").count()).toBe(0);
}

for (const [kind, name] of Object.entries(NAMES)) {
  test(`odd text (${kind}) is text alone, everywhere`, async ({ page, enter }) => {
    test.setTimeout(240_000);
    await enter(PEOPLE.alice, "/console/people");
    const post = async (path: string, data: object) => {
      const answer = await page.request.post(path, { data, headers: { "sec-fetch-site": "same-origin" } });
      expect(answer.ok(), `${path}: ${await answer.text()}`).toBe(true);
    };
    const part = encodeURIComponent;
    const realm = name;
    const group = `${name.slice(0, 60)}~g`;
    await post("/api/v1/realms", { name: realm });
    await post(`/api/v1/realms/${part(realm)}/users`, {
      username: name,
      full_name: TURNED,
      email: `o'brien+"${kind}'\`{x}|%00&#@exämple.com`.replaceAll('"', ""),
      aliases: [{ kind: "badge", value: `${name.slice(0, 40)}~` }],
      attributes: { note: SCRIPT, deep: { "</script>": [TURNED] } },
      metadata: { [SCRIPT]: TURNED },
    });
    await post(`/api/v1/realms/${part(realm)}/users/${part(name)}/lock`, {
      reason: `${SCRIPT}\u0007\n${TURNED}`,
    });
    await post("/api/v1/groups", { name: group, owner: `/${realm}` });
    await post("/api/v1/service-accounts", { name: `${name.slice(0, 60)}~`, description: TURNED });
    await post("/api/v1/realm-connections", { from: realm, to: "staff" });

    // From page to page as one clicks, so that each address is made by the console itself.
    await page.reload();
    const text = (what: string) => page.getByRole("link", { name: what, exact: true }).first();
    await text(name).click();
    await expect(page.getByRole("heading", { level: 1 })).toHaveText(name);
    await fits(page, "realm");
    await page.getByRole("tab", { name: "Where they sign in" }).click();
    await expect(page.getByText("Connections of this realm")).toBeVisible();
    await fits(page, "sharing");
    await page.getByRole("tab", { name: "Users" }).click();
    await text(name).click();
    await expect(page).toHaveURL(/\/users\//);
    await expect(page.getByRole("heading", { level: 1 })).toHaveText(name);
    await expect(page.getByRole("textbox", { name: "User name" })).toHaveValue(name);
    await expect(page.getByRole("textbox", { name: "Full name" })).toHaveValue(TURNED);
    await expect(page.getByRole("textbox", { name: "Value", exact: true }).last()).toHaveValue(SCRIPT);
    await fits(page, "profile");
    for (const tab of ["Access", "Sessions", "Second factors", "API keys", "Data and end"]) {
      await page.getByRole("tab", { name: tab }).click();
      await expect(page.getByRole("tab", { name: tab })).toHaveAttribute("aria-selected", "true");
      await fits(page, tab);
    }
    await page.getByRole("button", { name: "Delete the user" }).click();
    await expect(page.getByRole("dialog")).toBeVisible();
    await fits(page, "deleting");
    await page.keyboard.press("Escape");
    await page.reload();
    await expect(page.getByRole("heading", { level: 1 })).toHaveText(name);

    // What is done there reaches whom it is meant for.
    await page.getByRole("button", { name: "Unlock" }).click();
    await expect(page.getByText("This user is locked")).toBeHidden();
    const read = await page.request.get(`/api/v1/realms/${part(realm)}/users/${part(name)}`);
    expect((await read.json()).state).toBe("active");

    for (const list of [
      "/console/people/groups",
      "/console/people/service-accounts",
      "/console/people/connections",
    ]) {
      await page.goto(list);
      await expect(page.getByText(name.slice(0, 20)).first()).toBeVisible();
      await fits(page, list);
    }
    await page.goto(`/console/people/groups/${part(`${group}@/${realm}`)}`);
    await expect(page.getByRole("heading", { level: 1 })).toHaveText(group);
    await page
      .getByRole("textbox", { name: "Add a user, service account or group" })
      .fill([...name].slice(0, 8).join(""));
    await expect(page.getByRole("option").first()).toBeVisible();
    await fits(page, "group");
    await page.keyboard.press("Escape");
    await page.goto(`/console/people/service-accounts/${part(`/$global/${name.slice(0, 60)}~`)}`);
    await expect(page.getByRole("heading", { level: 1 })).toHaveText(`${name.slice(0, 60)}~`);
    await fits(page, "service account");

    await page.request.post(`/api/v1/realms/${part(realm)}/users/${part(name)}/lock`, {
      data: { reason: TURNED },
      headers: { "sec-fetch-site": "same-origin" },
    });
    await page.goto("/console/people/locks");
    await expect(page.getByText(TURNED).first()).toBeVisible();
    await fits(page, "locks");
  });
}
