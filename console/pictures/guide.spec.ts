/** The pictures of `docs/guide`, taken of the demonstration world: each is what a reader sees who does the same. */

import type { Page } from "@playwright/test";
import { expect, PEOPLE, test } from "../e2e/support/test.ts";

const FOLDER = "../docs/guide/pictures";

async function picture(page: Page, name: string, fullPage = false) {
  await page.waitForLoadState("networkidle");
  await page.screenshot({ path: `${FOLDER}/${name}.png`, fullPage });
}

test("signing in", async ({ page, server }) => {
  await page.goto(`${server.origin}/auth/login?next=/console/`);
  await page.getByLabel("User name or e-mail address").fill("alice");
  await picture(page, "sign-in");
});

test("first steps", async ({ page, enter }) => {
  await enter(PEOPLE.alice);
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await picture(page, "home");
});

test("modelling the tree", async ({ page, enter }) => {
  await enter(PEOPLE.alice, "/console/tree?node=/acme/northwind");
  await expect(page.getByRole("heading", { name: "northwind" })).toBeVisible();
  await picture(page, "tree");
});

test("roles and denies", async ({ page, enter }) => {
  await enter(PEOPLE.alice, "/console/roles");
  await page.getByRole("link", { name: "Editor", exact: true }).click();
  await expect(page.getByRole("heading", { name: "Editor", level: 1 })).toBeVisible();
  await picture(page, "role");
  const question = new URLSearchParams({
    principal: "/staff/bob",
    permission: "contract.delete",
    node: "/acme/northwind/contract-0001",
  });
  await page.goto(`/console/decide?${question}`);
  await expect(page.getByTestId("verdict")).toBeVisible();
  await picture(page, "deny", true);
});

test("people", async ({ page, enter }) => {
  await enter(PEOPLE.alice, "/console/people/realms/staff/users/bob");
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await picture(page, "user");
});

test("second factor", async ({ page, enter }) => {
  await enter(PEOPLE.carol, "/console/own/factors");
  await page.getByRole("button", { name: "Add", exact: true }).click();
  await page.getByRole("menuitem", { name: "Authenticator app" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name").fill("My phone");
  await dialog.getByRole("button", { name: "Next" }).click();
  await expect(dialog.getByRole("img", { name: /QR code/ })).toBeVisible();
  await picture(page, "second-factor");
});

test("API keys", async ({ page, enter }) => {
  await enter(PEOPLE.alice, "/console/own/keys");
  await page.getByRole("button", { name: "Create" }).first().click();
  await expect(page.getByRole("dialog")).toBeVisible();
  await picture(page, "api-key");
});

test("operating", async ({ page, enter }) => {
  await enter(PEOPLE.alice, "/console/settings/passwords");
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await picture(page, "settings");
  await page.goto("/console/audit");
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await picture(page, "audit");
});
