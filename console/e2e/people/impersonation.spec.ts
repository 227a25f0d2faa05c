import type { Page } from "@playwright/test";
import { accessible, expect, PEOPLE, test } from "../support/test.ts";

const TOLD = "alice@staff acts as bob@staff.";

/** The banner is whole on the screen, and nothing lies over it. */
async function stands(page: Page) {
  const banner = page.getByRole("region", { name: "In somebody else's place" });
  await expect(banner).toContainText(TOLD);
  await expect(banner).toBeInViewport({ ratio: 1 });
  const covered = await banner.evaluate((element) => {
    const { left, top, width, height } = element.getBoundingClientRect();
    const points = [0.02, 0.5, 0.98].map((part) => [left + width * part, top + height / 2] as const);
    return points.filter(([x, y]) => !element.contains(document.elementFromPoint(x, y))).length;
  });
  expect(covered, "something lies over the banner").toBe(0);
}

async function begin(page: Page) {
  await page.getByRole("button", { name: "Act as this user" }).click();
  await page.getByRole("textbox", { name: "Reason" }).fill("ticket 17");
  await page.getByRole("button", { name: "Begin" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Welcome, Bob Baert");
}

test("one acts as a user with a reason, and ends it", async ({ page, enter }) => {
  await enter(PEOPLE.alice, "/console/people/realms/staff/users/bob");
  await page.getByRole("button", { name: "Act as this user" }).click();
  await page.getByRole("button", { name: "Begin" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("bob");
  await page.keyboard.press("Escape");
  await begin(page);
  await stands(page);
  await page.reload();
  await stands(page);
  await page.getByRole("button", { name: "End", exact: true }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Welcome, Alice Aerts");
  await expect(page.getByText(TOLD)).toBeHidden();
  const events = await page.request.get("/api/v1/audit/events?action=impersonation.start");
  expect(await events.text()).toContain("ticket 17");
});

test("the banner stays: on each page, scrolled, on the phone, in the dark, over dialogs and the menu", async ({
  page,
  enter,
  look,
}) => {
  await enter(PEOPLE.alice, "/console/people/realms/staff/users/bob");
  await begin(page);
  for (const section of ["tree", "people", "roles", "decide", "audit", "settings", "own", "nothing"]) {
    await page.goto(`/console/${section}`);
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    await stands(page);
  }
  await page.goto("/console/people/groups");
  await look("people-impersonation");
  for (const size of [
    { width: 1280, height: 800 },
    { width: 390, height: 844 },
    { width: 390, height: 420 },
  ]) {
    await page.setViewportSize(size);
    await page.emulateMedia({ colorScheme: size.width === 390 ? "dark" : "light" });
    await page.evaluate(() => scrollTo(0, document.documentElement.scrollHeight));
    await stands(page);
    await page.evaluate(() => scrollTo(0, 0));
    await page.getByRole("button", { name: "New group" }).click();
    await expect(page.getByRole("dialog")).toBeVisible();
    await stands(page);
    const [dialog, banner] = await Promise.all(
      [page.getByRole("dialog"), page.getByRole("region", { name: "In somebody else's place" })].map((part) =>
        part.boundingBox(),
      ),
    );
    expect(dialog?.y ?? 0, "the dialog begins below the banner").toBeGreaterThanOrEqual(banner?.height ?? 1);
    await accessible(page, "impersonation with a dialog");
    await page.screenshot({ path: `results/screenshots/people-impersonation-dialog-${size.height}.png` });
    await page.keyboard.press("Escape");
    await expect(page.getByRole("dialog")).toBeHidden();
  }
  await page.getByRole("button", { name: "Menu" }).click();
  await expect(page.getByRole("link", { name: "Audit" })).toBeVisible();
  await stands(page);
  await page.getByRole("button", { name: "End", exact: true }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Welcome, Alice Aerts");
});

test("what is refused in somebody else's place is told", async ({ page, enter }) => {
  await enter(PEOPLE.alice, "/console/people/realms/staff/users/bob");
  await begin(page);
  await page.goto("/console/people/groups");
  await page.getByRole("button", { name: "New group" }).click();
  await page.getByRole("dialog").getByRole("textbox", { name: "Name" }).fill("friends");
  await page.getByRole("button", { name: "Make the group" }).click();
  await expect(page.getByRole("dialog").getByRole("alert")).toBeVisible();
  await stands(page);
});

test("nobody is offered the place of a superuser or the own one", async ({ page, enter }) => {
  await enter(PEOPLE.alice, "/console/people/realms/staff/users/alice");
  await expect(page.getByRole("button", { name: "Actions" })).toBeVisible();
  await expect(page.getByRole("button", { name: "Act as this user" })).toBeHidden();
});
