/**
 * The three engines that the app runs in, behind one door: a profile is opened in one, and who comes in is a `Person`
 * whatever the engine (test/browser/people.ts). Playwright drives Chromium and Firefox, WebDriver drives WebKitGTK.
 */
import { type BrowserContext, chromium, firefox, type Page } from "@playwright/test";
import { chromiumFlags, findChromium } from "../../tools/chromium.mjs";
import { firefoxLaunch } from "../../tools/engines.mjs";
import { Person, type Profile } from "../browser/people.ts";
import { WebKit } from "./webkit.ts";
import type { WebKitPage } from "./webkit-page.ts";

export type Engine = "chromium" | "firefox" | "webkit";
const VIEWPORT = { width: 1000, height: 700 };
/** A setting of Firefox: each of its windows is private. */
const PRIVATE = { "browser.privatebrowsing.autostart": true };

/** Whether pages can link directly there: Debian's WebKitGTK is built without WebRTC. */
export const hasLinks = (engine: Engine): boolean => engine !== "webkit";

interface Closing {
  close(): Promise<void>;
}
const running = new Set<Closing>();

/** Closes all that was opened here; for afterEach, before `sayGoodbye` removes the profiles. */
export async function leaveAll(): Promise<void> {
  for (const each of running) await each.close();
  running.clear();
}

/** Somebody at a window of their own. */
export async function enter(engine: Engine, profile: Profile, url: string): Promise<Person> {
  const person = engine === "webkit" ? await inWebKit(profile) : await inPlaywright(engine, profile);
  await person.page.goto(url);
  return person;
}
/** The same in a private window, of which nothing is kept. */
export async function enterPrivately(engine: Engine, profile: Profile, url: string): Promise<Person> {
  if (engine === "webkit") {
    const person = await inWebKit({ name: profile.name });
    await person.page.goto(url);
    return person;
  }
  const person = await inPlaywright(engine, profile, true);
  await person.page.goto(url);
  return person;
}
/** The same person at another tab. */
export async function secondTab({ name, context }: Person, url: string): Promise<Person> {
  const other = new Person(name, context, await context.newPage());
  await other.page.goto(url);
  return other;
}

async function inPlaywright(engine: "chromium" | "firefox", { name, folder }: Profile, alone = false): Promise<Person> {
  const context = await (engine === "firefox"
    ? firefox.launchPersistentContext(folder, {
        ...firefoxLaunch,
        viewport: VIEWPORT,
        firefoxUserPrefs: { ...firefoxLaunch.firefoxUserPrefs, ...(alone ? PRIVATE : {}) },
      })
    : chromium.launchPersistentContext(folder, {
        executablePath: findChromium() ?? "chromium",
        args: [...chromiumFlags, ...(alone ? ["--incognito"] : [])],
        viewport: VIEWPORT,
      }));
  return came(name, context, context.pages()[0] ?? (await context.newPage()));
}
async function inWebKit({ name, folder }: { name: string; folder?: string }): Promise<Person> {
  const browser = await WebKit.open(folder);
  const context = { close: () => browser.close(), newPage: async () => asPage(await browser.newPage()) };
  return came(name, context as BrowserContext, asPage(await browser.firstPage()));
}
function came(name: string, context: BrowserContext, page: Page): Person {
  running.add(context);
  const close = context.close.bind(context);
  context.close = async () => {
    running.delete(context);
    await close();
  };
  return new Person(name, context, page);
}
/** People use a small part of a page, and that part is there; what is not says so by its name. */
const asPage = (page: WebKitPage): Page => page as unknown as Page;
