/** Holders that name what there is not, and what is erased all the same. */
import { beforeEach, describe, expect, test } from "vitest";
import { boxDay } from "#chat/boxes.ts";
import { toHex } from "#chat/bytes.ts";
import { gathered, TRIES, Ungiven } from "#chat/driver/ungiven.ts";
import { boxToRead, pairDay } from "#chat/pair.ts";
import type { Box } from "#chat/ports.ts";
import { addressOf, type Line } from "./line.ts";
import { DAY, type Device, HOUR, MINUTE } from "./office.ts";
import { answer, type Contacts, contacts, invite, meet, newcomer, send, words, write } from "./people.ts";
import { chatState, restored } from "./scenes.ts";
import { core } from "./support.ts";

const DAILY = 512;

let { office, ann, ben, atAnn, atBen } = {} as Contacts;
beforeEach(async () => {
  ({ office, ann, ben, atAnn, atBen } = await contacts());
  office.links = false;
  ann.line.cut();
});

/** A header with a tag of its own; its cell exists nowhere. */
function phantom(n: number, day: number): Uint8Array {
  const header = new Uint8Array(20);
  new DataView(header.buffer).setUint32(4, n);
  new DataView(header.buffer).setUint16(8, day);
  header[19] = 1;
  return header;
}
/** One holder names so many cells more in each list of a pair's box: the same each time, or others. */
function lies(
  line: Line,
  { change = false, count = DAILY, kinds = [1] } = {},
): { asked: Map<string, number>; lists: number } {
  const told = { asked: new Map<string, number>(), lists: 0 };
  const [list, get] = [line.list.bind(line), line.get.bind(line)];
  line.list = async (box) => {
    const listed = await list(box);
    if (box.kind === 5 || !kinds.includes(box.kind)) return listed;
    told.lists++;
    const first = change ? told.lists * count : 0;
    const made = Array.from({ length: count }, (_, at) => {
      return { header: phantom(first + at, box.day), held: 1, deleted: 0 };
    });
    return { ...listed, entries: [...made, ...listed.entries] };
  };
  line.get = (box, tags) => {
    if (box.kind === 1) for (const tag of tags) told.asked.set(toHex(tag), (told.asked.get(toHex(tag)) ?? 0) + 1);
    return get(box, tags);
  };
  return told;
}
const readAt = (device: Device, chat: string): number => chatState(device, chat).pairs[0]?.read ?? 0;

describe("cells that a holder names and nobody gives", () => {
  test("are asked for three times, then the day counts as read, and real ones among them come", async () => {
    const { asked } = lies(ben.line);
    await send(ann, atAnn, "real");
    await office.clock.advance(HOUR);
    expect((await words(ben, atBen)).at(-1)).toBe("real");
    expect(readAt(ben, atBen)).toBeGreaterThan(office.clock.wall() - 30 * MINUTE);
    await office.clock.advance(1.5 * DAY);
    expect(readAt(ben, atBen)).toBeGreaterThan(office.clock.wall() - 30 * MINUTE);
    const phantoms = [...asked].filter(([tag]) => tag.endsWith("01"));
    expect(phantoms.length).toBeGreaterThanOrEqual(DAILY);
    expect(Math.max(...phantoms.map(([, times]) => times))).toBeLessThanOrEqual(TRIES);
  });

  test("and are others each time keep no day unread either, cost a bounded number of questions, and hide nothing", async () => {
    const { asked } = lies(ben.line, { change: true });
    await office.clock.advance(2 * HOUR);
    await send(ann, atAnn, "real");
    await office.clock.advance(2 * DAY);
    expect(await words(ben, atBen)).toContain("real");
    expect(readAt(ben, atBen)).toBeGreaterThan(office.clock.wall() - 30 * MINUTE);
    const times = [...asked.values()].reduce((sum, each) => sum + each, 0);
    // Each box has its day, and some hours of the neighbouring one.
    expect(times).toBeLessThan(4 * 3_000);
  });

  test("do not keep a worker from being through", async () => {
    await invite(ben);
    await ben.close();
    await send(ann, atAnn, "real");
    await ben.start({ leaf: true, online: false });
    lies(ben.line, { kinds: [1, 2, 3] });
    ben.line.up(true);
    expect(await office.clock.wait(ben.chat.catchUp())).toEqual({ complete: true });
    expect((await words(ben, atBen)).at(-1)).toBe("real");
  });

  test("and of which it tells thousands a minute are asked for in few questions", async () => {
    let [gets, tags] = [0, 0];
    const [get, watch] = [ben.line.get.bind(ben.line), ben.line.watch.bind(ben.line)];
    const heard: ((header: Uint8Array) => void)[] = [];
    ben.line.watch = (box, hear) => {
      if (box.kind === 1) heard.push(hear);
      return watch(box, hear);
    };
    await office.clock.advance(DAY); // today's box is watched anew
    expect(heard.length).toBeGreaterThan(0);
    ben.line.get = (box, all) => {
      [gets, tags] = [gets + 1, tags + all.length];
      return get(box, all);
    };
    for (let n = 0; n < 5_000; n++) {
      for (const hear of heard) hear(phantom(n, 1));
      if (n % 100 === 0) await office.clock.advance(50);
    }
    await office.clock.advance(MINUTE);
    expect(tags).toBeLessThan(heard.length * 1_200);
    expect(gets).toBeLessThan(heard.length * 150);
    await send(ann, atAnn, "real");
    await office.clock.advance(20 * MINUTE);
    expect((await words(ben, atBen)).at(-1)).toBe("real");
  });

  test("under the tag of a real cell, as bytes that are none of ours, do not take its place", async () => {
    const get = ben.line.get.bind(ben.line);
    let lied = 0;
    ben.line.get = async (box, tags) => {
      const got = await get(box, tags);
      if (box.kind !== 1 || got.cells.length === 0 || lied++ > 0) return got;
      return {
        ...got,
        cells: got.cells.map((each) => ({ ...each, cell: each.cell.map((byte, at) => (at < 20 ? byte : ~byte)) })),
      };
    };
    await send(ann, atAnn, "behind garbage");
    await office.clock.advance(30 * MINUTE);
    expect(lied).toBeGreaterThan(0);
    expect((await words(ben, atBen)).at(-1)).toBe("behind garbage");
  });

  test("in one box under the tag of a cell in another keep nobody from that", async () => {
    const cleo = await newcomer(office, "cleo");
    const { atAnn: cleoAtBen } = await meet(ben, cleo);
    await ben.close();
    await send(ann, atAnn, "for Ben");
    const tag = office.cells().find(({ cell }) => cell?.length === 2_048)?.header as Uint8Array;
    await ben.start({ online: false });
    const [list, get] = [ben.line.list.bind(ben.line), ben.line.get.bind(ben.line)];
    const pair = chatState(ben, cleoAtBen).pairs[0];
    if (pair === undefined) throw new Error("no pair");
    const theirs = addressOf(boxToRead(core, pair, pairDay(pair, office.clock.wall())));
    const isTheirs = (box: Box) => addressOf(box) === theirs;
    ben.line.list = async (box) => {
      const listed = await list(box);
      return isTheirs(box) ? { ...listed, entries: [{ header: tag, held: 1, deleted: 0 }, ...listed.entries] } : listed;
    };
    ben.line.get = async (box, tags) => {
      if (!isTheirs(box)) return get(box, tags);
      const cell = new Uint8Array(2_048);
      cell.set(tag);
      return { cells: [{ cell, signer: 1 }], tombstones: [], answered: 8 };
    };
    ben.line.up(true);
    await office.clock.advance(MINUTE);
    expect((await words(ben, atBen)).at(-1)).toBe("for Ben");
  });
});

describe("what was asked for and not given", () => {
  const named = (count: number, held = 1, from = 0) =>
    Array.from({ length: count }, (_, at) => ({ tag: `tag ${from + at}`, held }));

  test("is over after three tries that are apart, until more holders name it", () => {
    const missed = new Ungiven();
    const [one] = named(1) as [{ tag: string; held: number }];
    for (let at = 0; at < TRIES; at++) {
      expect(missed.worth([one], at * MINUTE)).toEqual([one]);
      missed.miss(one, at * MINUTE);
      expect(missed.worth([one], at * MINUTE + 1)).toEqual([]);
      expect(missed.isAwaited(one.tag)).toBe(at < TRIES - 1);
    }
    expect(missed.worth([one], HOUR)).toEqual([]);
    expect(missed.worth([{ ...one, held: 2 }], HOUR)).toHaveLength(1);
  });

  test("costs no more than its box may, and what several holders name comes first and still is asked for", () => {
    const missed = new Ungiven();
    let asked = 0;
    for (let round = 0; round < 200; round++) {
      const now = round * 10 * MINUTE;
      const [real] = named(1, 3, 1e9) as [{ tag: string; held: number }];
      const worth = missed.worth([...named(DAILY, 1, round * DAILY), real], now);
      expect(worth[0]).toEqual(real);
      for (const one of worth.slice(1)) missed.miss(one, now);
      asked += worth.length - 1;
      missed.given(real.tag);
    }
    expect(asked).toBeLessThan(2 * (1_024 + 25 * 30));
  });

  test("is told by a watch in as many questions as take turns", async () => {
    const engine = { log: { event: () => undefined }, counters: new Map() } as unknown as Parameters<
      typeof gathered
    >[0];
    const parts: number[] = [];
    let release: () => void = () => undefined;
    const hear = gathered(engine, (headers) => {
      parts.push(headers.length);
      return new Promise<void>((done) => {
        release = done;
      });
    });
    for (let n = 0; n < 2_000; n++) hear(phantom(n, 0));
    expect(parts).toEqual([1]);
    release();
    await new Promise((done) => setImmediate(done));
    expect(parts).toEqual([1, 512]);
    expect(engine.counters.get("watch.over")).toBeGreaterThan(1_000);
  });
});

describe("what is due is erased by the clock alone", () => {
  beforeEach(() => ann.close());
  const boxesOf = (device: Device, chat: string) => chatState(device, chat).pairs.map(({ boxes }) => boxes);
  /** No box day of more than eight days back can be computed. */
  const expectErased = (device: Device, chat: string): void => {
    for (const boxes of boxesOf(device, chat)) {
      expect(boxDay(boxes, office.clock.wall()) - boxes.oldest).toBeLessThanOrEqual(9);
    }
  };

  test("while a holder goes on naming what there is not", async () => {
    lies(ben.line, { change: true, count: 32 });
    await office.clock.advance(10 * DAY);
    expectErased(ben, atBen);
  });
  test("while nobody answers", async () => {
    office.living.clear();
    await office.clock.advance(10 * DAY);
    expectErased(ben, atBen);
  });
  test("without a network", async () => {
    ben.line.up(false);
    await office.clock.advance(10 * DAY);
    expectErased(ben, atBen);
  });
  test("in a run that never had a network, unless its clock is far ahead of all that was written down", async () => {
    await ben.close();
    await office.clock.advance(20 * DAY);
    await ben.start({ online: false });
    await office.clock.advance(HOUR);
    expectErased(ben, atBen);
    const [before] = boxesOf(ben, atBen);
    await ben.close();
    ben.offset = 400 * DAY;
    await ben.start({ online: false });
    ben.line.networkTime = () => ben.clock.wall(); // no link told of another
    await office.clock.advance(DAY);
    expect(boxesOf(ben, atBen)[0]?.oldest).toBe(before?.oldest);
  });
  test("by a worker of seconds", async () => {
    await ben.close();
    await office.clock.advance(10 * DAY);
    await ben.start({ leaf: true });
    await office.clock.wait(ben.chat.catchUp());
    expectErased(ben, atBen);
  });

  test("of a blocked chat: box days, keys that were passed over, and pairs that another took over from", async () => {
    const anew = await restored(ann, "ann's phone", "ann");
    await send(ben, atBen, "where are you?");
    await office.clock.advance(7 * HOUR);
    expect(chatState(ben, atBen).pairs.length).toBeGreaterThan(1);
    await write(ben, atBen, "so");
    await office.clock.advance(HOUR);
    await office.clock.wait(ben.chat.block(atBen));
    await office.clock.advance(20 * DAY);
    expectErased(ben, atBen);
    const { pairs } = chatState(ben, atBen);
    expect(pairs).toHaveLength(1);
    expect(pairs.reduce((sum, { session }) => sum + session.skipped.size, 0)).toBe(0);
    expect(anew.chat.chats.length).toBeGreaterThan(0);
  });
  test("of a request that nobody decides on, and of one that has said enough", async () => {
    const cleo = await newcomer(office, "cleo");
    const atCleo = await answer(cleo, await invite(ben));
    for (let at = 0; at < 70; at++) await write(cleo, atCleo, `text ${at}`);
    await office.clock.advance(HOUR);
    const request = ben.chat.chats.find(({ contact }) => contact.phase === "request")?.id ?? "";
    await cleo.close();
    expect((await words(ben, request)).length).toBeGreaterThanOrEqual(64);
    await office.clock.advance(10 * DAY);
    expectErased(ben, request);
  });
  test("with the keys of an invite that is over, also without a network", async () => {
    await invite(ben);
    await ben.close();
    await office.clock.advance(16 * DAY);
    await ben.start({ online: false });
    await office.clock.advance(HOUR);
    expect(ben.chat.invites.map((state) => [state.invite.phase, state.invite.keys])).toEqual(
      ben.chat.invites.map(({ invite: { phase } }) => [phase, undefined]),
    );
  });
});
