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

export interface Opening {
  /** Nothing of it is kept. */
  private?: boolean;
  /** What the system says of its language. */
  locale?: string;
}
/** Somebody at a window of their own. */
export async function enter(engine: Engine, profile: Profile, url: string, opening: Opening = {}): Promise<Person> {
  const person = await (engine === "webkit" ? inWebKit(profile, opening) : inPlaywright(engine, profile, opening));
  await person.page.goto(url);
  return person;
}
/** The same person at another tab. */
export async function secondTab({ name, context }: Person, url: string): Promise<Person> {
  const other = new Person(name, context, await context.newPage());
  await other.page.goto(url);
  return other;
}

async function inPlaywright(
  engine: "chromium" | "firefox",
  { name, folder }: Profile,
  { private: alone = false, locale }: Opening,
): Promise<Person> {
  const options = { viewport: VIEWPORT, ...(locale && { env: { ...process.env, LC_ALL: locale } }) };
  const { firefoxUserPrefs, ...stock } = firefoxLaunch;
  const context = await (engine === "firefox"
    ? firefox.launchPersistentContext(folder, {
        ...options,
        ...stock,
        firefoxUserPrefs: { ...firefoxUserPrefs, ...(alone ? PRIVATE : {}) },
      })
    : chromium.launchPersistentContext(folder, {
        ...options,
        executablePath: findChromium() ?? "chromium",
        args: [...chromiumFlags, ...(alone ? ["--incognito"] : [])],
      }));
  return came(name, context, context.pages()[0] ?? (await context.newPage()));
}
async function inWebKit({ name, folder }: Profile, { private: alone = false, locale }: Opening): Promise<Person> {
  const browser = await WebKit.open(alone ? undefined : folder, locale);
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
