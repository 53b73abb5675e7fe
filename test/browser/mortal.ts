/** A browser that can be killed: SIGKILL to all of its processes, at once and without a word. */
import { type ChildProcess, spawn } from "node:child_process";
import { type BrowserContext, chromium } from "@playwright/test";
import { chromiumFlags, findChromium } from "../../tools/chromium.mjs";
import { Person, type Profile } from "./people.ts";

const running = new Set<ChildProcess>();

export interface Mortal {
  person: Person;
  /** Of the browser; its group has the same number. */
  pid: number;
  kill(): Promise<void>;
}

/** Kills all that were opened here; for afterEach. */
export function endMortals(): void {
  for (const child of running) end(child);
}

/** Its whole group: a browser is many processes. */
function end(child: ChildProcess): void {
  if (child.pid !== undefined && child.exitCode === null && child.signalCode === null)
    process.kill(-child.pid, "SIGKILL");
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
  await context.addInitScript((values) => Object.assign(globalThis, { unsafeTesting: values }), levers);
  await context.addInitScript(muteable);
  await prepare(context);
  const person = new Person(profile.name, context, page);
  await page.goto(url);
  const kill = async (): Promise<void> => {
    end(child);
    await gone;
    running.delete(child);
    await browser.close().catch(() => undefined);
  };
  return { person, pid: child.pid as number, kill };
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
