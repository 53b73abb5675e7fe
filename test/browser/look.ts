/** A look at one screen: its picture, and what a machine can find wrong with it. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "@playwright/test";

const PICTURES = join(import.meta.dirname, "../../dist/screens");
/** The narrowest that is promised, one pane with much room, two panes. */
const SIZES = {
  small: { width: 320, height: 640 },
  medium: { width: 768, height: 1024 },
  large: { width: 1280, height: 800 },
};
export const LOOKS = (["small", "medium", "large"] as const).flatMap((size) =>
  (["light", "dark"] as const).map((theme) => ({ size: SIZES[size], theme, name: `${size}-${theme}` })),
);
export type Look = (typeof LOOKS)[number];
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/** Everything that was found, in words. */
export const faults: string[] = [];
let taken = 0;
export const count = (): number => taken;

/** Saves dist/screens/NAME.png and looks for what axe knows, and for what sticks out of the screen. */
export async function look(page: Page, name: string): Promise<void> {
  mkdirSync(PICTURES, { recursive: true });
  await page.screenshot({ path: join(PICTURES, `${name}.png`) });
  taken += 1;
  for (const which of await sticksOut(page)) faults.push(`${name}: sticks out: ${which}`);
  const { violations } = await new AxeBuilder({ page }).withTags(RULES).analyze();
  for (const { id, nodes } of violations) {
    for (const { target, failureSummary } of nodes) {
      faults.push(`${name}: axe ${id} at ${target.join(" ")}: ${failureSummary}`);
    }
  }
}

/** Errors and breaches of the content policy are told on the console. */
export function listen(page: Page, name: () => string): void {
  page.on("console", (entry) => {
    if (entry.type() === "error" || entry.type() === "warning") faults.push(`${name()}: ${entry.text()}`);
  });
  page.on("pageerror", (error) => faults.push(`${name()}: ${error.message}`));
}

/** What is wider than the screen, but for tables that scroll and texts that are cut off with an ellipsis. */
function sticksOut(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const found: string[] = [];
    const visit = (root: ParentNode): void => {
      for (const element of root.querySelectorAll("*")) {
        const { left, right, width } = element.getBoundingClientRect();
        const excused = element.closest(".table, .cut, .unseen, svg");
        if (width > 0 && !excused && (left < -1 || right > innerWidth + 1)) {
          found.push(`${element.localName}.${element.className} (${Math.round(left)} to ${Math.round(right)})`);
        }
        if (element.shadowRoot) visit(element.shadowRoot);
      }
    };
    visit(document);
    return found;
  });
}
