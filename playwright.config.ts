// Whole-app tests against real bootstrap nodes. Each spec starts and stops its own, so there is no web server here.
import { defineConfig } from "@playwright/test";
import { chromiumFlags, findChromium } from "./tools/chromium.mjs";

export default defineConfig({
  testDir: "test/browser",
  testMatch: "**/*.spec.ts",
  outputDir: "test-results",
  workers: 1, // one network at a time on small machines
  retries: 0, // a test that needs a second try has failed
  forbidOnly: true,
  reporter: "line",
  timeout: 240_000,
  expect: { timeout: 30_000 },
  use: {
    serviceWorkers: "allow",
    launchOptions: { executablePath: findChromium() ?? "chromium", args: chromiumFlags },
  },
});
