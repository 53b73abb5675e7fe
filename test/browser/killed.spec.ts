/**
 * A browser that is killed around the moment of sending, for real: SIGKILL to all of its processes, then opened again.
 * In the short form; seeds and many more moments are test/chat/driver.test.ts's.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { chromium, expect, test } from "@playwright/test";
import { chromiumFlags, findChromium } from "../../tools/chromium.mjs";
import { SeededRandom } from "../../web/src/adapters/memory-random.ts";
import { cleanUp, start } from "../relay/process.ts";
import { newProfile, Person, type Profile, sayGoodbye } from "./people.ts";

const KILLS = 6;
const SEED = "killed/1";
/** Frames of the screen after Enter at which the end comes. */
const FRAMES = 16;
const running = new Set<ChildProcess>();

test.afterEach(async () => {
  for (const child of running) end(child);
  await sayGoodbye();
  await cleanUp();
});

/** Its whole group: a browser is many processes. */
function end(child: ChildProcess): void {
  if (child.pid !== undefined && child.exitCode === null && child.signalCode === null)
    process.kill(-child.pid, "SIGKILL");
}

interface Mortal {
  person: Person;
  /** At once and without a word. */
  kill(): Promise<void>;
}
async function open(profile: Profile, url: string): Promise<Mortal> {
  const child = spawn(
    findChromium() ?? "chromium",
    [
      ...chromiumFlags,
      "--headless=new",
      "--remote-debugging-port=0",
      `--user-data-dir=${profile.folder}`,
      "about:blank",
    ],
    { stdio: ["ignore", "ignore", "pipe"], detached: true },
  );
  running.add(child);
  const gone = new Promise<void>((done) => child.once("exit", () => done()));
  const address = await new Promise<string>((done, fail) => {
    let said = "";
    child.stderr?.on("data", (data) => {
      said += data;
      const found = /DevTools listening on (\S+)/.exec(said)?.[1];
      if (found) done(found);
    });
    child.once("exit", () => fail(new Error(`the browser ended: ${said}`)));
  });
  const browser = await chromium.connectOverCDP(address);
  const [context] = browser.contexts();
  const page = context?.pages()[0];
  if (context === undefined || page === undefined) throw new Error("the browser has no page");
  await context.addInitScript(mute);
  const person = new Person(profile.name, context, page);
  await page.goto(url);
  const kill = async (): Promise<void> => {
    end(child);
    await gone;
    running.delete(child);
    await browser.close().catch(() => undefined);
  };
  return { person, kill };
}
/** In the page, before the app: while `muted` is set nothing leaves it. */
function mute(): void {
  for (const { prototype } of [WebSocket, RTCDataChannel]) {
    const send = prototype.send;
    prototype.send = function (this: never, ...data: never[]) {
      if (!(globalThis as { muted?: boolean }).muted) send.apply(this, data as never);
    } as never;
  }
}
const muteNow = ({ page }: Person): Promise<void> =>
  page.evaluate(() => void Object.assign(globalThis, { muted: true }));
const frames = ({ page }: Person, count: number): Promise<void> =>
  page.evaluate(
    (left) =>
      new Promise<void>((done) => {
        const tick = (rest: number): unknown => (rest === 0 ? done() : requestAnimationFrame(() => tick(rest - 1)));
        tick(left);
      }),
    count,
  );

test("killed six times around sending: nothing is lost, nothing comes twice, all is in order", async () => {
  const random = new SeededRandom(SEED);
  const draw = (below: number): number => (random.bytes(1)[0] as number) % below;
  const relay = await start(["--peers", "4"]);
  const profile = await newProfile("Ann");
  let { person: ann, kill } = await open(profile, relay.url);
  await ann.begin();
  const ben = await Person.open(await newProfile("Ben"), await ann.invite());
  await ben.begin();
  await ben.answer("hello");
  await ann.accept("Ben");
  await expect(ben.status("Read")).toBeVisible();

  const shown: string[] = [];
  for (let round = 0; round < KILLS; round++) {
    await ann.write(`text ${round} first`);
    shown.push(`text ${round} first`);
    if (round % 3 === 0) {
      // Persisted, and never sent: what is on the screen is on the disk.
      await muteNow(ann);
      await ann.write(`text ${round} second`);
      shown.push(`text ${round} second`);
    } else {
      const composer = ann.page.getByRole("textbox", { name: "Message" });
      await composer.fill(`text ${round} second`);
      await composer.press("Enter");
      await frames(ann, draw(FRAMES));
    }
    await Promise.all([ben.write(`back ${round}`), kill()]);
    ({ person: ann, kill } = await open(profile, relay.url));
    await ann.open("Ben");
    await expect(ann.message(shown.at(-1) ?? "")).toBeVisible();
  }
  const own = await ann.words(/text \d \w+/);
  expect(own.filter((text) => shown.includes(text))).toEqual(shown);
  expect(own).toEqual([...new Set(own)].sort());
  const theirs = Array.from({ length: KILLS }, (_, round) => `back ${round}`);
  await expect.poll(() => ann.words(/back \d/)).toEqual(theirs);
  await expect.poll(() => ben.words(/text \d \w+/)).toEqual(own);
  await expect(ann.status(/Delivered|Read/)).toBeVisible();
  await expect(ben.status(/Delivered|Read/)).toBeVisible();
  expect(await ben.words(/text \d \w+/)).toEqual(own);
  expect(await ann.words(/back \d/)).toEqual(theirs);
  expect([...ann.faults, ...ben.faults]).toEqual([]);
});
