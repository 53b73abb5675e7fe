/**
 * What the nodes of a network learn of four people who write to each other for two days (protocol.md §14): everything that
 * any node is given is searched, and what remains is compared with chance.
 */
import { readFileSync } from "node:fs";
import { beforeAll, expect, test } from "vitest";
import { coreOf } from "#adapters/core.ts";
import { SeededRandom } from "#adapters/memory-random.ts";
import { createTestnet, type Testnet } from "#adapters/memory-testnet.ts";
import { boxDay, boxOfDay } from "#chat/boxes.ts";
import { toHex } from "#chat/bytes.ts";
import { Capture } from "./capture.ts";
import { meet, Person } from "./person.ts";

const real = coreOf(readFileSync(new URL("../../core-wasm/pkg/nodus_core_bg.wasm", import.meta.url)));
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** The network runs for so many hours, three times within two days, and sleeps in between: a whole day of it takes minutes. */
const WINDOWS = 3;
const HOURS = 3;
/** Of each to each, in an hour. */
const TEXTS = 7;
const NIGHT = 18 * HOUR;
const NODES = 6;
const SMALL = 2_048;
const LARGE = 16_384;
/** What one direction of a link holds at most; less than a tenth of what a browser lets wait. */
const QUEUE_BYTES = 128 * 1024;
const NAMES = ["Annegret Lindqvist", "Benedikt Oyelaran", "Cassiopeia Marsh", "Dagomar Petrosyan"] as const;
const KEYS = "the keys of a person";
const PHRASE = "tulips under the bridge";

interface Talk {
  one: Person;
  other: Person;
  atOne: string;
  atOther: string;
}
const capture = new Capture(real);
const random = new SeededRandom("privacy");
let net: Testnet;
let people: Person[];
let talks: Talk[];
let written = 0;

const identityOf = (person: Person): Uint8Array => person.chat.me?.identity.id ?? new Uint8Array();

beforeAll(async () => {
  net = await createTestnet({ core: capture.core, nodes: NODES, seed: "privacy", hub: { queueBytes: QUEUE_BYTES } });
  const idOf = (host: string) => net.members.get(host)?.node?.id;
  net.hub.observe((from, to, frame) => capture.frame(from, idOf(to), frame));
  people = NAMES.map((name, at) => new Person(net, capture.core, `p${at}`, name));
  capture.lookFor("a text", real.utf8(PHRASE));
  for (const name of NAMES) for (const part of name.split(" ")) capture.lookFor("a name", real.utf8(part));
  for (const person of people) {
    await person.start();
    const id = identityOf(person);
    for (const form of [id, real.utf8(toHex(id)), real.utf8(Buffer.from(id).toString("base64url"))]) {
      capture.lookFor(`the identity of ${person.name}`, form);
    }
    const keys = person.chat.me?.identity;
    if (keys) for (const key of [keys.edPk, keys.mldsaPk]) capture.lookFor(KEYS, key);
  }
  talks = [];
  for (const [a, b] of [
    [0, 1],
    [1, 2],
    [2, 3],
    [3, 0],
    [0, 2],
  ] as const) {
    const [one, other] = [people[a] as Person, people[b] as Person];
    const { atA, atB } = await meet(net, one, other);
    talks.push({ one, other, atOne: atA, atOther: atB });
  }
  for (let window = 0; window < WINDOWS; window++) {
    if (window > 0) await night();
    for (let hour = 0; hour < HOURS; hour++) await live(hour);
  }
  for (const person of people) if (!running(person)) await person.start();
  await net.clock.advance(20 * MINUTE);
}, 600_000);

const running = ({ host }: Person): boolean => net.members.has(host);

/** An hour in which one after the other is away and the others write. */
async function live(hour: number): Promise<void> {
  const end = net.clock.now() + HOUR;
  for (const person of people) if (!running(person)) await person.start();
  await (people[hour % people.length] as Person).close();
  for (const { one, other, atOne, atOther } of talks) {
    for (const [author, chat] of [
      [one, atOne],
      [other, atOther],
    ] as const) {
      if (!running(author)) continue;
      for (let text = 0; text < TEXTS; text++) {
        await net.clock.wait(author.chat.write(chat, `${PHRASE}, number ${written++}`));
        await net.clock.advance(random.below(40_000));
      }
    }
  }
  await net.clock.advance(Math.max(0, end - net.clock.now()));
}
async function night(): Promise<void> {
  for (const person of people) if (running(person)) await person.close();
  const hosts = [...net.members].map(([host, { anchor }]) => ({ host, anchor }));
  for (const { host } of hosts) await net.clock.wait(net.leave(host));
  await net.clock.advance(NIGHT);
  for (const { host, anchor } of hosts) net.start(host, { anchor });
  await net.clock.advance(MINUTE);
}

/** Addresses of the boxes that a talk used, by both directions and all its days. */
function boxesOf({ one, atOne }: Talk): string[] {
  const pairs = one.chat.chats.find(({ id }) => id === atOne)?.pairs ?? [];
  return pairs.flatMap(({ boxes }) => {
    const days = boxDay(boxes, one.chat.now()) - boxes.oldest + 1;
    return Array.from({ length: days }, (_, at) => boxes.oldest + at).flatMap((day) =>
      ([0, 1] as const).map((role) => {
        const { write, owner } = boxOfDay(real, boxes, role, day) as {
          write: { pk: Uint8Array };
          owner: { pk: Uint8Array };
        };
        return toHex(real.address({ kind: 1, day, writePk: write.pk, ownerPk: owner.pk }));
      }),
    );
  });
}

test("there was something to find: everybody got every text, through boxes and over links", async () => {
  for (const { one, other, atOne, atOther } of talks) {
    const [here, there] = [await one.words(atOne), await other.words(atOther)];
    expect([...here].sort()).toEqual([...there].sort());
  }
  const ops = new Set(capture.asked.map(({ seen }) => `${seen.request.op} ${seen.request.place.kind}`));
  for (const op of ["put 1", "list 1", "get 1", "delete 1", "watch 1", "put 3", "get 3", "put 5"])
    expect(ops).toContain(op);
  expect(capture.frames).toBeGreaterThan(50_000);
  expect(written).toBeGreaterThan(50);
});

test("no node is ever given a name, a text or an IdentityID, and a person's keys only as a card", () => {
  expect(new Map([...capture.found].map(([name, where]) => [name, [...where]]))).toEqual(
    new Map([[KEYS, ["a put of kind 5"]]]),
  );
});

test("no storage request travels under its author's NodeID, and no author asks the holder itself", () => {
  const idOf = new Map(net.live().map(({ host, node }) => [host, toHex(node.id)]));
  let checked = 0;
  for (const { seen, way } of capture.asked) {
    expect(way?.asker, `a ${seen.request.op} that nobody asked for`).toBeDefined();
    expect(way?.askedTarget ?? false).toBe(false);
    for (const origin of way?.origins ?? []) {
      checked++;
      expect(origin).not.toBe(idOf.get(way?.asker ?? ""));
    }
  }
  expect(checked).toBeGreaterThan(1_000);
});

test("whoever knows both ends' ids finds a pair's boxes no better than chance", () => {
  const boxes = talks.map((talk) => boxesOf(talk).filter((address) => capture.cells.has(address)));
  const seen = new Set(boxes.flat());
  expect(seen.size).toBeGreaterThan(2 * talks.length);
  const nodeOf = (person: Person): Uint8Array => net.members.get(person.host)?.node?.id ?? new Uint8Array();
  const both = talks.map(({ one, other }) => [identityOf(one), identityOf(other), nodeOf(one), nodeOf(other)] as const);

  // Keys made of what the guesser knows open none of them.
  const today = Math.floor((talks[0]?.one.chat.now() ?? 0) / (24 * HOUR));
  const since2026 = Math.floor(Date.UTC(2026, 0, 1) / (24 * HOUR));
  const ids = [...new Set(both.flat())];
  const keys = ids.flatMap((one) => [one, real.edPublic(one), ...ids.map((other) => real.edPublic(xor(one, other)))]);
  for (const kind of [1, 2, 3, 4] as const) {
    for (const writePk of keys) {
      for (let back = 0; back <= 4; back++) {
        const address = real.address({ kind, day: today - since2026 - back, writePk, ownerPk: writePk });
        expect(seen.has(toHex(address))).toBe(false);
      }
    }
  }
  // Whom a box belongs to cannot be told from how near it lies to them, by any of these measures.
  const measures = [
    ([a]: Known) => a,
    ([, b]: Known) => b,
    ([, , a]: Known) => a,
    ([, , , b]: Known) => b,
    ([a, b]: Known) => xor(a, b),
    ([a, b]: Known) => real.hash("address", a, b),
    ([, , a, b]: Known) => xor(a, b),
  ];
  const fewOfMany = seen.size / talks.length + 4 * Math.sqrt(seen.size * (1 / talks.length) * (1 - 1 / talks.length));
  for (const measure of measures) {
    const places = both.map(measure);
    const right = boxes.flatMap((addresses, talk) => addresses.filter((address) => nearest(places, address) === talk));
    expect(right.length).toBeLessThan(fewOfMany);
  }
});

test("no key of a box is used for two addresses", () => {
  const addresses = new Map<string, Set<string>>();
  for (const { seen } of capture.asked) {
    const { place } = seen.request;
    if (place.kind !== 1) continue;
    for (const key of [place.writePk, place.ownerPk].map(toHex)) {
      addresses.set(key, (addresses.get(key) ?? new Set()).add(seen.address));
    }
  }
  expect(addresses.size).toBeGreaterThan(2 * talks.length);
  expect([...addresses.values()].filter((all) => all.size > 1)).toEqual([]);
});

test("cells of one chat share no pattern of bytes beyond version, suite and expiry", () => {
  const held = (address: string): Buffer[] =>
    [...(capture.cells.get(address) ?? [])].map((cell) => Buffer.from(cell, "hex"));
  const chats = talks.map((talk) =>
    boxesOf(talk)
      .flatMap(held)
      .filter(({ length }) => length === SMALL),
  );
  for (const cells of chats) looksRandom(cells);
  // Nor do eight bytes in a row of one stand in another, wherever, whosever they are.
  const all = chats.flat();
  expect(all.length).toBeGreaterThan(100);
  const seen = new Map<string, number>();
  for (const [index, cell] of all.entries()) {
    for (let at = 4; at + 8 <= SMALL; at++) {
      const run = cell.toString("latin1", at, at + 8);
      if ((seen.get(run) ?? index) !== index)
        expect.fail(`cells ${seen.get(run)} and ${index} share the bytes at ${at}`);
      seen.set(run, index);
    }
  }
});

/** Version and suite apart, and the expiry, which two of them may share. */
function looksRandom(cells: readonly Buffer[]): void {
  expect(cells.length).toBeGreaterThan(10);
  expect(new Set(cells.map((cell) => cell.readUInt16BE(0)))).toEqual(new Set([0x0101]));
  // At no place does a byte value come oftener than in random bytes, by a bound that chance breaks once in thousands of runs.
  const mean = cells.length / 256;
  const most = mean + 8 * Math.sqrt(mean) + 6;
  let ones = 0;
  for (let at = 4; at < SMALL; at++) {
    const counts = new Uint32Array(256);
    for (const cell of cells) {
      const value = cell[at] ?? 0;
      counts[value] = (counts[value] ?? 0) + 1;
      for (let bits = value; bits > 0; bits >>= 1) ones += bits & 1;
    }
    expect(Math.max(...counts), `byte ${at}`).toBeLessThan(most);
  }
  const bits = cells.length * (SMALL - 4) * 8;
  expect(Math.abs(ones - bits / 2)).toBeLessThan(3 * Math.sqrt(bits));
}

test("nothing is routed in fragments, no type is unknown, and small queues are enough", () => {
  expect([...capture.strangeTypes]).toEqual([]);
  expect(capture.largestRouted).toBeGreaterThan(LARGE);
  expect(capture.largestRouted).toBeLessThan(LARGE + 1_024);
  const sizes = capture.asked.flatMap(({ seen }) => (seen.request.op === "put" ? [seen.request.cell.length] : []));
  expect(new Set(sizes)).toEqual(new Set([SMALL, LARGE]));
  for (const { one, atOne, other, atOther } of talks) {
    for (const [person, chat] of [
      [one, atOne],
      [other, atOther],
    ] as const) {
      expect(person.chat.chats.find(({ id }) => id === chat)?.queue).toEqual([]);
    }
  }
});

type Known = readonly [Uint8Array, Uint8Array, Uint8Array, Uint8Array];
function xor(one: Uint8Array, other: Uint8Array): Uint8Array {
  return one.map((byte, at) => byte ^ (other[at] ?? 0));
}
function nearest(places: readonly Uint8Array[], address: string): number {
  const wanted = Buffer.from(address, "hex");
  const distances = places.map((place, index) => ({ index, far: Buffer.from(xor(wanted, place)) }));
  return distances.sort((a, b) => Buffer.compare(a.far, b.far))[0]?.index ?? -1;
}
