// Draws the PNG icons of the app from web/public/icons/icon.svg: node tools/icons.mjs
// Run by hand after a change of the drawing; the results are checked in.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { chromium } from "@playwright/test";
import { chromiumFlags, needChromium } from "./chromium.mjs";
import { ROOT } from "./lib/process.mjs";

const FOLDER = join(ROOT, "web/public/icons");
const drawing = readFileSync(join(FOLDER, "icon.svg"), "utf8");
/** Platforms cut these to their own shape: no corners of ours, and the sign inside the safe zone as it is. */
const square = drawing.replace(/ rx="\d+"/, "");

const browser = await chromium.launch({ executablePath: await needChromium(), args: chromiumFlags });
for (const [name, size, svg] of [
  ["icon-192.png", 192, drawing],
  ["icon-512.png", 512, drawing],
  ["maskable-512.png", 512, square],
  ["apple-touch-icon.png", 180, square],
]) {
  const page = await browser.newPage({ viewport: { width: size, height: size } });
  await page.setContent(`<style>html,body{margin:0}svg{display:block;width:${size}px;height:${size}px}</style>${svg}`);
  await page.screenshot({ path: join(FOLDER, name), omitBackground: true });
  await page.close();
}
await browser.close();
