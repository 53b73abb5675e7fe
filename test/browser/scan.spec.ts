/**
 * The camera itself, under the policy of a real node: Chromium takes a film for its camera. Under this policy the worker
 * loads, the video plays and its frames are read; what the sheet does besides is in ui-scan.test.ts.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AxeBuilder } from "@axe-core/playwright";
import { type BrowserContext, chromium, expect, type Page, test } from "@playwright/test";
import encodeQR from "qr";
import { chromiumFlags, findChromium } from "../../tools/chromium.mjs";
import { invite } from "./fixture.ts";
import { served } from "./fixture-site.ts";

const [WIDTH, HEIGHT, SCALE] = [640, 480, 7];
let site: Awaited<ReturnType<typeof served>>;
let folder: string;
let context: BrowserContext;

/** Two frames of YUV 4:2:0: a grey wall, and on it the code where there is a text. */
function film(text: string): Buffer {
  const modules = text === "" ? [] : encodeQR(text, "raw", { ecc: "low", border: 4 });
  const side = modules.length * SCALE;
  const [left, top] = [Math.floor((WIDTH - side) / 2), Math.floor((HEIGHT - side) / 2)];
  const luma = Buffer.alloc(WIDTH * HEIGHT, 120);
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      const dark = modules[Math.floor(y / SCALE)]?.[Math.floor(x / SCALE)];
      luma[(y + top) * WIDTH + x + left] = dark ? 30 : 220;
    }
  }
  const frame = Buffer.concat([Buffer.from("FRAME\n"), luma, Buffer.alloc((WIDTH * HEIGHT) / 2, 128)]);
  return Buffer.concat([Buffer.from(`YUV4MPEG2 W${WIDTH} H${HEIGHT} F10:1 Ip A1:1 C420\n`), frame, frame]);
}

/** A browser whose camera sees `text`; without it, one that has none. */
async function open(text: string | undefined, permitted: boolean): Promise<Page> {
  const path = join(folder, "camera.y4m");
  if (text !== undefined) writeFileSync(path, film(text));
  const camera = ["--use-fake-device-for-media-stream", `--use-file-for-fake-video-capture=${path}`];
  const browser = await chromium.launch({
    executablePath: findChromium() ?? "chromium",
    args: [...chromiumFlags, ...(text === undefined ? [] : camera)],
  });
  context = await browser.newContext({ locale: "en-GB", ...(permitted && { permissions: ["camera"] }) });
  const page = await context.newPage();
  await page.goto(`${site.origin}/?screen=scan`);
  await page.locator("html[data-drawn]").waitFor({ state: "attached" });
  return page;
}
/** What the policy forbids is told on the console. */
function listening(page: Page): string[] {
  const faults: string[] = [];
  page.on("console", (entry) => entry.type() === "error" && faults.push(entry.text()));
  page.on("pageerror", (error) => faults.push(error.message));
  return faults;
}
const start = (page: Page): Promise<void> => page.getByRole("button", { name: "Use the camera" }).click();

test.beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "nodus-scan-"));
  site = await served();
});
test.afterEach(() => context.browser()?.close());
test.afterAll(() => {
  site.close();
  rmSync(folder, { recursive: true });
});

test("reads an invite off the camera, hands it to the app as it stands, and stops the camera", async () => {
  const page = await open(invite.link, true);
  const faults = listening(page);
  await start(page);
  await expect.poll(() => page.evaluate(() => document.documentElement.dataset["opened"])).toBe(invite.link);
  await expect(page.locator("video")).toHaveCount(0);
  expect(faults).toEqual([]);
});

test("has no fault for axe while the camera runs", async () => {
  const page = await open("", true);
  await start(page);
  await expect(page.locator("video")).toBeVisible();
  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
});

test("says what to do when the person does not allow the camera", async () => {
  const page = await open(invite.link, false);
  await start(page);
  await expect(page.getByText("This page may not use the camera.")).toBeVisible();
});

test("says when there is no camera", async () => {
  const page = await open(undefined, true);
  await start(page);
  await expect(page.getByText("No camera was found.")).toBeVisible();
});
