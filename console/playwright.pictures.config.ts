import base from "./playwright.config.ts";

/** Takes the pictures of the guide: `npm run pictures`, under `with-postgres` or not. */
export default {
  ...base,
  testDir: "pictures",
  globalSetup: "./e2e/support/worlds.ts",
  workers: 1,
  reporter: "line",
  projects: [{ name: "sqlite", metadata: { database: "sqlite" } }],
  use: { ...base.use, viewport: { width: 1120, height: 720 } },
};
