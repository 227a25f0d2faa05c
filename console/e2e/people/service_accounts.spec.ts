import { expect, PEOPLE, test } from "../support/test.ts";

test("a service account gets a role and a key, works, and stops when switched off", async ({
  page,
  enter,
  look,
  request,
  server,
}) => {
  test.setTimeout(180_000);
  await enter(PEOPLE.alice, "/console/people/service-accounts");
  await expect(page.getByText("There are no service accounts")).toBeVisible();
  await page.getByRole("button", { name: "New service account" }).click();
  await page.getByRole("textbox", { name: "Name" }).fill("nightly");
  await page.getByRole("textbox", { name: "What it is for" }).fill("Copies the contracts each night");
  await page.getByRole("textbox", { name: "Owner" }).fill("acme");
  await page.getByRole("option", { name: "/acme" }).click();
  await page.getByRole("button", { name: "Make the account" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("nightly");

  await page.getByRole("button", { name: "New key" }).click();
  await page.getByRole("textbox", { name: "Name" }).fill("server 7");
  await page.getByRole("textbox", { name: "Role" }).fill("Viewer");
  await page
    .getByRole("option", { name: /Viewer/ })
    .first()
    .click();
  await page.getByRole("button", { name: "Make the key" }).click();
  await expect(page.getByRole("dialog")).toContainText(/role/i);
  await expect(page.getByRole("textbox", { name: "Role" })).toHaveAttribute("aria-invalid", "true");
  await page.getByRole("button", { name: "Cancel" }).click();

  const given = await page.request.post("/api/v1/assignments", {
    data: { subject: "/acme/nightly", role: "Viewer@/acme", node: "/acme/belgium" },
    headers: { "sec-fetch-site": "same-origin" },
  });
  expect(given.status(), await given.text()).toBe(201);
  await page.getByRole("button", { name: "New key" }).click();
  await page.getByRole("textbox", { name: "Name" }).fill("server 7");
  await page.getByRole("textbox", { name: "Role" }).fill("Viewer");
  await page.getByRole("option", { name: /Viewer\s*\/acme/ }).click();
  await page.getByRole("combobox", { name: "Lifetime" }).click();
  await page.getByRole("option", { name: "7 days" }).click();
  await page.getByRole("button", { name: "Make the key" }).click();
  await expect(page.getByText("Shown this one time")).toBeVisible();
  const key = ((await page.getByRole("dialog").locator("pre, code").first().textContent()) ?? "").trim();
  await look("people-new-key");
  const me = () => request.get(`${server.origin}/auth/me`, { headers: { "x-api-key": key } });
  expect((await (await me()).json()).username).toBe("nightly");
  await page.getByRole("button", { name: "I have kept it" }).click();
  await expect(page.getByText(key)).toBeHidden();
  await expect(page.getByRole("row", { name: /server 7/ })).toContainText("in 7 days");
  await look("people-account");

  await page.getByRole("button", { name: "Switch off" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Switch off" }).click();
  await expect(page.getByText("Switched off").first()).toBeVisible();
  expect((await me()).status()).toBe(401);
  await page.getByRole("button", { name: "Switch on" }).click();
  await expect(page.getByText("Active")).toBeVisible();
  expect((await me()).status()).toBe(200);

  await page.getByRole("button", { name: "Revoke the key server 7" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Revoke" }).click();
  await expect(page.getByText("No API keys")).toBeVisible();
  expect((await me()).status()).toBe(401);

  await page.getByRole("tab", { name: "Roles" }).click();
  await expect(page.getByRole("row", { name: /Viewer/ })).toContainText("/acme/belgium");
  await page.getByRole("tab", { name: "About and end" }).click();
  await look("people-account-about");
  await page.getByRole("button", { name: "Delete the account" }).click();
  await page.getByRole("dialog").getByRole("textbox").fill("nightly");
  await page.getByRole("dialog").getByRole("button", { name: "Delete the account" }).click();
  await expect(page.getByText("There are no service accounts")).toBeVisible();
});
