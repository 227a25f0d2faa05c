import { expect, PEOPLE, test } from "../support/test.ts";

test.use({ settings: { PORTCULLIS_LOCKOUT_SOURCE_ATTEMPTS: "3" } });

test("an address that failed too often is listed and let in again", async ({
  page,
  enter,
  request,
  server,
  look,
}) => {
  await enter(PEOPLE.alice, "/console/people/locks?tab=sources");
  await expect(page.getByText("No address is locked out")).toBeVisible();
  for (const name of ["a", "b", "c", "d"]) {
    const data = { type: "password", realm: "staff", authentication_id: name, secret: "wrong" };
    await request.post(`${server.origin}/auth/login`, { data });
  }
  await page.reload();
  await expect(page.getByRole("row", { name: /127\.0\.0\.1/ })).toBeVisible();
  await look("people-sources");
  await page.getByRole("button", { name: "Unlock 127.0.0.1" }).click();
  await expect(page.getByText("No address is locked out")).toBeVisible();
});
