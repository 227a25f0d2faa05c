import { expect, PEOPLE, test } from "../support/test.ts";

const BOB = "/console/people/realms/staff/users/bob";

test("a user is made with a first password, by keyboard alone, and signs in", async ({
  page,
  enter,
  look,
  request,
  server,
}) => {
  await enter(PEOPLE.alice, "/console/people/realms/staff");
  await look("people-users");
  await page.getByRole("button", { name: "New user" }).focus();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("textbox", { name: "User name" })).toBeFocused();
  await page.keyboard.type("erin");
  await page.keyboard.press("Tab");
  await page.keyboard.type("Erin Evers");
  await page.getByRole("textbox", { name: "First password" }).fill("short");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("textbox", { name: "First password" })).toHaveAttribute("aria-invalid", "true");
  await page.getByRole("button", { name: "Make a good one for me" }).click();
  const password = (await page.getByRole("dialog").locator("code, pre").first().textContent()) ?? "";
  expect(password.trim()).toMatch(/^[a-zA-Z2-9]{20}$/);
  await look("people-new-user");
  await page.getByRole("button", { name: "Make the user" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("erin");
  await expect(page.getByRole("main")).toContainText("Erin Evers");
  const body = { type: "password", realm: "staff", authentication_id: "erin", secret: password.trim() };
  const signedIn = await request.post(`${server.origin}/auth/login`, { data: body });
  expect((await signedIn.json()).password_change_required).toBe(true);
});

test("the profile is changed, with aliases, attributes and metadata", async ({ page, enter, look }) => {
  await enter(PEOPLE.alice, BOB);
  await expect(page.getByRole("textbox", { name: "Full name" })).toHaveValue("Bob Baert");
  await look("people-profile");
  await page.getByRole("textbox", { name: "Full name" }).fill("Robert Baert");
  await page.getByRole("textbox", { name: "E-mail address" }).fill("no address");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("Must be an e-mail address of at most 254 characters.")).toBeVisible();
  await page.getByRole("textbox", { name: "E-mail address" }).fill("robert@example.com");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("The profile was saved.")).toBeVisible();

  await page.getByRole("textbox", { name: "Alias" }).fill("bobby@example.com");
  await page.getByRole("button", { name: "Add the alias" }).click();
  await page.getByRole("button", { name: "Remove the alias bobby@example.com" }).click();
  await expect(page.getByRole("cell", { name: "bobby@example.com" })).toBeHidden();
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(page.getByRole("cell", { name: "bobby@example.com" })).toBeVisible();

  await page.getByRole("button", { name: "Add an attribute" }).click();
  await page.getByRole("textbox", { name: "Name", exact: true }).last().fill("id");
  await page.getByRole("textbox", { name: "Value", exact: true }).last().fill("x");
  const attributes = page.getByRole("heading", { name: "Attributes" }).locator("..").locator("..");
  await attributes.getByRole("button", { name: "Save" }).click();
  await expect(attributes.getByRole("alert")).toContainText("the name 'id' is built in");
  await page.getByRole("textbox", { name: "Name", exact: true }).last().fill("country");
  await attributes.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("The attributes were saved.")).toBeVisible();

  const metadata = page.getByRole("textbox", { name: "Metadata" });
  await metadata.fill("[1]");
  await page.getByRole("button", { name: "Save" }).last().click();
  await expect(page.getByText("This is not a JSON object")).toBeVisible();
  await metadata.fill('{"theme": "dark"}');
  await page.getByRole("button", { name: "Save" }).last().click();
  await expect(page.getByText("The metadata were saved.")).toBeVisible();

  await page.reload();
  await expect(page.getByRole("textbox", { name: "Full name" })).toHaveValue("Robert Baert");
  await expect(page.getByRole("textbox", { name: "Name", exact: true }).first()).toHaveValue("country");
  await expect(metadata).toHaveValue(/"theme": "dark"/);
});

test("who changes what somebody else changed meanwhile is told", async ({ page, enter }) => {
  await enter(PEOPLE.alice, BOB);
  await page.getByRole("textbox", { name: "Full name" }).fill("Robert");
  const other = await page.request.patch("/api/v1/realms/staff/users/bob", {
    data: { full_name: "Bobby" },
    headers: { "sec-fetch-site": "same-origin" },
  });
  expect(other.status()).toBe(200);
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("alert")).toContainText("Changed in the meantime");
  await expect(page.getByRole("textbox", { name: "Full name" })).toHaveValue("Robert");
});

test("another user name has another address", async ({ page, enter }) => {
  await enter(PEOPLE.alice, BOB);
  await page.getByRole("textbox", { name: "User name" }).fill("robert");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page).toHaveURL(/\/users\/robert$/);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("robert");
});

test("a user is locked with a reason, found among the locked, and unlocked", async ({
  page,
  enter,
  look,
}) => {
  await enter(PEOPLE.alice, BOB);
  await page.getByRole("button", { name: "Actions" }).click();
  await page.getByRole("menuitem", { name: "Lock" }).click();
  await page.getByRole("combobox", { name: "How long" }).click();
  await page.getByRole("option", { name: "For a day" }).click();
  await page.getByRole("textbox", { name: "Reason" }).fill("lost his phone");
  await look("people-lock");
  await page.getByRole("dialog").getByRole("button", { name: "Lock" }).click();
  await expect(page.getByText("Reason: lost his phone")).toBeVisible();
  await look("people-locked");
  await page.goto("/console/people/locks");
  await expect(page.getByRole("row", { name: /bob@staff/ })).toContainText("lost his phone");
  await look("people-locks");
  await page.getByRole("button", { name: "Unlock bob@staff" }).click();
  await expect(page.getByText("No user is locked")).toBeVisible();
});

test("a user is switched off and on again", async ({ page, enter }) => {
  await enter(PEOPLE.alice, BOB);
  await page.getByRole("button", { name: "Actions" }).click();
  await page.getByRole("menuitem", { name: "Switch off" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Switch off" }).click();
  await expect(page.getByText("This user is switched off")).toBeVisible();
  await page.getByRole("button", { name: "Switch on" }).click();
  await expect(page.getByText("This user is switched off")).toBeHidden();
});

test("another password ends the sessions of the user", async ({ page, enter, request, server }) => {
  const login = (secret: string) =>
    request.post(`${server.origin}/auth/login`, {
      data: { type: "password", realm: "staff", authentication_id: "bob", secret },
    });
  const { access_token } = await (await login(PEOPLE.bob.password)).json();
  await enter(PEOPLE.alice, BOB);
  await page.getByRole("button", { name: "Actions" }).click();
  await page.getByRole("menuitem", { name: "Give another password" }).click();
  await page.getByRole("textbox", { name: "New password" }).fill("tulip-harvest-1204");
  await page.getByRole("button", { name: "Give the password" }).click();
  await expect(page.getByText("bob has another password.")).toBeVisible();
  const me = await request.get(`${server.origin}/auth/me`, {
    headers: { authorization: `Bearer ${access_token}` },
  });
  expect(me.status()).toBe(401);
  expect((await (await login("tulip-harvest-1204")).json()).password_change_required).toBe(true);
});

test("what a user has is shown with its way, and can be changed", async ({ page, enter, look }) => {
  await enter(PEOPLE.alice, "/console/people/realms/staff/users/carol?tab=access");
  await expect(page.getByRole("row", { name: /Viewer/ })).toContainText("/acme/belgium");
  await expect(page.getByRole("link", { name: "Give a role" })).toHaveAttribute(
    "href",
    "/console/roles/assignments?new&subject=%2Fstaff%2Fcarol",
  );
  await expect(page.getByRole("link", { name: "Ask what the user may do" })).toHaveAttribute(
    "href",
    "/console/decide?principal=%2Fstaff%2Fcarol",
  );
  await page.getByRole("textbox", { name: "Put into a group" }).fill("sales");
  await page.getByRole("option", { name: /sales/ }).click();
  await page.getByRole("button", { name: "Add", exact: true }).click();
  await expect(page.getByRole("row", { name: /Editor/ })).toContainText("/acme/northwind");
  await look("people-access");
  await page.getByRole("combobox", { name: "Default role" }).click();
  await page.getByRole("option", { name: "Viewer@/acme" }).click();
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("The default role was saved.")).toBeVisible();
  await page.reload();
  await expect(page.getByRole("combobox", { name: "Default role" })).toHaveValue("Viewer@/acme");
  await page.getByRole("button", { name: "Take out of sales@/acme/northwind" }).click();
  await expect(page.getByRole("row", { name: /Editor/ })).toBeHidden();
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(page.getByRole("row", { name: /Editor/ })).toBeVisible();
  await page.getByRole("button", { name: /Remove the role Viewer/ }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Remove" }).click();
  await expect(page.getByText("No role was given directly")).toBeVisible();
});

test("one session of a user is ended, then all", async ({ page, enter, request, server, look }) => {
  const login = async (device_name: string) => {
    const data = {
      type: "password",
      realm: "staff",
      authentication_id: "bob",
      secret: PEOPLE.bob.password,
      device_name,
    };
    return (await (await request.post(`${server.origin}/auth/login`, { data })).json()).access_token;
  };
  const alive = async (token: string) =>
    (await request.get(`${server.origin}/auth/me`, { headers: { authorization: `Bearer ${token}` } })).ok();
  const [phone, laptop] = [await login("phone"), await login("laptop")];
  await enter(PEOPLE.alice, `${BOB}?tab=sessions`);
  await expect(page.getByRole("row", { name: /phone/ })).toContainText("127.0.0.1");
  await look("people-sessions");
  await page.getByRole("button", { name: "End the session with phone" }).click();
  await expect(page.getByRole("row", { name: /phone/ })).toBeHidden();
  expect([await alive(phone), await alive(laptop)]).toEqual([false, true]);
  await page.getByRole("button", { name: "End all sessions" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "End all sessions" }).click();
  await expect(page.getByText("Not signed in anywhere")).toBeVisible();
  expect(await alive(laptop)).toBe(false);
});

test("factors, keys: nothing there says what to do", async ({ page, enter, look }) => {
  await enter(PEOPLE.alice, `${BOB}?tab=factors`);
  await expect(page.getByText("No second factor", { exact: true })).toBeVisible();
  await look("people-factors");
  await page.getByRole("tab", { name: "API keys" }).click();
  await expect(page).toHaveURL(/tab=keys/);
  await expect(page.getByText("No API keys")).toBeVisible();
});

test("a key that a user made is revoked", async ({ page, enter, request, server }) => {
  const input = {
    type: "password",
    realm: "staff",
    authentication_id: "carol",
    secret: PEOPLE.carol.password,
  };
  const { access_token } = await (await request.post(`${server.origin}/auth/login`, { data: input })).json();
  const made = await request.post(`${server.origin}/api/v1/api-keys`, {
    headers: { authorization: `Bearer ${access_token}` },
    data: { name: "script", role: "Viewer@/acme" },
  });
  expect(made.status(), await made.text()).toBe(201);
  await enter(PEOPLE.alice, "/console/people/realms/staff/users/carol?tab=keys");
  await page.getByRole("button", { name: "Revoke the key script" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Revoke" }).click();
  await expect(page.getByText("No API keys")).toBeVisible();
  const { key } = await made.json();
  expect((await request.get(`${server.origin}/auth/me`, { headers: { "x-api-key": key } })).status()).toBe(
    401,
  );
});

test("a user's data are exported, then erased", async ({ page, enter, look }) => {
  await enter(PEOPLE.alice, `${BOB}?tab=data`);
  await look("people-data");
  const waiting = page.waitForEvent("download");
  await page.getByRole("button", { name: "Download as JSON" }).click();
  const download = await waiting;
  expect(download.suggestedFilename()).toBe("bob@staff.json");
  const file = await (await download.createReadStream()).toArray();
  expect(Buffer.concat(file).toString()).toContain("bob@example.com");
  await page.getByRole("button", { name: "Erase", exact: true }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("textbox").fill("bo");
  await expect(dialog.getByRole("button", { name: "Erase" })).toBeDisabled();
  await dialog.getByRole("textbox").fill("bob");
  await dialog.getByRole("button", { name: "Erase" }).click();
  await expect(page).toHaveURL(/\/people\/realms\/staff$/);
  await expect(page.getByRole("link", { name: "carol" })).toBeVisible();
  await expect(page.getByRole("link", { name: "bob" })).toBeHidden();
});

test("a user is deleted; the last superuser is not", async ({ page, enter }) => {
  await enter(PEOPLE.alice, `${BOB}?tab=data`);
  await page.getByRole("button", { name: "Delete the user" }).click();
  await page.getByRole("dialog").getByRole("textbox").fill("bob");
  await page.getByRole("dialog").getByRole("button", { name: "Delete the user" }).click();
  await expect(page).toHaveURL(/\/people\/realms\/staff$/);
  await expect(page.getByRole("link", { name: "bob" })).toBeHidden();
  await page.goto("/console/people/realms/staff/users/alice?tab=data");
  await page.getByRole("button", { name: "Delete the user" }).click();
  await page.getByRole("dialog").getByRole("textbox").fill("alice");
  await page.getByRole("dialog").getByRole("button", { name: "Delete the user" }).click();
  await expect(page.getByRole("dialog").getByRole("alert")).toContainText(/superuser/);
});

test("who may not manage users is told so", async ({ page, enter }) => {
  await enter(PEOPLE.carol, "/console/people");
  await expect(page.getByRole("button", { name: "New realm" })).toBeHidden();
  await page.goto(BOB);
  await expect(page.getByRole("alert")).toBeVisible();
  await expect(page.getByRole("button", { name: "Actions" })).toBeHidden();
});

test("an id leads to whom it belongs", async ({ page, enter }) => {
  await enter(PEOPLE.alice, "/console/people");
  const idOf = async (path: string) =>
    (await (await page.request.get(`/api/v1/nodes/${encodeURIComponent(path)}`)).json()).id as string;
  await page.goto(`/console/people/by-id/${await idOf("/staff/bob")}`);
  await expect(page).toHaveURL(/\/people\/realms\/staff\/users\/bob$/);
  await page.goto(`/console/people/by-id/${await idOf("/acme/northwind/sales")}`);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("sales");
  await page.goto(`/console/people/by-id/${await idOf("/acme/belgium")}`);
  await expect(page.getByText("/acme/belgium is neither a user")).toBeVisible();
  await page.goto("/console/people/by-id/00000000-0000-7000-8000-000000000000");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Nobody with this id");
});
