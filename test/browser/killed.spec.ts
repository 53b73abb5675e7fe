/**
 * A browser that is killed around the moment of sending, for real: SIGKILL to all of its processes, then opened again.
 * In the short form; seeds and many more moments are test/chat/driver.test.ts's.
 */
import { expect, test } from "@playwright/test";
import { SeededRandom } from "../../web/src/adapters/memory-random.ts";
import { cleanUp, start } from "../relay/process.ts";
import { endMortals, frames, mute, openMortal } from "./mortal.ts";
import { newProfile, Person, sayGoodbye } from "./people.ts";

const KILLS = 6;
const SEED = "killed/1";
/** Frames of the screen after Enter at which the end comes. */
const FRAMES = 16;

test.afterEach(async () => {
  endMortals();
  await sayGoodbye();
  await cleanUp();
});

test("killed six times around sending: nothing is lost, nothing comes twice, all is in order", async () => {
  const random = new SeededRandom(SEED);
  const draw = (below: number): number => (random.bytes(1)[0] as number) % below;
  const relay = await start(["--peers", "4"]);
  const profile = await newProfile("Ann");
  let { person: ann, kill } = await openMortal(profile, relay.url);
  await ann.begin();
  const benProfile = await newProfile("Ben");
  const ben = await ann.befriend((link) => Person.open(benProfile, link));

  const shown: string[] = [];
  for (let round = 0; round < KILLS; round++) {
    await ann.write(`text ${round} first`);
    shown.push(`text ${round} first`);
    if (round % 3 === 0) {
      // Persisted, and never sent: what is on the screen is on the disk.
      await mute(ann);
      await ann.write(`text ${round} second`);
      shown.push(`text ${round} second`);
    } else {
      const composer = ann.page.getByRole("textbox", { name: "Message" });
      await composer.fill(`text ${round} second`);
      await composer.press("Enter");
      await frames(ann, draw(FRAMES));
    }
    await Promise.all([ben.write(`back ${round}`), kill()]);
    ({ person: ann, kill } = await openMortal(profile, relay.url));
    await ann.open("Ben");
    await expect(ann.message(shown.at(-1) ?? "")).toBeVisible();
  }
  const own = await ann.words(/text \d \w+/);
  expect(own.filter((text) => shown.includes(text))).toEqual(shown);
  expect(own).toEqual([...new Set(own)].sort());
  const theirs = Array.from({ length: KILLS }, (_, round) => `back ${round}`);
  await expect.poll(() => ann.words(/back \d/)).toEqual(theirs);
  await expect.poll(() => ben.words(/text \d \w+/)).toEqual(own);
  await expect(ann.status(/Delivered|Read/)).toBeVisible();
  await expect(ben.status(/Delivered|Read/)).toBeVisible();
  expect(await ben.words(/text \d \w+/)).toEqual(own);
  expect(await ann.words(/back \d/)).toEqual(theirs);
  expect([...ann.faults, ...ben.faults]).toEqual([]);
});
