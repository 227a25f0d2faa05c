import { expect, PEOPLE, test } from "../support/test.ts";
import { act } from "./acts.ts";

test("a whole log is said to be whole, and a head of before is found in it", async ({
  page,
  enter,
  look,
}) => {
  await enter(PEOPLE.alice, "/console/audit");
  await page.getByRole("link", { name: "Verify the log" }).click();
  await page.getByRole("button", { name: "Verify now" }).click();
  await expect(page.getByText("The log is whole")).toBeVisible();
  await expect(
    page.getByText(/\d+ events were checked\. Nothing was changed, removed or added\./),
  ).toBeVisible();
  await look("audit-verify");
  const head = (await page.getByTestId("head").textContent()) ?? "";
  await act(page, "PUT", "/api/v1/settings/session", { idle_minutes: 20 });
  await page.getByLabel("Head of an earlier check").fill(head);
  await page.getByRole("button", { name: "Verify again" }).click();
  await expect(page.getByText("It contains the head that you gave")).toBeVisible();
});

test("a head that the log does not contain shows, and one that is none is told at its field", async ({
  page,
  enter,
  look,
}) => {
  await enter(PEOPLE.alice, "/console/audit/verify");
  const head = page.getByLabel("Head of an earlier check");
  await head.fill("nonsense");
  await page.getByRole("button", { name: "Verify now" }).click();
  await expect(page.getByText("Must be NUMBER:HASH, as an earlier check printed it.")).toBeVisible();
  await expect(head).toHaveAttribute("aria-invalid", "true");
  await head.fill(`5:${"ab".repeat(32)}`);
  await page.getByRole("button", { name: "Verify now" }).click();
  await expect(page.getByText("The log is broken")).toBeVisible();
  await expect(page.getByText("The log does not contain the head that was exported")).toBeVisible();
  await look("audit-broken");
});

test("a check that takes long shows that, and can be stopped", async ({ page, enter }) => {
  await enter(PEOPLE.alice, "/console/audit/verify");
  await page.route("**/api/v1/audit/verify", async (route) => {
    await new Promise((go) => setTimeout(go, 30_000));
    await route.continue().catch(() => undefined);
  });
  await page.getByRole("button", { name: "Verify now" }).click();
  await expect(
    page.getByText(/The server walks the chain\. [1-9]\d* seconds? so far\. About \d+ events to check\./),
  ).toBeVisible();
  await page.getByRole("button", { name: "Stop" }).click();
  await expect(page.getByText("The check was stopped.")).toBeVisible();
  await page.unrouteAll({ behavior: "ignoreErrors" });
});
