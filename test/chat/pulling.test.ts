import { beforeEach, describe, expect, test } from "vitest";
import { type Device, Office } from "./office.ts";
import { meet, words } from "./people.ts";
import { SlowDisk } from "./slow-disk.ts";

const MINUTE = 60_000;
const CELLS = 100;

let office: Office;
let ann: Device;
let ben: Device;
let atBen: string;

/** A hundred texts, each in a cell of its own, wait for Ben. */
beforeEach(async () => {
  office = new Office();
  ann = office.device("ann");
  ben = office.device("ben");
  const met = await meet(office, ann, ben);
  atBen = met.atBen;
  await ben.close();
  for (let at = 0; at < CELLS; at++) {
    await office.clock.wait(ann.chat.write(met.atAnn, `text ${at}`));
    await office.clock.advance(20);
  }
  await office.clock.advance(MINUTE);
  await ann.close();
});
const expected = Array.from({ length: CELLS }, (_, at) => `text ${at}`);
const got = async () => (await words(office, ben, atBen)).filter((text) => text.startsWith("text "));
/** Cells that holders still have. */
const left = () => office.boxes().reduce((sum, box) => sum + [...box.values()].filter(({ cell }) => cell).length, 0);

describe("many cells that wait", () => {
  test("share transactions, are all there in order, and are deleted from their boxes", async () => {
    const disk = new SlowDisk(ben.disk, office.clock, 1);
    ben.store = () => disk;
    const [before, kept] = [disk.saves, left()];
    await ben.start();
    await office.clock.advance(4_000);
    expect(await got()).toEqual(expected);
    expect(disk.saves - before).toBeLessThan(CELLS / 4);
    await office.clock.advance(MINUTE);
    // The acknowledgements, in a few cells of Ben's, lie there instead.
    expect(kept - left()).toBeGreaterThan(8 * (CELLS - 5));
  });

  test("on a disk without room nothing is lost, and nothing is deleted before it is kept", async () => {
    await ben.start();
    ben.full = true;
    const kept = left();
    await office.clock.advance(MINUTE);
    expect(await got()).toEqual([]);
    expect(left()).toBe(kept);
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
