/**
 * Time that passes while people are away, and clocks that disagree. To let time pass, every process is started anew with
 * its clock shifted by the same: network time would undo one shift alone.
 */
import { expect, test } from "@playwright/test";
import { say } from "../../web/src/ui/sentences.ts";
import { cleanUp, type Running, start } from "../relay/process.ts";
import { newProfile, Person, type Profile, sayGoodbye } from "./people.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const PEERS = ["--peers", "4"];
const STORED = /Stored \d\/\d, until /;

test.afterEach(async () => {
  await sayGoodbye();
  await cleanUp();
});

/** Ann and Ben, contacts, each with a profile, and the network around them; all closed or open at one shift of time. */
class World {
  readonly #profiles: Readonly<Record<"Ann" | "Ben", Profile>>;
  readonly #open = new Set<Person>();
  #relay: Running;
  #shift = 0;

  private constructor(relay: Running, ann: Profile, ben: Profile) {
    this.#relay = relay;
    this.#profiles = { Ann: ann, Ben: ben };
  }

  /** They have met, and both are away. `skew`: how far off Ann's clock is. */
  static async begin(skew = 0): Promise<World> {
    const world = new World(await start(PEERS), await newProfile("Ann"), await newProfile("Ben"));
    const ann = await world.#enter("Ann", world.#relay.url, skew);
    await ann.begin();
    const ben = await world.#enter("Ben", await ann.invite());
    await ben.begin();
    await ben.answer("hello");
    await ann.accept("Ben");
    await expect(ben.status("Read")).toBeVisible();
    await world.leave();
    return world;
  }

  /** At the chat with the other. */
  async open(name: "Ann" | "Ben", skew = 0): Promise<Person> {
    const person = await this.#enter(name, this.#relay.url, skew);
    await person.open(name === "Ann" ? "Ben" : "Ann");
    return person;
  }
  async leave(): Promise<void> {
    for (const person of this.#open) {
      expect(person.faults).toEqual([]);
      await person.close();
    }
    this.#open.clear();
  }
  /** Everybody leaves, the nodes too, and is back so much later. */
  async pass(ms: number): Promise<void> {
    await this.leave();
    this.#shift += ms;
    const { url, data } = this.#relay;
    await this.#relay.stop();
    const same = ["--port", new URL(url).port, "--data", data];
    const shifted = { NODUS_UNSAFE_TESTING: JSON.stringify({ wallOffset: this.#shift }) };
    this.#relay = await start([...PEERS, ...same], shifted);
  }
  async #enter(name: "Ann" | "Ben", url: string, skew = 0): Promise<Person> {
    const person = await Person.open(this.#profiles[name], url, { wallOffset: this.#shift + skew });
    this.#open.add(person);
    return person;
  }
}

test("texts that wait while the day ends, the pair's own day included, are found", async () => {
  const world = await World.begin();
  // Three steps of eight hours: midnight and the moment when this pair changes its boxes are both in one of them.
  for (let step = 0; step < 3; step++) {
    const [author, reader] = step % 2 === 0 ? (["Ann", "Ben"] as const) : (["Ben", "Ann"] as const);
    const writing = await world.open(author);
    await writing.write(`step ${step} first`);
    await writing.write(`step ${step} second`);
    await expect(writing.status(STORED)).toBeVisible();
    await world.pass(8 * HOUR);
    const reading = await world.open(reader);
    await expect(reading.message(`step ${step} second`)).toBeVisible();
    expect(await reading.words(new RegExp(`step ${step} \\w+`))).toEqual([`step ${step} first`, `step ${step} second`]);
    await world.leave();
  }
  const ann = await world.open("Ann");
  const all = [0, 1, 2].flatMap((step) => [`step ${step} first`, `step ${step} second`]);
  await expect.poll(() => ann.words(/step \d \w+/)).toEqual(all);
});

test("a clock that is hours off, then set right: what waits on either side of it is found, in order", async () => {
  const world = await World.begin(5 * HOUR);
  let ann = await world.open("Ann", 5 * HOUR);
  await expect(ann.page.getByText(say.skew("5 hr", true))).toBeVisible();
  await ann.write("from a fast clock");
  await expect(ann.status(STORED)).toBeVisible();
  await world.leave();
  const ben = await world.open("Ben", -7 * HOUR);
  await expect(ben.message("from a fast clock")).toBeVisible();
  await ben.write("to a slow one");
  await expect(ben.status(STORED)).toBeVisible();
  await world.leave();
  ann = await world.open("Ann");
  await expect(ann.message("to a slow one")).toBeVisible();
  await ann.write("set right");
  await expect(ann.page.getByText(say.skew("5 hr", true))).toBeHidden();
  expect(await ann.words(/from a fast clock|to a slow one|set right/)).toEqual([
    "from a fast clock",
    "to a slow one",
    "set right",
  ]);
});

test("eight days away: the author's node gives the text a second life, and it arrives once", async () => {
  const world = await World.begin();
  let ann = await world.open("Ann");
  await ann.write("for next week");
  await expect(ann.status(STORED)).toBeVisible();
  const until = await ann.status(STORED).textContent();
  await world.pass(8 * DAY);
  ann = await world.open("Ann");
  await expect(ann.status(STORED)).toBeVisible();
  await expect.poll(() => ann.status(STORED).textContent()).not.toBe(until);
  await ann.close();
  const ben = await world.open("Ben");
  await expect(ben.message("for next week")).toBeVisible();
  ann = await world.open("Ann");
  await expect(ann.status(/Delivered|Read/)).toBeVisible();
  expect(await ben.words(/for next week/)).toHaveLength(1);
});

test("two lives that nobody fetched: the bubble says so, and sending again works", async () => {
  const world = await World.begin();
  let ann = await world.open("Ann");
  await ann.write("is anyone there?");
  await expect(ann.status(STORED)).toBeVisible();
  for (let life = 0; life < 2; life++) {
    expect(await ann.page.getByText(say.failure("not-fetched")).count()).toBe(0);
    await world.pass(8 * DAY);
    ann = await world.open("Ann");
    if (life === 0) await expect(ann.status(STORED)).toBeVisible();
  }
  await expect(ann.page.getByText(say.failure("not-fetched"))).toBeVisible();
  const ben = await world.open("Ben");
  await expect(ben.page.getByRole("log")).toBeVisible();
  await ann.page.getByRole("button", { name: say.retry }).click();
  await expect(ben.message("is anyone there?")).toBeVisible();
  await expect(ann.status(/Delivered|Read/)).toBeVisible();
  expect(await ben.words(/is anyone there\?/)).toHaveLength(1);
});
