/** Texts over a direct link that lives: saved once with their cell, and never lost with the link, the disk or the process. */
import { beforeEach, describe, expect, test } from "vitest";
import { MemoryStore } from "#adapters/memory-store.ts";
import { unpack } from "#chat/driver/json.ts";
import { PARCELS, type Parcel, textPrefix } from "#chat/driver/records.ts";
import type { Change } from "#node/ports.ts";
import { MINUTE, Office } from "./office.ts";
import { type Contacts, meet, send, texts, words, write } from "./people.ts";
import { core } from "./support.ts";

class CountedDisk extends MemoryStore {
  saves = 0;
  override save(changes: readonly Change[]): Promise<void> {
    this.saves++;
    return super.save(changes);
  }
}

let { office, ann, ben, atAnn, atBen } = {} as Contacts;
let disk: CountedDisk;

beforeEach(async () => {
  office = new Office();
  [ann, ben] = [office.device("ann"), office.device("ben")];
  ann.store = (values) => {
    disk = new CountedDisk(values);
    return disk;
  };
  ({ atAnn, atBen } = await meet(ann, ben));
  expect(ann.chat.direct(atAnn)).toBe(true);
});

const parcels = (): (Parcel | undefined)[] =>
  [...ann.disk].filter(([key]) => key.startsWith(PARCELS)).map(([, bytes]) => unpack<Parcel>(core, bytes));
const kept = (): number => [...ann.disk.keys()].filter((key) => key.startsWith(textPrefix(atAnn))).length;

test("a text and its cell are one save, and on disk before the cell leaves", async () => {
  const before = { saves: disk.saves, texts: kept() };
  const seen: { saves: number; texts: number; cells: string[] }[] = [];
  const send = ann.line.sendDirect.bind(ann.line);
  ann.line.sendDirect = (peer, cell) => {
    const cells = parcels().map((parcel) => String(parcel?.cell));
    seen.push({ saves: disk.saves - before.saves, texts: kept() - before.texts, cells });
    return send(peer, cell);
  };
  await write(ann, atAnn, "at once");
  expect(seen).toMatchObject([{ saves: 1, texts: 1 }]);
  expect(seen[0]?.cells).toHaveLength(1);
  await office.clock.advance(MINUTE);
  expect((await words(ben, atBen)).filter((text) => text === "at once")).toHaveLength(1);
  expect((await texts(ann, atAnn)).at(-1)).toMatchObject({ delivery: { kind: "delivered" }, path: "direct" });
  expect(parcels()).toEqual([]);
});

test("many at once come once and in order", async () => {
  const all = Array.from({ length: 30 }, (_, at) => `number ${at}`);
  await office.clock.wait(Promise.all(all.map((text) => ann.chat.write(atAnn, text))));
  await office.clock.advance(MINUTE);
  expect((await words(ben, atBen)).slice(-all.length)).toEqual(all);
});

describe("what goes wrong between the disk and the link", () => {
  test("the link took nothing more: the cell goes into the box, and is said to", async () => {
    ann.line.sendDirect = () => false;
    await write(ann, atAnn, "by another way");
    await office.clock.advance(1); // less than a way to a holder
    expect(parcels().map((parcel) => parcel?.direct)).toEqual([undefined]);
    await office.clock.advance(MINUTE);
    expect((await words(ben, atBen)).at(-1)).toBe("by another way");
    expect((await texts(ann, atAnn)).at(-1)?.path).toBe("mailbox");
  });

  test("the process ended: the text is there at its next start, and comes once", async () => {
    ann.line.sendDirect = () => {
      ann.kill();
      return true;
    };
    await write(ann, atAnn, "last words").catch(() => undefined);
    await office.clock.advance(MINUTE);
    expect((await words(ben, atBen)).at(-1)).not.toBe("last words");
    await ann.start();
    await write(ann, atAnn, "and more");
    await office.clock.advance(20 * MINUTE);
    const came = (await words(ben, atBen)).filter((text) => text === "last words" || text === "and more");
    expect(came.sort()).toEqual(["and more", "last words"]);
  });

  test("no room: neither text nor step is kept, and the next text is read", async () => {
    const before = kept();
    ann.full = true;
    await expect(write(ann, atAnn, "no room")).rejects.toMatchObject({ code: "storage-full" });
    expect(kept()).toBe(before);
    ann.full = false;
    await send(ann, atAnn, "room again");
    expect((await words(ben, atBen)).slice(-1)).toEqual(["room again"]);
    expect(ben.chat.counters.size).toBe(0);
  });
});
