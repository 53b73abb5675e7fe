/**
 * quality.md §4, scenario 3: one anchor and eight pages in two browser processes; the anchor dies, and texts, mailboxes
 * and new direct links go on between the pages. Ben refuses Ann at first, so that their later link is a new one, made
 * without any anchor.
 */
import { randomBytes } from "node:crypto";
import { type Browser, chromium, expect, test } from "@playwright/test";
import { chromiumFlags, findChromium } from "../../tools/chromium.mjs";
import { say } from "../../web/src/ui/words/sentences.ts";
import { cleanUp, start } from "../relay/process.ts";
import { Person } from "./people.ts";

const PROCESSES = 2;
const PAGES_EACH = 4;
const browsers: Browser[] = [];

test.afterEach(async () => {
  for (const browser of browsers.splice(0)) await browser.close();
  await cleanUp();
});

async function open(browser: Browser, name: string, url: string, refuse: string[] = []): Promise<Person> {
  const context = await browser.newContext();
  await context.addInitScript((peers) => {
    Object.assign(globalThis, { unsafeTesting: { refusePeers: new Set(peers) } });
  }, refuse);
  const person = new Person(name, context, await context.newPage());
  await person.page.goto(url);
  return person;
}

test("the anchor is dead: stored, fetched, a new link, a message", async () => {
  const relay = await start();
  for (let i = 0; i < PROCESSES; i++) {
    browsers.push(await chromium.launch({ executablePath: findChromium() ?? "chromium", args: chromiumFlags }));
  }
  const [first, second] = browsers as [Browser, Browser];
  for (let i = 1; i < PAGES_EACH; i++) {
    for (const browser of browsers) await (await open(browser, `Extra ${i}`, relay.url)).begin();
  }
  const ann = await open(first, "Ann", relay.url);
  await ann.begin();
  const annNode = await ann.nodeId();
  const ben = await ann.befriend((link) => open(second, "Ben", link, [annNode]));
  await expect(ben.page.getByText(say.byMailbox)).toBeVisible();

  await relay.stop("SIGKILL");
  await expect(ann.page.getByText(say.connection("no-anchors"))).toBeVisible();

  // A cell of 16 KiB: with every anchor dead it goes to its holders and from them over data channels alone, in pieces.
  const long = randomBytes(5_000).toString("hex");
  await ann.write(`through the tabs alone ${long}`);
  await expect(ben.message(`through the tabs alone ${long}`)).toBeVisible();
  // Its acknowledgement waits up to half a minute for company before it goes into a box.
  await expect(ann.status(/Delivered|Read/)).toBeVisible({ timeout: 90_000 });

  await ben.page.evaluate(() => {
    (globalThis as unknown as { unsafeTesting: { refusePeers: Set<string> } }).unsafeTesting.refusePeers.clear();
  });
  await ben.write("shall we talk directly?");
  await expect(ann.message("shall we talk directly?")).toBeVisible();
  await expect(ann.page.getByText(say.linkedNow).first()).toBeVisible();
  let texts = 0;
  await expect(async () => {
    const text = `now we do, ${++texts}`; // one that a busy machine acknowledged late has gone by mailbox, too
    await ann.write(text);
    await expect(ben.message(text)).toBeVisible();
    await expect(ann.page.getByRole("log").getByText("direct", { exact: true }).last()).toBeVisible({ timeout: 5_000 });
  }).toPass();
  expect([...ann.faults, ...ben.faults]).toEqual([]);
});
