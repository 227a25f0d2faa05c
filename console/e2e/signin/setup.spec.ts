import { expect, field, forget, HOSTILE, PASSWORD, said, test } from "./support.ts";

test.describe("a new server", () => {
  test.use({ world: "nothing" });

  test("its first user is made, and comes in", async ({ page, server, arrive, me, look }) => {
    // Whoever opens it without the link is told what to do.
    await page.goto("/auth/login");
    await expect(said(page, /Nobody can sign in yet/)).toBeVisible();
    await look("signin-not-set-up");
    const link = server.printed(/(http:\/\/localhost:\d+\/auth\/setup#pol_[\w-]+)/);
    await page.goto(link);
    await expect(page).toHaveTitle("Set up the server - Portcullis");
    expect(page.url()).not.toContain("pol_");
    await expect(field(page, "Set-up code, as the server printed it")).toHaveCount(0);
    await expect(field(page, "User name")).toBeFocused();
    await look("signin-setup");
    await field(page, "User name").fill("root/of/all");
    await field(page, "Password").fill("short");
    await page.getByRole("button", { name: "Make the first user" }).click();
    await expect(field(page, "User name")).toHaveAccessibleDescription("A name has no “/”.");
    await field(page, "User name").fill("rosa");
    await page.getByRole("button", { name: "Make the first user" }).click();
    await expect(field(page, "Password")).toHaveAccessibleDescription("Use at least 8 characters.");
    await field(page, "Password").fill(PASSWORD);
    await page.getByRole("button", { name: "Make the first user" }).click();
    await arrive();
    expect((await me())?.username).toBe("rosa");
    await forget(page);
    await page.goto("/auth/setup");
    await expect(said(page, "The server is set up already. Sign in.")).toBeVisible();
  });

  test("the code can be typed; a wrong one is told", async ({ page, server, arrive }) => {
    await page.goto("/auth/setup");
    const code = field(page, "Set-up code, as the server printed it");
    await code.fill(HOSTILE);
    await field(page, "User name").fill("rosa");
    await field(page, "Password").fill(PASSWORD);
    await page.getByRole("button", { name: "Make the first user" }).click();
    await expect(said(page, /This set-up code is not good any more/)).toBeVisible();
    await code.fill(server.printed(/(pol_[\w-]+)/));
    await page.getByRole("button", { name: "Make the first user" }).click();
    await arrive();
  });
});
