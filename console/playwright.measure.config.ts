import { defineConfig } from "@playwright/test";
import tests from "./playwright.config.ts";

/** What takes minutes and is read by people: figures, no tests. */
export default defineConfig({
  ...tests,
  testMatch: "**/*.measure.ts",
  timeout: 0,
  workers: 1,
  reporter: "line",
  projects: [{ name: "sqlite", metadata: { database: "sqlite" } }],
});
