/**
 * npm run screens: pictures of every screen at 320, 768 and 1280 px in both themes, under dist/screens: first the real
 * app at work (real-*), then every state by a fixture, also turned around. Ends with an error when axe or the console
 * found something.
 * node test/browser/screens.ts [WORD] takes only the fixture's screens whose name holds that word; "real" the app.
 */
import { type Browser, chromium } from "@playwright/test";
import { chromiumFlags, findChromium } from "../../tools/chromium.mjs";
import { screens } from "./fixture.ts";
import { served } from "./fixture-site.ts";
import { count, faults, LOOKS, type Look, listen, look } from "./look.ts";
import { realScreens } from "./screens-real.ts";

/** How every screen is also turned around, in words that are a third longer: where room is short, and in two panes. */
const TURNED = ["small-light", "small-dark", "large-light"];

async function fixtureScreens(names: readonly string[]): Promise<void> {
  const site = await served();
  const browser = await chromium.launch({ executablePath: findChromium() ?? "chromium", args: chromiumFlags });
  try {
    for (const how of LOOKS) {
      const turned = TURNED.includes(how.name) ? names.map((name) => `${name}&pseudo=rtl`) : [];
      await pictures(browser, site.origin, [...names, ...turned], how);
    }
  } finally {
    await browser.close();
    site.close();
  }
}

async function pictures(browser: Browser, origin: string, queries: readonly string[], how: Look): Promise<void> {
  const context = await browser.newContext({
    viewport: how.size,
    colorScheme: how.theme,
    reducedMotion: "reduce",
    locale: "en-GB",
    timezoneId: "Europe/Berlin",
    hasTouch: how.size.width < 500,
  });
  const page = await context.newPage();
  let name = "";
  listen(page, () => name);
  for (const query of queries) {
    name = `${query.replace("&pseudo=", "-")}-${how.name}`;
    await page.goto(`${origin}/?screen=${query}`);
    await page.locator("html[data-drawn]").waitFor({ state: "attached" });
    // A start says how far it is only once it is slow.
    if (name.startsWith("starting")) await page.getByRole("progressbar").waitFor();
    await look(page, name);
  }
  await context.close();
}

const word = process.argv[2] ?? "";
if ("real".includes(word)) await realScreens();
const names = Object.keys(screens).filter((name) => name.includes(word));
if (names.length > 0) await fixtureScreens(names);
for (const fault of faults) console.error(fault);
console.log(`${count()} pictures in dist/screens, ${faults.length} faults`);
process.exit(faults.length > 0 ? 1 : 0);
