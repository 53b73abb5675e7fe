// The browser for tests: the system's own Chromium or Chrome, never a download of Playwright's.
// node tools/chromium.mjs prints its path and installs it first where that can be done without asking.
import { hintOf, installed } from "./lib/apt.mjs";
import { isMain } from "./lib/process.mjs";
import { isProgram, which } from "./lib/which.mjs";

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
const FOLDERS = ["/usr/bin", "/snap/bin"];
const APPS = [
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];
const PACKAGES = ["chromium"];

/** Root has no sandbox of its own to give away, containers have none to give. Nothing is fetched in the background. */
export const chromiumFlags = [
  "--no-sandbox",
  "--disable-gpu",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Path of the browser, or undefined. `NODUS_CHROMIUM` wins and is not second-guessed. */
export function findChromium() {
  const chosen = process.env["NODUS_CHROMIUM"];
  if (chosen) return chosen;
  return which(NAMES, FOLDERS) ?? APPS.find(isProgram);
}

/** Path of the browser, installed first when this is a Debian-like system and we may; throws with one command to run. */
export async function needChromium() {
  if (!findChromium()) await installed("chromium", PACKAGES);
  const found = findChromium();
  if (found) return found;
  const hint = hintOf(PACKAGES, "install Chromium, or set NODUS_CHROMIUM to its path");
  throw new Error(`The tests need Chromium. Run this and try again: ${hint}`);
}

if (isMain(import.meta.url)) {
  try {
    console.log(await needChromium());
  } catch (error) {
    console.error(error.message);
    process.exit(1);
  }
}
