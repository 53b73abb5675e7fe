import { beforeEach, describe, expect, test } from "vitest";
import { History } from "#chat/driver/history.ts";
import type { TextRecord } from "#chat/driver/records.ts";
import { MINUTE } from "./office.ts";
import { type Contacts, contacts, words, write } from "./people.ts";
import { SlowDisk } from "./slow-disk.ts";

const TEXTS = 300;

describe("the order of a history", () => {
  const record = (number: number, gone = false): TextRecord => ({
    id: `id ${number}`,
    number,
    mine: true,
    text: "",
    sent: 0,
    arrived: 0,
    ...(gone ? { gone: true as const } : {}),
  });
  const numbers = (history: History, before?: number): number[] => [...history.newest(before)].map((it) => it.number);

  test("newest first, in whatever order they are set, without those that are gone", () => {
    const history = new History();
    for (const number of [3, 0, 4, 1, 2, 3]) history.set(record(number));
    history.set(record(2, true));
    expect(numbers(history)).toEqual([4, 3, 1, 0]);
    expect(numbers(history, 3)).toEqual([1, 0]);
    expect(history.byId.get("id 2")?.gone).toBe(true);
  });

  test("what the disk had does not replace what changed while it was read", () => {
    const history = new History();
    history.set(record(1, true));
    history.load(record(1));
    history.load(record(0));
    expect(numbers(history)).toEqual([0]);
  });
});

describe("a long chat", () => {
  let { office, ann, ben, atBen } = {} as Contacts;
  let disk: SlowDisk;

  beforeEach(async () => {
    ({ office, ann, ben, atBen } = await contacts());
    for (let at = 0; at < TEXTS; at++) await write(ben, atBen, `text ${at}`);
    await office.clock.advance(MINUTE);
    await ann.close();
    await ben.close();
    ben.store = (values) => {
      disk = new SlowDisk(values, office.clock, 1);
      return disk;
    };
    await ben.start();
    await office.clock.advance(1_000);
  });

  test("its newest are there before all the others are read, and then the others are", async () => {
    const [loads, ranged] = [disk.loads, disk.ranged];
    const newest = await office.clock.wait(ben.chat.page(atBen, Number.MAX_SAFE_INTEGER, 20));
    expect(newest.map(({ text }) => text)).toEqual(Array.from({ length: 20 }, (_, at) => `text ${TEXTS - 20 + at}`));
    expect(disk.loads - loads).toBe(20);
    expect(disk.ranged - ranged).toBeLessThan(TEXTS);
    expect(await words(ben, atBen)).toHaveLength(TEXTS + 1);
    const all = disk.ranged;
    for (let at = 0; at < 10; at++) await ben.chat.page(atBen, Number.MAX_SAFE_INTEGER, 20);
    expect([disk.loads - loads, disk.ranged]).toEqual([20, all]);
  });

  test("what is written while it is read is in it once, and what is removed is not", async () => {
    const page = ben.chat.page(atBen, Number.MAX_SAFE_INTEGER, 20);
    await office.clock.advance(1);
    const [last] = (await page).slice(-1);
    const removed = ben.chat.remove(atBen, last?.id ?? "");
    const written = ben.chat.write(atBen, "one more");
    await office.clock.wait(Promise.all([removed, written]));
    expect((await words(ben, atBen)).slice(-2)).toEqual([`text ${TEXTS - 2}`, "one more"]);
    expect(ben.chat.chats[0]?.last?.text).toBe("one more");
  });

  test("gaps of removed texts do not shorten a page of a chat just opened", async () => {
    const texts = await office.clock.wait(ben.chat.page(atBen, Number.MAX_SAFE_INTEGER, 10));
    for (const { id } of texts.slice(5)) await office.clock.wait(ben.chat.remove(atBen, id));
    expect(ben.chat.chats[0]?.last?.text).toBe(`text ${TEXTS - 6}`);
    await ben.close();
    await ben.start();
    const again = await office.clock.wait(ben.chat.page(atBen, Number.MAX_SAFE_INTEGER, 10));
    expect(again.map(({ text }) => text)).toEqual(Array.from({ length: 10 }, (_, at) => `text ${TEXTS - 15 + at}`));
  });
});
