import base from "./playwright.config.ts";

/** Figures, not tests: one at a time, against the program as it is given to users. */
export default {
  ...base,
  testDir: "bench",
  globalSetup: "./e2e/support/worlds.ts",
  workers: 1,
  reporter: "line",
  timeout: 900_000,
  use: { ...base.use, trace: "off" as const },
};
