/** Who is on the tour: Ann at a wide light screen, Ben at a narrow dark one, Cleo between; and what they all do often. */
import { expect as base, type Locator, type Page } from "@playwright/test";
import { say } from "../../web/src/ui/words/sentences.ts";
import { newProfile, Person, type Profile } from "../browser/people.ts";
import { type Running, start } from "../relay/process.ts";

/** Generous: two busy cores. */
const LIMIT_MS = 45_000;
export const expect = base.configure({ timeout: LIMIT_MS });
export const STORED = /Stored \d\/\d, until /;

const LOOKS = {
  Ann: { size: { width: 1280, height: 800 }, theme: "light" },
  Ben: { size: { width: 390, height: 780 }, theme: "dark" },
  Cleo: { size: { width: 820, height: 760 }, theme: "light" },
} as const;
export type Name = keyof typeof LOOKS;
const NAMES = Object.keys(LOOKS) as Name[];
/** As many as make eight holders for anybody's mail. */
const PEERS = ["--peers", "8"];

export class World {
  relay: Running;
  readonly faults: string[] = [];
  readonly #heard: string[];
  readonly #profiles: Readonly<Record<Name, Profile>>;
  readonly #here = new Map<Name, Person>();

  private constructor(relay: Running, profiles: Record<Name, Profile>, heard: string[]) {
    this.#heard = heard;
    this.relay = relay;
    this.#profiles = profiles;
  }
  /** `heard` gets what the pages complain of. */
  static async begin(heard: string[]): Promise<World> {
    const profiles = await Promise.all(NAMES.map(async (name) => [name, await newProfile(name)] as const));
    return new World(await start(PEERS), Object.fromEntries(profiles) as Record<Name, Profile>, heard);
  }

  /** Somebody who is here. */
  person(name: Name): Person {
    const person = this.#here.get(name);
    if (!person) throw new Error(`${name} is not here`);
    return person;
  }
  find(name: Name): Person | undefined {
    return this.#here.get(name);
  }
  async enter(name: Name, url = this.relay.url, levers: object = {}): Promise<Person> {
    const person = await Person.open(this.#profiles[name], url, levers);
    await this.seat(name, person);
    return person;
  }
  /** From now on this window is theirs. */
  async seat(name: Name, person: Person): Promise<void> {
    const { size, theme } = LOOKS[name];
    person.page.setDefaultTimeout(LIMIT_MS);
    await person.page.setViewportSize(size);
    await person.page.emulateMedia({ colorScheme: theme, reducedMotion: "reduce" });
    person.page.on("console", (entry) => {
      if (entry.type() === "error") this.#heard.push(`${name}’s page: ${entry.text()}`);
    });
    this.#blame(name);
    this.#here.set(name, person);
  }
  async leave(name: Name): Promise<void> {
    const person = this.#here.get(name);
    this.#blame(name);
    this.#here.delete(name);
    await person?.close();
  }
  /** What the window reported that is to be closed or left behind. */
  #blame(name: Name): void {
    const { faults = [] } = this.#here.get(name) ?? {};
    this.faults.push(...faults.map((fault) => `${name}: ${fault}`));
  }
  async allLeave(): Promise<void> {
    for (const name of NAMES) await this.leave(name);
  }

  /** The network anew, with what the first node kept, and perhaps with its clock shifted by so many ms. */
  async restart(wallOffset = 0): Promise<void> {
    const { url, data } = this.relay;
    const shifted: Record<string, string> =
      wallOffset === 0 ? {} : { NODUS_UNSAFE_TESTING: JSON.stringify({ wallOffset }) };
    this.relay = await start([...PEERS, "--port", new URL(url).port, "--data", data], shifted);
  }
}

export const button = (page: Page, name: string): Locator => page.getByRole("button", { name, exact: true });
export const press = (page: Page, name: string): Promise<void> => button(page, name).first().click();
export const sees = (page: Page, words: string | RegExp): Promise<void> =>
  expect(page.getByText(words).last()).toBeVisible();
/** One level up, to the list in the end. */
export async function toList({ page }: Person): Promise<void> {
  await page.keyboard.press("Escape");
  await expect(button(page, say.settings)).toBeVisible();
}
/** What the only object that the interface draws says of itself. */
interface Drawn {
  ui: { app: { state: { leads?: boolean }; device: { install: string; persisted?: boolean } } };
}
const appOf = (page: Page): Promise<Drawn["ui"]["app"]> =>
  page.evaluate(() => {
    const { state, device } = (document.querySelector("nodus-app") as unknown as Drawn).ui.app;
    return { state: { leads: state.leads === true }, device: { ...device } };
  });
export const leads = async (page: Page): Promise<boolean> => (await appOf(page)).state.leads === true;
export const device = async (page: Page): Promise<Drawn["ui"]["app"]["device"]> => (await appOf(page)).device;
/** A row of the open chat. */
export const row = ({ page }: Person, text: string): Locator =>
  page.getByRole("log").locator("[data-id]").filter({ hasText: text }).last();
