/**
 * A browser that is killed while what an earlier version stored is moved, and while what is to be erased is made anew:
 * SIGKILL to all of its processes at random moments. Every access to the disk one by one: test/adapters/moving.test.ts and
 * test/contract/vault.ts.
 */
import { cp } from "node:fs/promises";
import { basename } from "node:path";
import { expect, test } from "@playwright/test";
import { SeededRandom } from "../../web/src/adapters/memory-random.ts";
import { say } from "../../web/src/ui/words/sentences.ts";
import { keep } from "../../web/src/ui/words/sentences-keep.ts";
import { mine } from "../../web/src/ui/words/sentences-self.ts";
import { expected, offsetTo, openProfile, VERSIONS } from "../fixtures/open.ts";
import { cleanUp, start } from "../relay/process.ts";
import { readProfile } from "./forensic/profile.ts";
import { fill, fillMore, held } from "./kept.ts";
import { endMortals, type Mortal, openMortal } from "./mortal.ts";
import { newProfile, Person, type Profile, sayGoodbye } from "./people.ts";

const MINUTE = 60_000;
const KILLS = 5;
const MORE = 20_000;
/** ms after the page has come, or the person has asked, at which the end comes. */
const MOVING_MS = 3_000;
const ERASING_MS = 1_000;

test.afterEach(async () => {
  endMortals();
  await sayGoodbye();
  await cleanUp();
});

for (const version of VERSIONS) {
  const kept = openProfile(version);
  const all = expected(version);
  const levers = { wallOffset: offsetTo(kept, MINUTE) };
  const random = new SeededRandom(`moved/${version}`);
  const draw = (below: number): number => ((random.bytes(1)[0] as number) / 256) * below;
  const texts = MORE + kept.databases.flatMap(({ entries }) => Object.keys(entries)).filter(isText).length;

  /** A profile of that version with many texts. */
  async function made(url: string): Promise<Profile> {
    const profile = await newProfile("Ann");
    const person = await Person.open(profile, `${url}/readyz`, levers);
    await person.page.evaluate(fill, kept);
    await person.page.evaluate(fillMore, { network: kept.network, count: MORE });
    await person.close();
    return profile;
  }
  async function copyOf({ name, folder }: Profile): Promise<Profile> {
    const copy = await newProfile(name);
    // Without the lock of the browser that was killed.
    const filter = (path: string): boolean => !basename(path).startsWith("Singleton");
    await cp(folder, copy.folder, { recursive: true, filter });
    return copy;
  }
  /** The app shows what it should, and holds it once. */
  async function whole({ person }: Mortal): Promise<void> {
    for (const { name } of all.chats) {
      await expect(person.page.getByRole("button", { name: new RegExp(name) }).first()).toBeVisible();
    }
    const parts = async (): Promise<[string, number][]> =>
      Object.entries(await held(person.page, kept.network)).filter(([name]) => name.startsWith("history-"));
    await expect.poll(async () => (await parts()).map(([, count]) => count)).toEqual([texts + 1]); // and the epoch
    expect(person.faults).toEqual([]);
  }

  test(`killed while a profile of ${version} is moved: nothing is lost, and the next start ends it`, async () => {
    const { url } = await start([], { NODUS_UNSAFE_TESTING: JSON.stringify(levers) });
    const profile = await made(url);
    for (let round = 0; round < KILLS; round++) {
      const copy = await copyOf(profile);
      const first = await openMortal(copy, url, undefined, levers);
      if (round === 0) await expect(first.person.page.getByText(say.starting("moving"))).toBeVisible();
      await first.person.page.waitForTimeout(draw(MOVING_MS));
      await first.kill();
      const second = await openMortal(copy, url, undefined, levers);
      await whole(second);
      await expect
        .poll(async () => Object.keys(await held(second.person.page, kept.network)).sort())
        .toEqual([expect.stringMatching(/^history-/), "personal", expect.stringMatching(/^secrets-/)]);
      expect((await held(second.person.page, kept.network))["personal"]).toBe(0);
      await second.kill();
    }
  });

  test(`killed while the words of a profile of ${version} are erased: nothing else is lost, and they are`, async () => {
    const { url } = await start([], { NODUS_UNSAFE_TESTING: JSON.stringify(levers) });
    const profile = await made(url);
    const mover = await openMortal(profile, url, undefined, levers);
    await whole(mover);
    await mover.person.page.waitForTimeout(1_000);
    await mover.kill();
    for (let round = 0; round < KILLS; round++) {
      const copy = await copyOf(profile);
      const first = await openMortal(copy, url, undefined, levers);
      await confirm(first.person, draw(ERASING_MS));
      await first.kill();
      const second = await openMortal(copy, url, undefined, levers);
      await whole(second);
      await second.person.page.getByRole("button", { name: say.settings, exact: true }).click();
      const settings = second.person.page.locator("nodus-settings");
      await expect(settings.getByText(keep.backupKept).or(settings.getByText(keep.backupNone))).toBeVisible();
      const confirmed = await settings.getByText(keep.backupKept).isVisible();
      await second.kill();
      const { opened } = readProfile(copy.folder);
      const found = opened.filter(({ key, value }) => key === "me" && Buffer.from(value).includes("entropy")).length;
      console.log(`round ${round}: ${confirmed ? "confirmed" : "not confirmed"}, ${found} found`);
      if (confirmed) expect(found).toBe(0);
    }
  });
}

function isText(key: string): boolean {
  return key.startsWith("text/");
}
/** The person says that the words are kept, and so long after that this returns. */
async function confirm({ page }: Person, ms: number): Promise<void> {
  await page.getByRole("button", { name: say.settings, exact: true }).click();
  await page.locator("nodus-settings").getByRole("button", { name: mine.showWords }).click();
  await page.getByRole("button", { name: keep.reveal, exact: true }).click();
  await page.getByRole("button", { name: keep.haveThem, exact: true }).click();
  await page.getByRole("checkbox", { name: keep.proofTick }).check();
  await page.getByRole("button", { name: keep.confirm, exact: true }).click();
  await page.waitForTimeout(ms);
}
