/** For everyone, in each engine: no fault that axe finds on any screen, every other in the dark (all in both: ui-everyone.test.ts). */
import { expect } from "@playwright/test";
import axe from "axe-core";
import { screens } from "../browser/fixture.ts";
import { served } from "../browser/fixture-site.ts";
import { newProfile } from "../browser/people.ts";
import { enter } from "./engines.ts";
import { test } from "./fixture.ts";

const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
/** In the page: what axe finds in this theme, which it has to be given before. */
const faults = async ({ rules, theme }: { rules: string[]; theme: string }): Promise<string[]> => {
  document.documentElement.style.colorScheme = theme;
  await new Promise(requestAnimationFrame);
  const options = { runOnly: rules, resultTypes: ["violations" as const] };
  const { violations } = await (globalThis as unknown as { axe: typeof axe }).axe.run(document, options);
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${theme} ${id} at ${target.join(" ")}: ${failureSummary}`),
  );
};

test("no screen has a fault for axe", async ({ engine }) => {
  const site = await served();
  try {
    const { page } = await enter(engine, await newProfile("axe"), "about:blank");
    const found: string[] = [];
    for (const [index, screen] of Object.keys(screens).entries()) {
      await page.goto(`${site.origin}/?screen=${screen}`);
      await expect.poll(() => page.evaluate(() => document.documentElement.hasAttribute("data-drawn"))).toBe(true);
      await page.evaluate(`(() => { ${axe.source} })()`);
      const all = await page.evaluate(faults, { rules: RULES, theme: index % 2 ? "dark" : "light" });
      found.push(...all.map((fault) => `${screen}: ${fault}`));
    }
    expect(found).toEqual([]);
  } finally {
    site.close();
  }
});
