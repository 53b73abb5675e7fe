/** A test in the engine of its Playwright project; all that it opened is closed and removed after it. */
import { test as base } from "@playwright/test";
import { sayGoodbye } from "../browser/people.ts";
import { cleanUp } from "../relay/process.ts";
import { type Engine, leaveAll } from "./engines.ts";

export const test = base.extend<{ engine: Engine; tidy: undefined }>({
  engine: ["chromium", { option: true }],
  // Not afterEach: that would hold for the first file that comes here alone.
  tidy: [
    // biome-ignore lint/correctness/noEmptyPattern: the runner reads from the pattern what a fixture needs
    async ({}, use) => {
      await use(undefined);
      await leaveAll();
      await sayGoodbye();
      await cleanUp();
    },
    { auto: true },
  ],
});
