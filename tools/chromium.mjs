// The browser for tests: the system's own Chromium or Chrome, never a download of Playwright's.
// node tools/chromium.mjs prints its path and installs it first where that can be done without asking.
import { existsSync } from "node:fs";
import { isMain, run } from "./lib/process.mjs";
import { isProgram, which } from "./lib/which.mjs";

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
const FOLDERS = ["/usr/bin", "/snap/bin"];
const APPS = [
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];
const INSTALL_LIMIT_S = 900;

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
  const found = findChromium();
  if (found) return found;
  const apt = existsSync("/usr/bin/apt-get");
  if (apt && process.getuid?.() === 0) {
    console.log("[chromium] no Chromium here; installing Debian's (once)");
    const options = { name: "chromium", tick: true, limit: INSTALL_LIMIT_S };
    const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
    await run("apt-get", ["-qq", "update"], { ...options, env });
    await run("apt-get", ["-qq", "install", "-y", "--no-install-recommends", "chromium"], { ...options, env });
    const installed = findChromium();
    if (installed) return installed;
  }
  const hint = apt ? "sudo apt-get install -y chromium" : "install Chromium, or set NODUS_CHROMIUM to its path";
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
