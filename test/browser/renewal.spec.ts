/**
 * A profile that is lost and made anew out of its 24 words, while a contact has written to the old one; and the same words
 * on two devices at once (protocol.md §11, Renewal).
 */
import { rm } from "node:fs/promises";
import { expect, test } from "@playwright/test";
import { say } from "../../web/src/ui/words/sentences.ts";
import { mine } from "../../web/src/ui/words/sentences-self.ts";
import { cleanUp } from "../relay/process.ts";
import { endMortals, openMortal } from "./mortal.ts";
import { newProfile, type Person, sayGoodbye } from "./people.ts";
import { World } from "./world.ts";

const MINUTE = 60_000;
const STORED = /Stored \d\/\d, until /;
const CONFIRMED = /Delivered|Read/;

test.afterEach(async () => {
  endMortals();
  await sayGoodbye();
  await cleanUp();
});

/** A node that finds nobody at first publishes its card a minute later. */
const PUBLISHED_MS = 90_000;
/** The new card lies beside the old one. */
async function published(world: World, person: Person): Promise<void> {
  const identity = await person.identity();
  await expect.poll(() => world.cards(identity), { timeout: PUBLISHED_MS }).toContain(2);
}

test("a lost profile: what was written to it comes as a request, once, and both go on in a renewed session", async () => {
  const world = await World.begin();
  const [annAt, benAt] = [await newProfile("Ann"), await newProfile("Ben")];
  let ann = await world.enter(annAt);
  let end = async (): Promise<void> => undefined;
  await ann.begin();
  const lost = await ann.befriend(async (link) => {
    const { person, kill } = await openMortal(benAt, link, undefined, world.levers);
    end = kill;
    await person.page.setViewportSize({ width: 1000, height: 700 });
    return person;
  });
  const words = await lost.takeWords();
  expect(words.split(" ")).toHaveLength(24);
  await ann.close();
  await end();
  await rm(benAt.folder, { recursive: true, maxRetries: 5 });

  ann = await world.enter(annAt);
  await ann.open("Ben");
  await ann.write("left first");
  await ann.write("left second");
  await expect(ann.status(STORED)).toBeVisible();
  await world.pass(11 * MINUTE);

  const ben = await world.enter(await newProfile("Ben"));
  await ben.restore(words);
  await published(world, ben);
  ann = await world.enter(annAt);
  await ben.open("Ann");
  await expect(ben.page.getByText(say.requestTitle("Ann"))).toBeVisible();
  const log = /left \w+|to Ann|to Ben|hello/;
  await expect.poll(() => ben.words(log)).toEqual(["left first", "left second"]);
  await ann.open("Ben");
  await expect(ann.page.getByText(say.note("renewed"))).toBeVisible();
  await ben.page.getByRole("button", { name: say.accept }).click();
  await ben.write("to Ann");
  await expect(ann.message("to Ann")).toBeVisible();
  await ann.write("to Ben");
  await expect(ben.message("to Ben")).toBeVisible();
  await expect(ann.status(CONFIRMED)).toBeVisible();
  await expect(ben.status(CONFIRMED)).toBeVisible();
  expect(await ben.words(log)).toEqual(["left first", "left second", "to Ann", "to Ben"]);
  expect(await ann.words(log)).toEqual(["hello", "left first", "left second", "to Ann", "to Ben"]);
  expect(await ann.page.getByText(say.note("renewed")).count()).toBe(1);
  await world.leave();
});

test("the words on a second device: the first one stops sending and says so, the second goes on", async () => {
  const world = await World.begin();
  const [annAt, firstAt, secondAt] = [await newProfile("Ann"), await newProfile("Ben"), await newProfile("Ben")];
  let ann = await world.enter(annAt);
  await ann.begin();
  let first = await ann.befriend((url) => world.enter(firstAt, { url }));
  const words = await first.takeWords();
  let second = await world.enter(secondAt);
  await second.restore(words);
  await published(world, second);

  await expect(first.page.getByText(mine.superseded)).toBeVisible();
  await first.page.reload();
  await expect(first.page.getByText(mine.superseded)).toBeVisible();
  await first.open("Ann");
  await first.write("from the first");
  await expect(first.status(say.waiting("superseded"))).toBeVisible();
  await ann.write("for whom");
  await expect(ann.status(STORED)).toBeVisible();
  await expect(second.page.getByText(mine.superseded)).toBeHidden();
  await world.pass(11 * MINUTE);

  second = await world.enter(secondAt);
  ann = await world.enter(annAt);
  await second.accept("Ann");
  await second.write("from the second");
  await ann.open("Ben");
  await expect(ann.message("from the second")).toBeVisible();
  await ann.write("to the second");
  await expect(second.message("to the second")).toBeVisible();
  first = await world.enter(firstAt);
  await first.open("Ann");
  await expect(first.page.getByText(mine.superseded)).toBeVisible();
  await first.write("once more");
  await expect(first.status(say.waiting("superseded"))).toBeVisible();
  await expect(ann.status(CONFIRMED)).toBeVisible();
  const log = /hello|for whom|(from|to) the \w+|once more/;
  expect(await second.words(log)).toEqual(["for whom", "from the second", "to the second"]);
  expect(await ann.words(log)).toEqual(["hello", "for whom", "from the second", "to the second"]);
  await expect(second.page.getByText(mine.superseded)).toBeHidden();
  await world.leave();
});
