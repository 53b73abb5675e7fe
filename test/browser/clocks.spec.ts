/** Time that passes while people are away, and clocks that disagree. */
import { expect, test } from "@playwright/test";
import { say } from "../../web/src/ui/words/sentences.ts";
import { cleanUp } from "../relay/process.ts";
import { newProfile, type Person, type Profile, sayGoodbye } from "./people.ts";
import { World } from "./world.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const STORED = /Stored \d\/\d, until /;

test.afterEach(async () => {
  await sayGoodbye();
  await cleanUp();
});

/** Ann and Ben, contacts, each with a profile; both closed or open at one shift of time. */
class Pair {
  readonly #world: World;
  readonly #profiles: Readonly<Record<"Ann" | "Ben", Profile>>;

  private constructor(world: World, ann: Profile, ben: Profile) {
    this.#world = world;
    this.#profiles = { Ann: ann, Ben: ben };
  }

  /** They have met, and both are away. `skew`: how far off Ann's clock is. */
  static async begin(skew = 0): Promise<Pair> {
    const world = await World.begin();
    const [annAt, benAt] = [await newProfile("Ann"), await newProfile("Ben")];
    const ann = await world.enter(annAt, { skew });
    await ann.begin();
    await ann.befriend((url) => world.enter(benAt, { url }));
    await world.leave();
    return new Pair(world, annAt, benAt);
  }

  /** At the chat with the other. */
  async open(name: "Ann" | "Ben", skew = 0): Promise<Person> {
    const person = await this.#world.enter(this.#profiles[name], { skew });
    await person.open(name === "Ann" ? "Ben" : "Ann");
    return person;
  }
  leave(): Promise<void> {
    return this.#world.leave();
  }
  pass(ms: number): Promise<void> {
    return this.#world.pass(ms);
  }
}

test("texts that wait while the day ends, the pair's own day included, are found", async () => {
  const world = await Pair.begin();
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
  const world = await Pair.begin(5 * HOUR);
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
  const world = await Pair.begin();
  let ann = await world.open("Ann");
  await ann.write("for next week");
  await expect(ann.status(STORED)).toBeVisible();
  const until = async (): Promise<string> => (await ann.status(STORED).textContent())?.split("until")[1] ?? "";
  const first = await until();
  await world.pass(8 * DAY);
  ann = await world.open("Ann");
  await expect(ann.status(STORED)).toBeVisible();
  expect(await until()).not.toBe(first);
  await ann.close();
  const ben = await world.open("Ben");
  await expect(ben.message("for next week")).toBeVisible();
  ann = await world.open("Ann");
  await expect(ann.status(/Delivered|Read/)).toBeVisible();
  expect(await ben.words(/for next week/)).toHaveLength(1);
});

test("two lives that nobody fetched: the bubble says so, and sending again works", async () => {
  const world = await Pair.begin();
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
