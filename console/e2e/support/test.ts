/** Playwright's `test` with a server for each test, a page that notes what must not happen, and the demo's people. */

import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import AxeBuilder from "@axe-core/playwright";
import { test as base, expect, type Page } from "@playwright/test";
import { RESULTS } from "../../playwright.config.ts";
import { type Backend, Server, type World } from "./server.ts";

export { expect };

/** Who is in `demo/world.yaml`, and the superuser of the world `empty`. */
export const PEOPLE = {
  alice: { username: "alice", realm: "staff", password: "lantern-harbour-17" },
  bob: { username: "bob", realm: "staff", password: "copper-meadow-42" },
  carol: { username: "carol", realm: "staff", password: "violet-anchor-88" },
  dave: { username: "dave", realm: "clients", password: "silent-orchard-63" },
  root: { username: "root", realm: "main", password: "correct horse battery" },
} as const;
export type Person = (typeof PEOPLE)[keyof typeof PEOPLE];

interface Options {
  /** What the server starts with; `test.use({ world: "empty" })`. */
  world: World;
  /** Settings of the server, as environment. */
  settings: Record<string, string>;
}

interface Fixtures {
  server: Server;
  /** Signs in, and opens a page of the console. */
  enter(person: Person, path?: string): Promise<void>;
  /**
   * The page as it stands, light, dark and on a phone: no finding of axe, nothing wider than the phone; a picture of
   * each is kept.
   */
  look(name: string): Promise<void>;
}

export const test = base.extend<Options & Fixtures>({
  world: ["demo", { option: true }],
  settings: [{}, { option: true }],

  server: async ({ world, settings }, use, info) => {
    const server = await Server.on(info.project.metadata.database as Backend, world, settings);
    await use(server);
    await server.remove();
  },

  baseURL: async ({ server }, use) => use(server.origin),

  page: async ({ page, server }, use) => {
    const wrong: string[] = [];
    watch(page, server.origin, wrong);
    await use(page);
    expect(wrong, "what the browser complained of").toEqual([]);
  },

  enter: async ({ page }, use) =>
    use(async (person, path = "/console/") => {
      const { username, realm, password } = person;
      const body = {
        type: "password",
        realm,
        authentication_id: username,
        secret: password,
        session: "cookie",
      };
      const answer = await page.request.post("/auth/login", {
        data: body,
        headers: { "sec-fetch-site": "same-origin" },
      });
      expect(answer.status(), await answer.text()).toBe(200);
      await page.goto(path);
    }),

  look: async ({ page }, use, info) =>
    use(async (name) => {
      await page.locator("h1").first().waitFor({ state: "attached" });
      const folder = join(RESULTS, "screenshots", info.project.name);
      await mkdir(folder, { recursive: true });
      const size = page.viewportSize();
      const picture = (kind: string) =>
        page.screenshot({ path: join(folder, `${name}-${kind}.png`), fullPage: true });
      // How a page looks does not depend on the database: on the second one a picture is enough.
      if (info.project.metadata.database === "postgres") return void (await picture("light"));
      for (const colorScheme of ["light", "dark"] as const) {
        await page.emulateMedia({ colorScheme });
        await scheme(page, colorScheme);
        await accessible(page, `${name}, ${colorScheme}`);
        await picture(colorScheme);
      }
      await page.emulateMedia({ colorScheme: "light" });
      await page.setViewportSize({ width: 390, height: 844 });
      // The navigation slides away first.
      const wide = () => page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      await expect.poll(wide, `${name} is wider than a phone`).toBeLessThanOrEqual(0);
      await picture("phone");
      if (size) await page.setViewportSize(size);
    }),
});

/** Waits until the console has its colours; the sign-in pages have theirs by the style sheet alone. */
async function scheme(page: Page, wanted: "light" | "dark") {
  await page.waitForFunction((colours) => {
    const now = document.documentElement.dataset.mantineColorScheme;
    return now === undefined || now === colours;
  }, wanted);
}

/** Nothing that axe calls a fault of WCAG 2.2, level AA. */
export async function accessible(page: Page, name: string) {
  const rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
  const { violations } = await new AxeBuilder({ page }).withTags(rules).analyze();
  const told = violations.map(
    ({ id, help, nodes }) => `${id}: ${help}: ${nodes.map((node) => node.html).join(" ")}`,
  );
  expect(told, `axe on ${name}`).toEqual([]);
}

/** Notes what a page must not do: errors, broken rules of its policy, questions to others, code that somebody typed. */
function watch(page: Page, origin: string, wrong: string[]) {
  page.on("pageerror", (error) => wrong.push(`error: ${error.message}`));
  page.on("dialog", (dialog) => {
    wrong.push(`dialog: ${dialog.message()}`);
    dialog.dismiss();
  });
  page.on("console", (message) => {
    const text = message.text();
    // Refusals are answers too; each test looks at what the page makes of them.
    if (message.type() === "error" && !text.startsWith("Failed to load resource")) wrong.push(text);
    if (/Content.Security.Policy|TrustedHTML/i.test(text)) wrong.push(text);
  });
  page.on("request", (request) => {
    const url = request.url();
    if (!url.startsWith(`${origin}/`) && !/^(data|blob|about):/.test(url))
      wrong.push(`asked elsewhere: ${url}`);
  });
}
