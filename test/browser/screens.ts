/**
 * Pictures of every screen at 320 and 1280 px in both themes, under dist/screens, and what a machine can find wrong
 * with each: axe, a page that scrolls sideways, a breach of the content policy, an error on the console.
 * node test/browser/screens.ts [WORD] takes only the screens whose name holds that word.
 */
import { mkdirSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { AxeBuilder } from "@axe-core/playwright";
import { type Browser, chromium, type Page } from "@playwright/test";
import { build } from "vite";
import { readApp } from "../../relay-bootstrap/src/files.ts";
import { answering } from "../../relay-bootstrap/src/http.ts";
import { chromiumFlags, findChromium } from "../../tools/chromium.mjs";

const ROOT = join(import.meta.dirname, "../..");
const PICTURES = join(ROOT, "dist/screens");
const SIZES = { small: { width: 320, height: 640 }, large: { width: 1280, height: 800 } };
const THEMES = ["light", "dark"] as const;
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
/** Also turned around, in words that are a third longer. */
const TURNED = ["chat", "list", "node", "invite", "message", "first-run"];
/** Until a start is slow enough to say so. */
const SLOW_START_MS = 1_300;

const faults: string[] = [];

/** The fixture under the policy of a real node: what breaks it there shows here. */
async function served(): Promise<{ origin: string; close(): void }> {
  const outDir = join(ROOT, "dist/fixture");
  await build({
    configFile: false,
    root: join(import.meta.dirname, "fixture"),
    publicDir: join(ROOT, "web/public"),
    logLevel: "warn",
    build: { target: "es2023", outDir, emptyOutDir: true, assetsInlineLimit: 0, modulePreload: { polyfill: false } },
  });
  const server = createServer(answering({ app: readApp(outDir), document: () => ({}), ready: () => true }));
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const origin = `http://localhost:${(server.address() as AddressInfo).port}`;
  return { origin, close: () => server.close() };
}

async function pictures(
  browser: Browser,
  addresses: readonly string[],
  size: keyof typeof SIZES,
  theme: (typeof THEMES)[number],
): Promise<void> {
  const context = await browser.newContext({
    viewport: SIZES[size],
    colorScheme: theme,
    reducedMotion: "reduce",
    locale: "en-GB",
    timezoneId: "Europe/Berlin",
    hasTouch: size === "small",
  });
  const page = await context.newPage();
  let name = "";
  page.on("console", (entry) => {
    if (entry.type() === "error" || entry.type() === "warning") faults.push(`${name}: ${entry.text()}`);
  });
  page.on("pageerror", (error) => faults.push(`${name}: ${error.message}`));
  for (const address of addresses) {
    const asked = new URL(address).searchParams;
    name = [asked.get("screen"), asked.get("pseudo"), size, theme].filter(Boolean).join("-");
    await page.goto(address);
    await page.locator("html[data-drawn]").waitFor({ state: "attached" });
    if (name.startsWith("starting")) await page.waitForTimeout(SLOW_START_MS);
    await page.screenshot({ path: join(PICTURES, `${name}.png`) });
    await sideways(page, name);
    const { violations } = await new AxeBuilder({ page }).withTags(RULES).analyze();
    for (const { id, nodes } of violations) {
      for (const { target, failureSummary } of nodes) {
        faults.push(`${name}: axe ${id} at ${target.join(" ")}: ${failureSummary}`);
      }
    }
  }
  await context.close();
}

/** Nothing may stick out of the screen but what lies in a table that scrolls, or is cut off with an ellipsis. */
async function sideways(page: Page, name: string): Promise<void> {
  const wide = await page.evaluate(() => {
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
  for (const which of wide) faults.push(`${name}: sticks out: ${which}`);
}

const word = process.argv[2] ?? "";
const site = await served();
const browser = await chromium.launch({ executablePath: findChromium() ?? "chromium", args: chromiumFlags });
mkdirSync(PICTURES, { recursive: true });
const { screens } = await import("./fixture.ts");
const addresses = Object.keys(screens)
  .filter((name) => name.includes(word))
  .flatMap((name) =>
    ["", ...(TURNED.includes(name) ? ["&pseudo=rtl"] : [])].map((more) => `${site.origin}/?screen=${name}${more}`),
  );
try {
  for (const size of ["small", "large"] as const) {
    for (const theme of THEMES) await pictures(browser, addresses, size, theme);
  }
} finally {
  await browser.close();
  site.close();
}
for (const fault of faults) console.error(fault);
console.log(`${addresses.length * 4} pictures in dist/screens, ${faults.length} faults`);
process.exit(faults.length > 0 ? 1 : 0);
