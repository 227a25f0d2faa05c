import { expect, PEOPLE, test } from "../support/test.ts";

// A text that is missing or broken is an error in the browser's console, and fails the test by itself.
test("each page stands in German", async ({ page, enter, context, server, look }) => {
  await context.addCookies([{ name: "portcullis-language", value: "de", url: server.origin }]);
  await enter(PEOPLE.alice, "/console/people");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Personen");
  for (const path of [
    "connections",
    "locks",
    "locks?tab=sources",
    "realms/staff",
    "realms/staff?tab=invitations",
    "realms/staff?tab=sessions",
    "realms/staff?tab=sharing",
    "realms/staff?tab=settings",
    "realms/staff/users/bob?tab=access",
    "realms/staff/users/bob?tab=sessions",
    "realms/staff/users/bob?tab=factors",
    "realms/staff/users/bob?tab=keys",
    "realms/staff/users/bob?tab=data",
    "groups",
    "groups/sales%40%2Facme%2Fnorthwind?tab=settings",
    "service-accounts",
    "by-id/0",
  ]) {
    await page.goto(`/console/people/${path}`);
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    await page.waitForLoadState("networkidle");
    await expect(page.getByRole("main")).not.toContainText("people.");
  }
  await page.goto("/console/people/realms/staff/users/bob");
  await expect(page.getByRole("heading", { name: "Attribute" })).toBeVisible();
  await look("people-german");
});
