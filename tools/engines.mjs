// The browsers for tests beside Chromium (chromium.mjs): the system's own Firefox and WebKitGTK.
// node tools/engines.mjs says which are there, installs what is missing where that can be done without asking, and ends
// with 1 where one is missing still.
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { findChromium, needChromium } from "./chromium.mjs";
import { hintOf, installed } from "./lib/apt.mjs";
import { isMain, ROOT } from "./lib/process.mjs";
import { isProgram, which } from "./lib/which.mjs";

const FOLDERS = ["/usr/bin", "/snap/bin"];
const FIREFOX = ["firefox-esr", "firefox"];
const FIREFOX_APP = "/Applications/Firefox.app/Contents/MacOS/firefox";
/** Debian's own: the one for which python3-gi is installed, whatever else is first on PATH. */
const PYTHON = "/usr/bin/python3";
const LIBRARIES = "/usr/lib";
/** Below a folder of the architecture. */
const TYPELIB = "girepository-1.0/WebKit2-4.1.typelib";

/** Path of Firefox, or undefined. `NODUS_FIREFOX` wins and is not second-guessed. */
export function findFirefox() {
  const chosen = process.env["NODUS_FIREFOX"];
  if (chosen) return chosen;
  return which(FIREFOX, FOLDERS) ?? (isProgram(FIREFOX_APP) ? FIREFOX_APP : undefined);
}

/** How Playwright starts stock Firefox: through firefox-bidi.mjs, which takes the arguments of Firefox. */
export const firefoxLaunch = {
  channel: "moz-firefox",
  executablePath: join(ROOT, "tools", "firefox-bidi.mjs"),
  firefoxUserPrefs: {
    // Headless, it has no mouse, and a page that asks is told so: 2 is a fine pointer, 4 one that hovers.
    "ui.primaryPointerCapabilities": 6,
    "ui.allPointerCapabilities": 6,
    // "/" goes to the page and not to a field for searching in it, from where the focus does not come back by itself.
    "accessibility.typeaheadfind.manual": false,
  },
};

/** Paths of WebKitGTK's driver and of the display that it draws on, or undefined where a part is missing. */
export function findWebKit() {
  const driver = which(["WebKitWebDriver"], FOLDERS);
  const xvfb = which(["Xvfb"], FOLDERS);
  return driver && xvfb && hasTypelib() && existsSync("/usr/lib/python3/dist-packages/gi") && isProgram(PYTHON)
    ? { driver, xvfb }
    : undefined;
}
const hasTypelib = () =>
  existsSync(LIBRARIES) && readdirSync(LIBRARIES).some((folder) => existsSync(join(LIBRARIES, folder, TYPELIB)));

const ENGINES = {
  firefox: {
    name: "Firefox",
    packages: ["firefox-esr"],
    find: findFirefox,
    otherwise: "install Firefox, or set NODUS_FIREFOX to its path",
  },
  webkit: {
    name: "WebKitGTK",
    packages: ["webkit2gtk-driver", "xvfb", "python3-gi", "gir1.2-webkit2-4.1"],
    find: findWebKit,
    otherwise: "run the tests on a Debian-like system, where WebKitGTK can be driven",
  },
};
/** Beside Chromium. */
export const otherEngines = Object.keys(ENGINES);

/** Resolves when the engine is there, installed first where we may; throws with one command to run. */
export async function needEngine(engine) {
  const { name, packages, find, otherwise } = ENGINES[engine];
  if (!find()) await installed(engine, packages);
  if (find()) return;
  throw new Error(`${name} is missing. Run this and try again: ${hintOf(packages, otherwise)}`);
}

/**
 * Which of the other engines tests can use, and of the others what to do. A machine without one tests with those it has,
 * and says so; where everything has to be tested (`ci`), a missing one is a failure.
 *
 * @returns {Promise<{ there: string[], missing: { engine: string, told: string, fails: boolean }[] }>}
 */
export async function lookForEngines(ci = Boolean(process.env["CI"]), need = needEngine) {
  const there = [];
  const missing = [];
  for (const engine of otherEngines) {
    try {
      await need(engine);
      there.push(engine);
    } catch (error) {
      missing.push({ engine, told: error.message, fails: ci });
    }
  }
  return { there, missing };
}

if (isMain(import.meta.url)) {
  await needChromium();
  const { there, missing } = await lookForEngines();
  const where = { chromium: findChromium, firefox: findFirefox, webkit: () => findWebKit()?.driver };
  for (const engine of ["chromium", ...there]) console.log(`${engine}: ${where[engine]()}`);
  for (const { told } of missing) console.error(told);
  process.exit(missing.length > 0 ? 1 : 0);
}
