import { beforeEach, describe, expect, test } from "vitest";
import { MINUTE } from "./office.ts";
import { type Contacts, contacts, words } from "./people.ts";
import { leaveWaiting } from "./scenes.ts";
import { SlowDisk } from "./slow-disk.ts";

const CELLS = 100;

let { office, ben, atBen } = {} as Contacts;
beforeEach(async () => {
  const two = await contacts();
  ({ office, ben, atBen } = two);
  await leaveWaiting(two, CELLS);
});
const expected = Array.from({ length: CELLS }, (_, at) => `text ${at}`);
const got = async () => (await words(ben, atBen)).filter((text) => text.startsWith("text "));

describe("many cells that wait", () => {
  test("share transactions, are all there in order, and are deleted from their boxes", async () => {
    const disk = new SlowDisk(ben.disk, office.clock, 1);
    ben.store = () => disk;
    const [before, kept] = [disk.saves, office.cells().length];
    await ben.start();
    await office.clock.advance(4_000);
    expect(await got()).toEqual(expected);
    expect(disk.saves - before).toBeLessThan(CELLS / 4);
    await office.clock.advance(MINUTE);
    // The acknowledgements, in a few cells of Ben's, lie there instead.
    expect(kept - office.cells().length).toBeGreaterThan(8 * (CELLS - 5));
  });

  test("on a disk without room nothing is lost, and nothing is deleted before it is kept", async () => {
    await ben.start();
    ben.full = true;
    const kept = office.cells().length;
    await office.clock.advance(MINUTE);
    expect(await got()).toEqual([]);
    expect(office.cells().length).toBe(kept);
    ben.full = false;
    await office.clock.advance(20 * MINUTE);
    expect(await got()).toEqual(expected);
  });

  test("one that cannot be kept does not hold back the others", async () => {
    let refused = 0;
    ben.store = (values) => {
      const disk = new SlowDisk(values, office.clock, 0);
      const save = disk.save.bind(disk);
      disk.save = async (changes) => {
        const texts = changes.filter(({ key }) => key.startsWith("text/"));
        if (texts.some(({ key }) => key.endsWith("7")) && refused++ < 20) throw new Error("not this one");
        await save(changes);
      };
      return disk;
    };
    await ben.start();
    await office.clock.advance(30 * MINUTE);
    expect(refused).toBeGreaterThan(20);
    expect((await got()).toSorted()).toEqual(expected.toSorted());
  });
});
