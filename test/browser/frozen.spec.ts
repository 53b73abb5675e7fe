/**
 * A page that does not run for a while: a tab that is frozen, a device that sleeps, a network that is gone, a page that is
 * closed in the middle. What was sent meanwhile shows by itself. The times are printed and not judged (goal: 5 s).
 * NODUS_LONG=1 has the network gone for five minutes.
 */
import { type BrowserContext, expect, test } from "@playwright/test";
import { say } from "../../web/src/ui/words/sentences.ts";
import { cleanUp, start } from "../relay/process.ts";
import { endMortals, type Mortal, mute, openMortal } from "./mortal.ts";
import { newProfile, Person, sayGoodbye } from "./people.ts";

/** Longer than a link lives without a sign of life. */
const FROZEN_MS = 70_000;
const OFFLINE_MS = process.env["NODUS_LONG"] ? 300_000 : 90_000;
const LIMIT_MS = 60_000;
const STORED = /Stored \d\/\d, until /;

test.setTimeout(480_000);
test.afterEach(async () => {
  endMortals();
  await sayGoodbye();
  await cleanUp();
});

/** Ann invites, the other answers. */
async function meet<T extends { person: Person }>(ann: Person, open: (link: string) => Promise<T>): Promise<T> {
  const opened = await open(await ann.invite());
  const { person } = opened;
  await person.begin();
  await person.answer(`hello from ${person.name}`);
  await ann.accept(person.name);
  for (const { page } of [ann, person]) await expect(page.getByText("Linked directly").last()).toBeVisible();
  return opened;
}

/** In the page: the longest time between two ticks of a clock that should tick ten times a second. */
function watchGaps(): void {
  const gaps = { longest: 0, last: performance.now() };
  Object.assign(globalThis, { gaps });
  setInterval(() => {
    const now = performance.now();
    gaps.longest = Math.max(gaps.longest, now - gaps.last);
    gaps.last = now;
  }, 100);
}
const longestGap = ({ page }: Person): Promise<number> =>
  page.evaluate(() => (globalThis as unknown as { gaps: { longest: number } }).gaps.longest);

/** ms until this text stands in the open chat. */
async function shows(person: Person, text: string): Promise<number> {
  const began = performance.now();
  await person.message(text).waitFor({ timeout: LIMIT_MS });
  return Math.round(performance.now() - began);
}

/** The processes in which the pages of a browser run; its network goes on without them, as for a frozen tab. */
async function renderersOf({ person }: Mortal): Promise<number[]> {
  const devtools = await person.context.browser()?.newBrowserCDPSession();
  const all = (await devtools?.send("SystemInfo.getProcessInfo"))?.processInfo ?? [];
  return all.filter(({ type }) => type === "renderer").map(({ id }) => id);
}
/** A negative number is a whole group. */
function signal(processes: readonly number[], name: "SIGSTOP" | "SIGCONT"): void {
  for (const pid of processes) process.kill(pid, name);
}

// The debugging protocol freezes hidden pages only, and hides none that is being tested.
test("a tab frozen for 70 s, and a browser that was stopped as long, show what came when they wake", async () => {
  const relay = await start(["--peers", "4"]);
  const ann = await Person.open(await newProfile("Ann"), relay.url);
  await ann.begin();
  const [benProfile, cidProfile] = [await newProfile("Ben"), await newProfile("Cid")];
  const tab = await meet(ann, (link) => openMortal(benProfile, link));
  const browser = await meet(ann, (link) => openMortal(cidProfile, link));
  const [ben, cid] = [tab.person, browser.person];
  for (const person of [ben, cid]) await person.page.evaluate(watchGaps);

  const asleep = [...(await renderersOf(tab)), -browser.pid];
  signal(asleep, "SIGSTOP");
  try {
    const until = performance.now() + FROZEN_MS;
    for (const { name } of [ben, cid]) {
      await ann.open(name);
      await ann.write(`${name} sleeps`);
      await expect(ann.status(STORED)).toBeVisible();
    }
    await ann.page.waitForTimeout(until - performance.now());
  } finally {
    signal(asleep, "SIGCONT");
  }
  const [thawed, went] = await Promise.all([shows(ben, "Ben sleeps"), shows(cid, "Cid sleeps")]);
  console.log(`shown ${thawed} ms after a frozen tab woke, ${went} ms after a stopped browser went on`);
  for (const person of [ben, cid]) expect(await longestGap(person)).toBeGreaterThan(FROZEN_MS - 10_000);

  // Back in full: what is written now comes, too, each way.
  await ben.write("awake again");
  await ann.open("Ben");
  await expect(ann.message("awake again")).toBeVisible();
  await expect(ann.status(/Delivered|Read/)).toBeVisible();
  expect([...ann.faults, ...ben.faults, ...cid.faults]).toEqual([]);
});

/** Before the app: when the device goes offline its links end with it. The browser's own switch leaves those that live. */
function linksEndOffline(): void {
  const open = new Set<{ close(): void }>();
  const keeping = { construct: (target: never, args: never[]) => kept(Reflect.construct(target, args)) };
  const kept = (link: { close(): void }): typeof link => {
    open.add(link);
    return link;
  };
  const { WebSocket: Socket, RTCPeerConnection: Rtc } = globalThis;
  Object.assign(globalThis, {
    WebSocket: new Proxy(Socket, keeping as never),
    RTCPeerConnection: new Proxy(Rtc, keeping as never),
  });
  addEventListener("offline", () => {
    for (const link of open) link.close();
    open.clear();
  });
}

test("without a network for a while: what was written on both sides comes by itself when it is back", async () => {
  const relay = await start(["--peers", "4"]);
  const prepare = (context: BrowserContext): Promise<unknown> => context.addInitScript(linksEndOffline);
  const { person: ann } = await openMortal(await newProfile("Ann"), relay.url, prepare);
  await ann.begin();
  const benProfile = await newProfile("Ben");
  const { person: ben } = await meet(ann, (link) => openMortal(benProfile, link));
  await ann.context.setOffline(true);
  await expect(ann.page.getByText(say.connection("device-offline"))).toBeVisible();
  await expect(ann.page.getByText("Linked directly")).toBeHidden();
  await ann.write("written offline");
  await ben.write("written meanwhile");
  await expect(ben.status(STORED)).toBeVisible();
  await ann.page.waitForTimeout(OFFLINE_MS);
  expect(await ann.message("written meanwhile").count()).toBe(0);
  expect(await ben.message("written offline").count()).toBe(0);

  await ann.context.setOffline(false);
  const [got, given] = await Promise.all([shows(ann, "written meanwhile"), shows(ben, "written offline")]);
  console.log(`after ${OFFLINE_MS / 1_000} s offline: got what waited in ${got} ms, gave what waited in ${given} ms`);
  for (const person of [ann, ben]) await expect(person.status(/Delivered|Read/)).toBeVisible();
});

test("a page that is closed while it sends goes on where it was when it is opened again", async () => {
  const relay = await start(["--peers", "4"]);
  const { person: ann } = await openMortal(await newProfile("Ann"), relay.url);
  await ann.begin();
  const benProfile = await newProfile("Ben");
  const { person: ben } = await meet(ann, (link) => openMortal(benProfile, link));
  await mute(ann);
  await ann.write("closed in the middle");
  const page = await ann.context.newPage();
  await ann.page.close();
  expect(await ben.message("closed in the middle").count()).toBe(0);
  await page.goto(relay.url);
  const again = new Person("Ann", ann.context, page);
  await again.open("Ben");
  await expect(again.message("closed in the middle")).toBeVisible();
  await expect(ben.message("closed in the middle")).toBeVisible();
  await expect(again.status(/Delivered|Read/)).toBeVisible();
  expect(await ben.words(/closed in the middle/)).toHaveLength(1);
});
