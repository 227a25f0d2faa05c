import { expect, PEOPLE, test } from "../support/test.ts";

test("people at a glance lead to all of it", async ({ page, enter, look }) => {
  await enter(PEOPLE.alice, "/console/people");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("People");
  const staff = page.getByRole("row", { name: /staff/ }).filter({ hasText: "clients" });
  await expect(staff).toContainText("3");
  for (const name of ["Groups and departments", "Service accounts", "Connections of realms", "Locked out"]) {
    await expect(page.getByRole("link", { name })).toBeVisible();
  }
  await look("people");
});

test("a user is found in all realms", async ({ page, enter }) => {
  await enter(PEOPLE.alice, "/console/people");
  await page.getByRole("searchbox").fill("da");
  await page.getByRole("link", { name: "dave" }).click();
  await expect(page).toHaveURL(/\/people\/realms\/clients\/users\/dave$/);
});

test("a realm is made, connected, disconnected and deleted", async ({ page, enter, look }) => {
  await enter(PEOPLE.alice, "/console/people");
  await page.getByRole("button", { name: "New realm" }).click();
  await page.getByRole("dialog").getByRole("textbox", { name: "Name" }).fill("staff");
  await page.getByRole("button", { name: "Make the realm" }).click();
  await expect(page.getByRole("dialog")).toContainText(/already|taken|exists|name/i);
  await page.getByRole("dialog").getByRole("textbox", { name: "Name" }).fill("partners");
  await page.getByRole("button", { name: "Make the realm" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("partners");
  await expect(page.getByText("Nobody is here yet")).toBeVisible();

  await page.getByRole("tab", { name: "Where they sign in" }).click();
  await page.getByRole("button", { name: "Let its users in elsewhere" }).click();
  const where = page.getByRole("textbox", { name: "Where may they sign in?" });
  await where.fill("staff");
  await page.getByRole("option", { name: "staff" }).click();
  await expect(page.getByRole("dialog")).toContainText(
    "Users of partners may sign in where users of staff may. Not the other way round.",
  );
  await page.getByRole("button", { name: "Connect realms" }).click();
  await expect(page.getByText("Applications there: acme.")).toBeVisible();
  await look("people-sharing");

  await page.goto("/console/people/connections");
  await expect(page.getByText("Users of partners may sign in where users of staff may.")).toBeVisible();
  await look("people-connections");
  await page.getByRole("button", { name: "Disconnect partners from staff" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Disconnect" }).click();
  await expect(page.getByText("Users of partners may sign in where users of staff may.")).toBeHidden();

  await page.goto("/console/people/realms/partners?tab=settings");
  await page.getByRole("button", { name: "Delete the realm" }).click();
  const dialog = page.getByRole("dialog");
  await expect(dialog.getByRole("button", { name: "Delete the realm" })).toBeDisabled();
  await dialog.getByRole("textbox").fill("partners");
  await look("people-delete-realm");
  await dialog.getByRole("button", { name: "Delete the realm" }).click();
  await expect(page).toHaveURL(/\/console\/people$/);
  await expect(page.getByRole("link", { name: "staff" }).first()).toBeVisible();
  await expect(page.getByRole("link", { name: "partners" })).toBeHidden();
});

test("a realm with users is not deleted, and says why", async ({ page, enter }) => {
  await enter(PEOPLE.alice, "/console/people/realms/clients?tab=settings");
  await page.getByRole("button", { name: "Delete the realm" }).click();
  const dialog = page.getByRole("dialog");
  await expect(dialog).toContainText("One user is in this realm.");
  await dialog.getByRole("textbox").fill("clients");
  await dialog.getByRole("button", { name: "Delete the realm" }).click();
  await expect(dialog.getByRole("alert").last()).toBeVisible();
  await dialog.getByRole("button", { name: "Cancel" }).click();
  await page.reload();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("clients");
});

test("registration opens for some domains, and closes", async ({ page, enter, look }) => {
  await enter(PEOPLE.alice, "/console/people/realms/clients?tab=settings");
  const open = page.getByRole("switch", { name: "Strangers may register" });
  await open.focus();
  await page.keyboard.press("Space");
  const domains = page.getByLabel("Only with addresses at");
  await domains.fill("no domain");
  await domains.press("Enter");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText(/domain/i).last()).toBeVisible();
  await expect(domains).toHaveAttribute("aria-invalid", "true");
  await domains.press("Backspace");
  await domains.fill("example.com");
  await domains.press("Enter");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("Strangers may register now.")).toBeVisible();
  await look("people-registration");
  await page.reload();
  await expect(open).toBeChecked();
  await expect(page.getByText("example.com")).toBeVisible();
  await open.focus();
  await page.keyboard.press("Space");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("Registration is closed.")).toBeVisible();
});

test.describe("with mail", () => {
  // Nothing listens there: the letter waits in the outbox.
  test.use({
    settings: {
      PORTCULLIS_MAIL_HOST: "127.0.0.1",
      PORTCULLIS_MAIL_PORT: "9",
      PORTCULLIS_MAIL_FROM: "portcullis@example.com",
    },
  });

  test("somebody is invited, and the invitation taken back", async ({ page, enter, look }) => {
    await enter(PEOPLE.alice, "/console/people/realms/staff?tab=invitations");
    await expect(page.getByText("Nobody is invited")).toBeVisible();
    await page.getByRole("button", { name: "Invite" }).click();
    await page.getByRole("textbox", { name: "E-mail address" }).fill("erin");
    await page.getByRole("button", { name: "Send the invitation" }).click();
    await expect(page.getByRole("dialog")).toContainText("Must be an e-mail address");
    await page.getByRole("textbox", { name: "E-mail address" }).fill("erin@example.com");
    await page.getByRole("button", { name: "Send the invitation" }).click();
    await expect(page.getByRole("row", { name: /erin@example.com/ })).toBeVisible();
    await look("people-invitations");
    await page.getByRole("button", { name: "Take back the invitation to erin@example.com" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Take back" }).click();
    await expect(page.getByText("Nobody is invited")).toBeVisible();
  });
});

test("all sessions of a realm are ended, but the own one", async ({ page, enter, request, server, look }) => {
  const body = { type: "password", realm: "staff", authentication_id: "bob", secret: PEOPLE.bob.password };
  const bob = await request.post(`${server.origin}/auth/login`, { data: body });
  const { access_token } = await bob.json();
  await enter(PEOPLE.alice, "/console/people/realms/staff?tab=sessions");
  await expect(page.getByRole("link", { name: "bob" })).toBeVisible();
  await look("people-realm-sessions");
  await page.getByRole("button", { name: "End all sessions" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "End all sessions" }).click();
  await expect(page.getByText("One session was ended, no device forgotten.")).toBeVisible();
  const me = await request.get(`${server.origin}/auth/me`, {
    headers: { authorization: `Bearer ${access_token}` },
  });
  expect(me.status()).toBe(401);
});
