/**
 * The device of a page in a real browser: a newer version with two tabs open, notices and clicks on them, the mark of an
 * identity, and wiping. The worker here is a few lines that differ with each version; the one that ships is in
 * worker.spec.ts.
 */
import { join } from "node:path";
import { type BrowserContext, expect, type Page, test } from "@playwright/test";
import { createServer, type ViteDevServer } from "vite";
import type { Tab } from "./worker/page.ts";

const ROOT = join(import.meta.dirname, "../..");

declare const tab: Tab;

let vite: ViteDevServer;
let origin = "";
let version = 1;
const script = (): string => `
  // version ${version}
  addEventListener("activate", (event) => event.waitUntil(clients.claim()));
  // Never done, so that a test can see that it was asked for.
  addEventListener("sync", (event) => event.waitUntil(new Promise(() => undefined)));
  addEventListener("message", ({ data, source }) => {
    if (data?.type === "SKIP_WAITING") skipWaiting();
    if (data?.echo) source.postMessage(data.echo);
  });
`;

test.beforeAll(async () => {
  const html = '<!doctype html><script type="module" src="/test/browser/worker/page.ts"></script>';
  vite = await createServer({
    configFile: false,
    root: ROOT,
    logLevel: "error",
    server: { host: "127.0.0.1", port: 0, hmr: false, watch: null },
    optimizeDeps: { include: ["workbox-window"] },
    plugins: [
      {
        name: "bare-page",
        configureServer: ({ middlewares }) => {
          middlewares.use("/sw.js", (_request, response) =>
            response.setHeader("content-type", "text/javascript").end(script()),
          );
          middlewares.use("/bare", (_request, response) => response.setHeader("content-type", "text/html").end(html));
        },
      },
    ],
  });
  await vite.listen();
  origin = vite.resolvedUrls?.local[0] ?? "";
});
test.afterAll(() => vite.close());

async function open(context: BrowserContext): Promise<Page> {
  const page = await context.newPage();
  await page.goto(`${origin}bare`);
  await ready(page);
  return page;
}
const ready = (page: Page): Promise<unknown> => page.waitForFunction(() => "tab" in globalThis && tab.controlled());
const loads = (page: Page): Promise<number> => page.evaluate(() => tab.loads()).catch(() => 0);
const update = (page: Page): Promise<boolean> => page.evaluate(() => tab.device.view.update);

test("a newer version waits until one tab wants it, then every tab saves and begins anew, once", async ({
  context,
}) => {
  const [first, second] = [await open(context), await open(context)];
  expect(await loads(first), "the first worker reloads nothing").toBe(1);
  expect(await update(first)).toBe(false);

  version += 1;
  await first.evaluate(() => tab.checkForUpdate());
  await expect.poll(() => update(first)).toBe(true);
  await expect.poll(() => update(second)).toBe(true);
  expect([await loads(first), await loads(second)], "nothing reloads by itself").toEqual([1, 1]);

  await first.evaluate(() => tab.device.applyUpdate());
  for (const page of [first, second]) {
    await expect.poll(() => loads(page)).toBe(2);
    await ready(page);
    expect(await page.evaluate(() => tab.saved())).toContain("draft");
    expect(await update(page)).toBe(false);
  }
  await first.waitForTimeout(1_000); // time itself: a second reload would come within it
  expect([await loads(first), await loads(second)]).toEqual([2, 2]);
});

test("a tab that cannot save what is being written stays, and may try again", async ({ context }) => {
  const [first, second] = [await open(context), await open(context)];
  version += 1;
  await first.evaluate(() => tab.checkForUpdate());
  await expect.poll(() => update(first)).toBe(true);

  await first.evaluate(() => tab.failToSave(true));
  expect(await first.evaluate(() => tab.device.applyUpdate().catch(() => "stays"))).toBe("stays");
  expect(await loads(second), "nor does any other").toBe(1);

  await second.evaluate(() => tab.failToSave(true));
  await first.evaluate(() => tab.failToSave(false));
  await first.evaluate(() => tab.device.applyUpdate());
  await expect.poll(() => loads(first)).toBe(2);
  expect(await loads(second)).toBe(1);
  expect(await update(second)).toBe(true);

  await second.evaluate(() => tab.failToSave(false));
  await second.evaluate(() => tab.device.applyUpdate()).catch(() => undefined); // it reloads under our hands
  await expect.poll(() => loads(second)).toBe(2);
});

test("a version that waited already is told to a tab that opens later", async ({ context }) => {
  const first = await open(context);
  version += 1;
  await first.evaluate(() => tab.checkForUpdate());
  await expect.poll(() => update(first)).toBe(true);
  const second = await open(context);
  await expect.poll(() => update(second)).toBe(true);
});

test("notices say what was chosen, go when the chat is seen, and a click tells the page which chat", async ({
  context,
}) => {
  const page = await open(context);
  await context.grantPermissions(["notifications"], { origin: new URL(origin).origin });
  await expect.poll(() => page.evaluate(() => tab.device.view.notices)).toBe("granted");
  const notices = () => page.evaluate(() => tab.notices());
  const news = [{ chat: "a1", name: "Ann", text: "secret", phase: "open" as const }];

  await page.evaluate((news) => tab.notify(news, false), news);
  await expect.poll(notices).toEqual([{ title: "Nodus", body: "New message", tag: "a1" }]);
  await page.evaluate((news) => tab.notify(news, true), news);
  await expect.poll(notices).toEqual([{ title: "Ann", body: "2 new messages\nsecret", tag: "a1" }]);
  await page.evaluate(() => tab.device.seen("a1"));
  await expect.poll(notices).toEqual([]);

  // What the worker says after a click; nobody listens yet.
  await page.evaluate(() => navigator.serviceWorker.controller?.postMessage({ echo: { open: "a1" } }));
  await page.evaluate(() => new Promise((done) => setTimeout(done, 100)));
  await page.evaluate(() => tab.listen());
  await expect.poll(() => page.evaluate(() => tab.clicked())).toEqual(["a1"]);
});

test("an identity that is gone leaves its mark, and wiping leaves nothing", async ({ context }) => {
  const page = await open(context);
  expect(await page.evaluate(() => tab.device.marked)).toBe(false);
  await page.evaluate(() => tab.device.markIdentity());
  await page.reload();
  await ready(page);
  expect(await page.evaluate(() => tab.device.marked)).toBe(true);

  await page.evaluate(async () => {
    const made = (name: string) =>
      new Promise<void>((done) => {
        const request = indexedDB.open(name);
        request.onsuccess = () => {
          request.result.close();
          done();
        };
      });
    await Promise.all(["nodus/1/test/personal", "nodus/1/test/node", "nodus/1/test/key", "another"].map(made));
    await (await caches.open("nodus-shell-1")).put("/x", new Response("x"));
    localStorage.setItem("nodus-network", "{}");
    localStorage.setItem("another", "1");
  });
  await page.evaluate(() => tab.device.wipe());
  const left = await page.evaluate(async () => ({
    databases: (await indexedDB.databases()).map(({ name }) => name),
    caches: await caches.keys(),
    entries: Object.keys(localStorage),
    workers: (await navigator.serviceWorker.getRegistrations()).length,
    marked: tab.device.marked,
  }));
  expect(left).toEqual({ databases: ["another"], caches: [], entries: ["another"], workers: 0, marked: false });
});

test("a database that another tab holds open is said, and goes when that tab lets go", async ({ context }) => {
  const [page, other] = [await open(context), await open(context)];
  await other.evaluate(
    () =>
      new Promise<void>((done) => {
        const request = indexedDB.open("nodus/1/test/node");
        request.onsuccess = () => done();
        Object.assign(globalThis, { request });
      }),
  );
  expect(await page.evaluate(() => tab.device.wipe().catch((error: { code: string }) => error.code))).toBe("busy");
  await other.close();
  await page.evaluate(() => tab.device.wipe());
  expect(await page.evaluate(async () => (await indexedDB.databases()).length)).toBe(0);
});

test("a page that goes while something waits asks for the worker to be woken", async ({ context }) => {
  const [page, other] = [await open(context), await open(context)];
  await page.evaluate(() => tab.wait());
  expect(await other.evaluate(() => tab.asked())).toEqual([]);
  await page.goto("about:blank");
  await expect.poll(() => other.evaluate(() => tab.asked())).toEqual(["nodus-pull"]);
});
