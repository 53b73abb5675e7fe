/** A test in the engine of its Playwright project; closes and removes all that it opened. */
import { test as base } from "@playwright/test";
import { sayGoodbye } from "../browser/people.ts";
import { cleanUp } from "../relay/process.ts";
import { type Engine, leaveAll } from "./engines.ts";

export const test = base.extend<{ engine: Engine }>({ engine: ["chromium", { option: true }] });
test.afterEach(async () => {
  await leaveAll();
  await sayGoodbye();
  await cleanUp();
});
