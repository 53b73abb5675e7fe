/** A browser that can be killed: SIGKILL to all of its processes, at once and without a word. */
import { spawn } from "node:child_process";
import { readFile, readlink } from "node:fs/promises";
import { join } from "node:path";
import { type BrowserContext, chromium, firefox } from "@playwright/test";
import { chromiumFlags, findChromium } from "../../tools/chromium.mjs";
import { firefoxLaunch } from "../../tools/engines.mjs";
import { Person, type Profile } from "./people.ts";

/** What ends each that lives. */
const running = new Set<() => void>();

export interface Mortal {
  person: Person;
  /** Of the browser; its group has the same number. */
  pid: number;
  kill(): Promise<void>;
}

/** Kills all that were opened here; for afterEach. */
export function endMortals(): void {
  for (const end of running) end();
}

/** Its whole group: a browser is many processes. */
function endGroup(pid: number): void {
  try {
    process.kill(-pid, "SIGKILL");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error; // gone already
  }
}

/** `prepare` has the context before the app is in it; `levers` is what `globalThis.unsafeTesting` is to hold. */
export async function openMortal(
  profile: Profile,
  url: string,
  prepare: (context: BrowserContext) => Promise<unknown> = async () => undefined,
  levers: object = {},
): Promise<Mortal> {
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
  const pid = child.pid as number;
  const end = (): void => endGroup(pid);
  running.add(end);
  const gone = new Promise<void>((done) =>
    child.once("exit", () => {
      running.delete(end);
      done();
    }),
  );
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
  const person = await entering(new Person(profile.name, context, page), url, prepare, levers);
  const kill = async (): Promise<void> => {
    end();
    await gone;
    await browser.close().catch(() => undefined);
  };
  return { person, pid, kill };
}

/** The same in Firefox, which Playwright has to start itself: its process is the one that holds the profile's lock. */
export async function openMortalFirefox(
  profile: Profile,
  url: string,
  prepare: (context: BrowserContext) => Promise<unknown>,
): Promise<Mortal> {
  const options = { ...firefoxLaunch, viewport: { width: 1000, height: 700 } };
  const context = await firefox.launchPersistentContext(profile.folder, options);
  const pid = await groupOf(profile);
  const end = (): void => endGroup(pid);
  running.add(end);
  const gone = new Promise<void>((done) => context.once("close", () => done()));
  const page = context.pages()[0] ?? (await context.newPage());
  const person = await entering(new Person(profile.name, context, page), url, prepare, {});
  const kill = async (): Promise<void> => {
    end();
    await gone;
    running.delete(end);
  };
  return { person, pid, kill };
}

/** The lock is a link to "address:+process"; the fifth field of a process's state is its group. */
async function groupOf({ folder }: Profile): Promise<number> {
  const [, pid] = /\+(\d+)$/.exec(await readlink(join(folder, "lock"))) ?? [];
  const state = await readFile(`/proc/${pid}/stat`, "utf8");
  return Number(state.slice(state.lastIndexOf(")") + 2).split(" ")[2]);
}

async function entering(
  person: Person,
  url: string,
  prepare: (context: BrowserContext) => Promise<unknown>,
  levers: object,
): Promise<Person> {
  const { context, page } = person;
  await context.addInitScript((values) => Object.assign(globalThis, { unsafeTesting: values }), levers);
  await context.addInitScript(muteable);
  await prepare(context);
  await page.goto(url);
  return person;
}

/** In the page, before the app: while `muted` is set nothing leaves it. */
function muteable(): void {
  for (const { prototype } of [WebSocket, RTCDataChannel]) {
    const send = prototype.send;
    prototype.send = function (this: never, ...data: never[]) {
      if (!(globalThis as { muted?: boolean }).muted) send.apply(this, data as never);
    } as never;
  }
}
export const mute = ({ page }: Person): Promise<void> =>
  page.evaluate(() => void Object.assign(globalThis, { muted: true }));

/** So many frames of its screen go by. */
export const frames = ({ page }: Person, count: number): Promise<void> =>
  page.evaluate(
    (left) =>
      new Promise<void>((done) => {
        const tick = (rest: number): unknown => (rest === 0 ? done() : requestAnimationFrame(() => tick(rest - 1)));
        tick(left);
      }),
    count,
  );
