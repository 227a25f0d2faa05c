import { defineConfig } from "@playwright/test";

/** Where pictures and traces of a run are left. */
export const RESULTS = "results";

export default defineConfig({
  testDir: "e2e",
  outputDir: `${RESULTS}/runs`,
  globalSetup: "./e2e/support/worlds.ts",
  // Each test has a server of its own, so they need not wait for each other.
  fullyParallel: true,
  workers: 2,
  forbidOnly: true,
  timeout: 120_000,
  expect: { timeout: 20_000 },
  reporter: [["list"], ["json", { outputFile: `${RESULTS}/report.json` }]],
  projects: [
    { name: "sqlite", metadata: { database: "sqlite" } },
    { name: "postgres", metadata: { database: "postgres" } },
  ],
  use: {
    locale: "en-GB",
    timezoneId: "Europe/Brussels",
    viewport: { width: 1280, height: 800 },
    // Nothing slides or fades while it is looked at.
    contextOptions: { reducedMotion: "reduce" },
    screenshot: "only-on-failure",
    // `TRACE=1` keeps a trace of each failure; noting all that happens takes a third of the time.
    trace: process.env.TRACE ? "retain-on-failure" : "off",
    launchOptions: {
      executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
      // Nothing of the browser's own goes out, and it runs as whoever runs the tests.
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    },
  },
});
