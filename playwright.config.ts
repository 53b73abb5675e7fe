// Whole-app tests against real bootstrap nodes. Each spec starts and stops its own, so there is no web server here.
// Project "app" is the whole of it in Chromium; "chromium", "firefox" and "webkit" are what holds in every engine.
import { defineConfig } from "@playwright/test";
import { chromiumFlags, findChromium } from "./tools/chromium.mjs";

const ENGINES = ["chromium", "firefox", "webkit"];

export default defineConfig<{ engine: string }>({
  projects: [
    { name: "app", testDir: "test/browser" },
    ...ENGINES.map((engine) => ({ name: engine, testDir: "test/engines", use: { engine } })),
  ],
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
