import { expect, forget, PASSWORD, test } from "./support.ts";

test.beforeEach(async ({ admin }) => {
  await admin.user("jane", { roles: ["editor", "viewer"] });
});

test("who holds several roles chooses one, once", async ({ page, admin, type, arrive, look }) => {
  await admin.set("roles", { mode: "choice" });
  await page.goto("/auth/login?next=/livez");
  await type("jane");
  await expect(page).toHaveTitle("Choose a role - Portcullis");
  await expect(page.getByRole("radio")).toHaveCount(2);
  await look("signin-role");
  await page.getByRole("radio", { name: "viewer" }).check();
  await page.getByRole("button", { name: "Use this role" }).click();
  await arrive("/livez");
  const me = await (await page.request.get("/auth/me")).json();
  expect(me).toMatchObject({ default_role: "viewer", active_role: "viewer" });
  // It was chosen, so nobody asks again; it can be changed at any time.
  await forget(page);
  await page.goto("/auth/login?next=/livez");
  await type("jane");
  await arrive("/livez");
  await page.goto("/auth/default-role?next=/livez");
  await expect(page.getByRole("radio", { name: "viewer" })).toBeChecked();
  await page.getByRole("radio", { name: "editor" }).check();
  await page.getByRole("button", { name: "Use this role" }).click();
  await arrive("/livez");
  expect((await (await page.request.get("/auth/me")).json()).active_role).toBe("editor");
});

test("it can be decided later", async ({ page, admin, type, arrive }) => {
  await admin.set("roles", { mode: "single" });
  await page.goto("/auth/login?next=/livez");
  await type("jane");
  await page.getByRole("button", { name: "Decide later" }).click();
  await arrive("/livez");
  expect((await (await page.request.get("/auth/me")).json()).default_role).toBeNull();
});

test("nobody is asked where all roles count together, or with one role", async ({
  page,
  admin,
  type,
  arrive,
}) => {
  await page.goto("/auth/login?next=/livez");
  await type("jane");
  await arrive("/livez");
  await admin.set("roles", { mode: "choice" });
  await admin.ask("POST", "/api/v1/realms/main/users", {
    username: "ann",
    password: PASSWORD,
    roles: ["viewer"],
  });
  await forget(page);
  await page.goto("/auth/login?next=/livez");
  await type("ann");
  await arrive("/livez");
});
