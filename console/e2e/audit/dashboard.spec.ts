import { expect, PEOPLE, test } from "../support/test.ts";
import { act, failToSignIn } from "./acts.ts";

test("failures, refusals and locks are counted, drawn, and told as numbers", async ({
  page,
  enter,
  look,
}) => {
  await enter(PEOPLE.bob);
  const refused = await page.request.get("/api/v1/audit/events");
  expect(refused.status()).toBe(403);
  await failToSignIn(page, 5, PEOPLE.carol);
  await failToSignIn(page, 1, PEOPLE.dave);
  await enter(PEOPLE.alice);
  await act(page, "POST", "/api/v1/realms/clients/users/dave/lock", { reason: "no longer a client" });
  await page.goto("/console/audit/dashboard");
  await expect(page.getByTestId("total-signIns")).toHaveText("2");
  await expect(page.getByTestId("total-failures")).toHaveText("2");
  await expect(page.getByTestId("total-refusals")).toHaveText("1");
  // The same failure is written once a minute; one lock is the server's after five failures, one the administrator's.
  await expect(page.getByTestId("total-locks")).toHaveText("2");
  const failures = page.getByRole("region", { name: "Failed sign-ins", exact: true });
  await expect(failures.getByRole("img", { name: "Failed sign-ins, 24 hours: 2 in all" })).toBeVisible();
  await failures.getByRole("button", { name: "Show as a table" }).click();
  const rows = failures.getByRole("table").getByRole("row");
  const sum = (await rows.allTextContents()).slice(1).reduce((all, text) => all + Number(text.at(-1)), 0);
  expect(sum).toBe(2);
  await look("audit-dashboard");
  const most = page.getByRole("region", { name: "Most failed sign-ins" });
  await expect(most.getByRole("listitem")).toHaveCount(2);
  await expect(most.getByRole("link", { name: "carol" })).toBeVisible();
  await most
    .getByRole("listitem")
    .filter({ hasText: "carol" })
    .getByRole("link", { name: "1 event" })
    .click();
  await expect(page).toHaveURL(/event_type=LOGIN_FAILED/);
  await expect(page.getByRole("main").getByText("carol").first()).toBeVisible();
});

test("the range stands in the address", async ({ page, enter, look }) => {
  await enter(PEOPLE.alice, "/console/audit/dashboard?range=30d");
  await expect(page.getByTestId("total-signIns")).toHaveText("1");
  await page.getByText("7 days", { exact: true }).click();
  await expect(page).toHaveURL(/range=7d/);
  await expect(page.getByRole("img", { name: "Sign-ins, 7 days: 1 in all" })).toBeVisible();
  await expect(page.getByText("None in this range")).toHaveCount(3);
  await look("audit-dashboard-quiet");
});

test("who may not read the log sees no chart", async ({ page, enter }) => {
  await enter(PEOPLE.bob, "/console/audit/dashboard");
  await expect(page.getByRole("alert")).toContainText("Not permitted");
  await expect(page.getByRole("img", { name: /Sign-ins/ })).toBeHidden();
});
