/** People for whole-app tests: each a browser process with a profile of its own, who uses the app as a person would. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BrowserContext, chromium, type Locator, type Page } from "@playwright/test";
import { chromiumFlags, findChromium } from "../../tools/chromium.mjs";
import { say } from "../../web/src/ui/words/sentences.ts";
import { keep } from "../../web/src/ui/words/sentences-keep.ts";
import { mine } from "../../web/src/ui/words/sentences-self.ts";

export interface Profile {
  name: string;
  folder: string;
}
/** Generous: two busy cores. The long run waits as long, without a runner around it. */
const LIMIT_MS = 30_000;
const shown = (locator: Locator): Promise<void> => locator.waitFor({ timeout: LIMIT_MS });
/** Firefox tells a connection that did not open, found no way or was left behind, as an error of the page. */
const OF_THE_NETWORK =
  /^(Firefox can’t establish a connection|The connection to \S+ was interrupted|(WebRTC: )?ICE failed)/;
const folders: string[] = [];
const running = new Set<BrowserContext>();

export async function newProfile(name: string): Promise<Profile> {
  const folder = await mkdtemp(join(tmpdir(), "nodus-profile-"));
  folders.push(folder);
  return { name, folder };
}
/** Closes every browser that was opened here and removes the profiles; for afterEach. */
export async function sayGoodbye(): Promise<void> {
  for (const context of running) await context.close().catch(() => undefined);
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true, maxRetries: 5 });
}

/** One person at one window. Whatever the page reports as an error fails the test that looks at `faults`. */
export class Person {
  readonly context: BrowserContext;
  readonly page: Page;
  readonly faults: string[] = [];
  readonly name: string;

  constructor(name: string, context: BrowserContext, page: Page) {
    this.name = name;
    this.context = context;
    this.page = page;
    page.on("pageerror", ({ message }) => {
      if (!OF_THE_NETWORK.test(message)) this.faults.push(message);
    });
    page.on("console", (message) => {
      if (/Content Security Policy|Trusted Type/i.test(message.text())) this.faults.push(message.text());
    });
  }

  /** A browser process of their own. `levers`: what `globalThis.unsafeTesting` is to hold. */
  static async open(profile: Profile, url: string, levers: object = {}): Promise<Person> {
    const context = await chromium.launchPersistentContext(profile.folder, {
      executablePath: findChromium() ?? "chromium",
      args: chromiumFlags,
      viewport: { width: 1000, height: 700 },
    });
    running.add(context);
    context.once("close", () => running.delete(context));
    await context.addInitScript((values) => Object.assign(globalThis, { unsafeTesting: values }), levers);
    const person = new Person(profile.name, context, context.pages()[0] ?? (await context.newPage()));
    await person.page.goto(url);
    return person;
  }
  close(): Promise<void> {
    return this.context.close();
  }

  /** Past the first screen. */
  async begin(): Promise<void> {
    await this.page.getByRole("textbox").first().fill(this.name);
    await this.page.getByRole("button", { name: "Start" }).click();
  }
  /** Past the first screen, as who these 24 words say. */
  async restore(words: string): Promise<void> {
    await this.#press(mine.haveWords);
    await this.page.getByRole("textbox", { name: keep.restoreField }).fill(words);
    await this.page.getByRole("textbox", { name: say.yourName }).fill(this.name);
    await this.#press(keep.restore);
    await shown(this.page.getByText(mine.restoredTitle));
  }
  /** In hex, as the settings show it. */
  async identity(): Promise<string> {
    await this.#press(say.settings);
    const text = await this.page.getByText(/^[0-9a-f]{64}$/).textContent();
    await this.page.keyboard.press("Escape");
    return text ?? "";
  }
  /** The 24 words, as they would be written down. */
  async takeWords(): Promise<string> {
    await this.#press(say.settings);
    // In the sheet: the list behind it may offer the same.
    await this.page.locator("nodus-settings").getByRole("button", { name: mine.showWords }).click();
    await this.#press(keep.reveal);
    const list = this.page.getByRole("list", { name: keep.wordsLabel });
    await shown(list);
    const words = await list.getByRole("listitem").allTextContents();
    await this.page.goBack();
    await this.page.keyboard.press("Escape");
    return words.join(" ");
  }
  #press(name: string): Promise<void> {
    return this.page.getByRole("button", { name, exact: true }).click();
  }
  /** What the page "My node" says. */
  async nodeId(): Promise<string> {
    await this.page.getByRole("button", { name: "Settings" }).click();
    await this.page.getByRole("button", { name: /node/i }).click();
    const id = await this.page
      .getByText(/^[0-9a-f]{64}$/)
      .first()
      .textContent();
    await this.page.goBack();
    await this.page.keyboard.press("Escape");
    return id ?? "";
  }
  /** Makes an invite and copies the link when holders have it. */
  async invite(): Promise<string> {
    await this.page.getByRole("button", { name: "New invite" }).click();
    await shown(this.page.getByText(/^Ready: \d+ of \d+/));
    const link = await this.page.getByRole("textbox", { name: "Invite link" }).inputValue();
    await this.page.keyboard.press("Escape");
    return link;
  }
  /** Answers the invite that this page was opened with. */
  async answer(text: string): Promise<void> {
    await shown(this.page.getByText("invites you to chat"));
    const composer = this.page.getByRole("textbox").last();
    await composer.fill(text);
    await composer.press("Enter");
    await shown(this.message(text));
  }
  async open(chat: string): Promise<void> {
    await this.page
      .getByRole("button", { name: new RegExp(chat) })
      .first()
      .click();
  }
  async accept(chat: string): Promise<void> {
    await this.open(chat);
    await this.page.getByRole("button", { name: "Accept" }).click();
  }
  /** Invites who comes in by `enter`; both are contacts, and the other knows that the first text was read. */
  async befriend(enter: (link: string) => Promise<Person>): Promise<Person> {
    const other = await enter(await this.invite());
    await other.begin();
    await other.answer(`hello from ${other.name}`);
    await this.accept(other.name);
    await shown(other.status("Read"));
    return other;
  }
  async write(text: string): Promise<void> {
    const composer = this.page.getByRole("textbox", { name: "Message" });
    await composer.fill(text);
    await composer.press("Enter");
    await shown(this.message(text));
  }
  /** A bubble of the open chat. */
  message(text: string): Locator {
    return this.page.getByRole("log").getByText(text);
  }
  /** All texts of the open chat that match, in the order of the screen. */
  async words(pattern: RegExp): Promise<string[]> {
    const texts = await this.page.getByRole("log").getByText(pattern).allInnerTexts();
    return texts.map((text) => pattern.exec(text)?.[0] ?? text);
  }
  /** What is said below the last own bubble. */
  status(words: string | RegExp): Locator {
    return this.page.getByRole("log").getByText(words).last();
  }
}
