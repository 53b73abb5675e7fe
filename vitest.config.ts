// What runs in Node, and what runs inside a real browser: "browser" is Chromium, "firefox" the same tests in Firefox.
// Whole-app tests (*.spec.ts) are Playwright's.
import { type PlaywrightProviderOptions, playwright } from "@vitest/browser-playwright";
import { defineConfig, type TestProjectInlineConfiguration } from "vitest/config";
import { chromiumFlags, findChromium } from "./tools/chromium.mjs";
import { firefoxLaunch } from "./tools/engines.mjs";

const SLOW_MS = 120_000; // generous: two busy cores must not turn a slow test into a failed one

const inside = (
  name: string,
  browser: "chromium" | "firefox",
  launchOptions: NonNullable<PlaywrightProviderOptions["launchOptions"]>,
): TestProjectInlineConfiguration => ({
  server: { fs: { allow: ["."] } },
  // Imported by a worker only: found late, it would make the browser load a test anew in the middle of it.
  optimizeDeps: { include: ["qr/decode.js"] },
  test: {
    name,
    include: ["test/browser/**/*.test.ts"],
    // Elsewhere not what the debugging protocol of Chromium alone can show, and not axe, which test/engines runs on the whole page.
    exclude: browser === "chromium" ? [] : ["**/*.chromium.test.ts", "**/ui-everyone.test.ts"],
    testTimeout: SLOW_MS,
    hookTimeout: SLOW_MS,
    browser: {
      enabled: true,
      headless: true,
      screenshotFailures: false,
      provider: playwright({ launchOptions }),
      instances: [{ browser }],
    },
  },
});

export default defineConfig({
  test: {
    reporters: ["default"],
    projects: [
      {
        test: {
          name: "node",
          environment: "node",
          include: ["test/{core,node,chat,app,sim,contract,scenario,relay,adapters,tools}/**/*.test.ts"],
          testTimeout: SLOW_MS,
          hookTimeout: SLOW_MS,
        },
      },
      inside("browser", "chromium", { executablePath: findChromium() ?? "chromium", args: chromiumFlags }),
      inside("firefox", "firefox", firefoxLaunch),
    ],
  },
});
