/** One of the two: a profile whose browser comes and goes, and who writes numbered texts as a person does. */
import type { Locator } from "@playwright/test";
import { type Mortal, mute, openMortal, openMortalFirefox } from "../browser/mortal.ts";
import type { Person, Profile } from "../browser/people.ts";
import type { Who } from "./plan.ts";
import type { Witness } from "./witness.ts";

export type Engine = "chromium" | "firefox";
export const LIMIT_MS = 60_000;
const DIGITS = 5;

/** As the app tells the interface. */
interface Shown {
  id: string;
  mine: boolean;
  text: string;
  delivery?: { kind: string };
}
interface AppRoot extends Element {
  ui: { app: { state: { open?: { messages: Shown[]; more: boolean } }; loadOlder(): Promise<void> } };
}

export class Talker {
  readonly who: Who;
  readonly other: string;
  readonly profile: Profile;
  readonly #witness: Witness;
  readonly #engine: Engine;
  #mortal: Mortal | undefined;
  /** Number of the last text that stood on the own screen. */
  written = 0;

  constructor(who: Who, other: string, profile: Profile, witness: Witness, engine: Engine = "chromium") {
    this.who = who;
    this.other = other;
    this.profile = profile;
    this.#witness = witness;
    this.#engine = engine;
  }

  get person(): Person {
    if (this.#mortal === undefined) throw new Error(`${this.who} is not there`);
    return this.#mortal.person;
  }
  get #composer(): Locator {
    return this.person.page.getByRole("textbox", { name: "Message" });
  }

  async open(url: string): Promise<Person> {
    const open = this.#engine === "firefox" ? openMortalFirefox : openMortal;
    this.#mortal = await open(this.profile, url, (context) => this.#witness.listen(context));
    return this.person;
  }
  async kill(): Promise<void> {
    await this.#mortal?.kill();
    this.#mortal = undefined;
  }
  /** Back at the chat. What the killed browser had on its disk counts as written; what it had not is written again. */
  async back(url: string): Promise<void> {
    const { page } = await this.open(url);
    await page
      .getByRole("button", { name: new RegExp(this.other) })
      .first()
      .click({ timeout: LIMIT_MS });
    await page
      .getByRole("log")
      .waitFor({ timeout: LIMIT_MS })
      .catch(async () => {
        throw new Error(`${this.who} chose the chat and sees: ${await this.#screen()}`);
      });
    this.written = Math.max(this.written, ...numbersOf(await this.shown(false), this.who, true));
  }

  /** Of one length, so that none is part of another. */
  name(number: number): string {
    return `${this.who} ${String(number).padStart(DIGITS, "0")}`;
  }
  /** Until the bubble stands, which means that the text is on the disk. */
  async write(): Promise<void> {
    await this.enter();
    await this.stands();
  }
  async enter(): Promise<void> {
    await this.#composer.fill(this.name(this.written + 1));
    await this.#composer.press("Enter");
  }
  async stands(): Promise<void> {
    await this.person.message(this.name(this.written + 1)).waitFor({ timeout: LIMIT_MS });
    this.written++;
  }
  mute(): Promise<void> {
    return mute(this.person);
  }
  async linked(limit: number): Promise<boolean> {
    const linked = this.person.page.getByText("Linked directly").last();
    return linked.waitFor({ timeout: limit }).then(
      () => true,
      () => false,
    );
  }

  /** The place, what the app says of it, and the words that are on the screen. */
  async #screen(): Promise<string> {
    const { page } = this.person;
    const state = await page.evaluate(() => {
      const { state } = document.querySelector<AppRoot>("nodus-app")?.ui.app ?? {};
      return JSON.stringify([history.state, state && { ...state, open: state.open?.messages.length }]);
    });
    return `${state}\n${await page.locator("body").ariaSnapshot()}`;
  }

  /** The open chat as its screen has it, from its beginning where `all`. */
  shown(all: boolean): Promise<Shown[]> {
    return this.person.page.evaluate(async (whole) => {
      const root = document.querySelector<AppRoot>("nodus-app");
      const app = root?.ui.app;
      while (whole && app?.state.open?.more) await app.loadOlder();
      return app?.state.open?.messages.map(({ id, mine, text, delivery }) => ({ id, mine, text, delivery })) ?? [];
    }, all) as Promise<Shown[]>;
  }
}

/** Numbers of one author's texts, in the order of the screen. */
export function numbersOf(shown: readonly Shown[], author: Who, mine: boolean): number[] {
  const pattern = new RegExp(`^${author} (\\d+)$`);
  return shown.flatMap((text) => {
    const number = text.mine === mine ? pattern.exec(text.text)?.[1] : undefined;
    return number === undefined ? [] : [Number(number)];
  });
}
