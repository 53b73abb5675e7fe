// Two projects: what runs in Node, and what runs inside a real browser. Whole-app tests (*.spec.ts) are Playwright's.
import { playwright } from "@vitest/browser-playwright";
import { defineConfig } from "vitest/config";
import { chromiumFlags, findChromium } from "./tools/chromium.mjs";

const SLOW_MS = 120_000; // generous: two busy cores must not turn a slow test into a failed one

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
      {
        server: { fs: { allow: ["."] } },
        // Imported by a worker only: found late, it would make the browser load a test anew in the middle of it.
        optimizeDeps: { include: ["qr/decode.js"] },
        test: {
          name: "browser",
          include: ["test/browser/**/*.test.ts"],
          testTimeout: SLOW_MS,
          hookTimeout: SLOW_MS,
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            provider: playwright({
              launchOptions: { executablePath: findChromium() ?? "chromium", args: chromiumFlags },
            }),
            instances: [{ browser: "chromium" }],
          },
        },
      },
    ],
  },
});
