/**
 * The overlay in real pages, without the app: the anchor is needed to come in and for nothing after that. B refuses A at
 * first, which leaves the line A – S – B; when the anchor is dead and B relents, the two meet through S.
 */
import { join } from "node:path";
import { type BrowserContext, expect, type Page, test } from "@playwright/test";
import { createServer, type ViteDevServer } from "vite";
import { cleanUp, start } from "../relay/process.ts";
import type { Overlay, PeerName } from "./overlay/page.ts";

const ROOT = join(import.meta.dirname, "../..");

declare const overlay: Overlay;

let vite: ViteDevServer;
let origin: string;
const contexts: BrowserContext[] = [];

test.beforeAll(async () => {
  const html = '<!doctype html><script type="module" src="/test/browser/overlay/page.ts"></script>';
  vite = await createServer({
    configFile: false,
    root: ROOT,
    logLevel: "error",
    server: { host: "127.0.0.1", port: 0, hmr: false, watch: null },
    optimizeDeps: { include: ["simple-peer/simplepeer.min.js"] },
    plugins: [
      {
        name: "bare-page",
        configureServer: ({ middlewares }) => {
          middlewares.use("/bare", (_request, response) => response.setHeader("content-type", "text/html").end(html));
        },
      },
    ],
  });
  await vite.listen();
  origin = vite.resolvedUrls?.local[0] ?? "";
});
test.afterEach(async () => {
  for (const context of contexts.splice(0)) await context.close();
  await cleanUp();
});
test.afterAll(() => vite.close());

test("two tabs meet without an anchor, through a tab that knows both", async ({ browser }) => {
  const relay = await start();
  const open = async (refuse: string[]): Promise<[Page, PeerName]> => {
    const context = await browser.newContext();
    contexts.push(context);
    const page = await context.newPage();
    await page.goto(`${origin}bare`);
    await page.waitForFunction(() => "overlay" in globalThis);
    const url = relay.url.replace(/^http/, "ws");
    return [page, await page.evaluate(([url, refuse]) => overlay.start(url, refuse), [url, refuse] as const)];
  };
  const links = (page: Page): Promise<Record<string, string>> => page.evaluate(() => overlay.links());

  const [s, sName] = await open([]);
  const [a, aName] = await open([]);
  await expect.poll(() => links(a)).toHaveProperty([sName.id], "webrtc");
  const [b, bName] = await open([aName.id]);
  await expect.poll(() => links(b)).toHaveProperty([sName.id], "webrtc");
  /** Steps of signalling that went through S: a request and its answer forwarded, or a request carried. */
  const steps = (): Promise<number> =>
    s.evaluate(() => {
      const { forwarded = 0, carried = 0 } = overlay.counters();
      return forwarded / 2 + carried;
    });

  await relay.stop("SIGKILL");
  await expect.poll(async () => Object.values(await links(s))).toEqual(["webrtc", "webrtc"]);
  expect(await a.evaluate((name) => overlay.connect(name), bName)).toBe("refused");
  expect(await links(a)).not.toHaveProperty([bName.id]);
  const before = await steps();
  await b.evaluate(() => overlay.relent());
  expect(await a.evaluate((name) => overlay.connect(name), bName)).toBe("linked");
  expect(await links(a)).toHaveProperty([bName.id], "webrtc");
  expect(await links(b)).toHaveProperty([aName.id], "webrtc");
  expect((await steps()) - before).toBeGreaterThanOrEqual(2); // KNOCK and offer: there was nobody else to take them

  expect(await a.evaluate((name) => overlay.sendDirect(name, 9), bName)).toBe(true);
  await expect.poll(() => b.evaluate(() => overlay.cells())).toEqual([2_048]);

  // The mailbox goes on over the tabs alone.
  expect(await a.evaluate(() => overlay.put(5, 77))).toBe(2);
  expect(await b.evaluate(() => overlay.fetch(5))).toEqual([77]);
});
