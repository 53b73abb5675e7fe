import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { compare } from "#chat/bytes.ts";
import { DAY_MS, HOUR_MS } from "#chat/clock.ts";
import {
  atItem,
  type Contact,
  decodeContact,
  encodeContact,
  heardFrom,
  mustTell,
  newContact,
  pairsToRead,
  sendingPair,
  settle,
  type Whereabouts,
  withPair,
  withRenewal,
} from "#chat/contact.ts";
import { boxToRead, boxToWrite, decodePair, encodePair, erasePair, newPair, type Pair, pairDay } from "#chat/pair.ts";
import type { NodeId } from "#node/ports.ts";
import { contextOf, core, fuzzing, good, NOW, person, refused, tampered, unchanged } from "./support.ts";

const context = contextOf(1);
const { random } = context;
const agreed = (th: number, time = NOW) => ({ th: new Uint8Array(64).fill(th), sk: new Uint8Array(32).fill(th), time });
const established = (pair: Pair): Pair => ({ ...pair, session: { ...pair.session, established: true } });
const where = (incarnation: bigint, node = 1): Whereabouts => ({
  nodeId: new Uint8Array(32).fill(node) as NodeId,
  x25519Pk: new Uint8Array(32).fill(node + 1),
  incarnation,
});

let contact: Contact;
beforeAll(async () => {
  const { me } = await person(context);
  contact = newContact("request", { id: me.id, edPk: me.edPk, mldsaPk: me.mldsaPk }, "Bob", NOW);
});

describe("pair", () => {
  it("writes where the other end reads, both ways", () => {
    const [mine, theirs] = [newPair(core, agreed(1), 0), newPair(core, agreed(1), 1)];
    const day = pairDay(mine, NOW + 3 * DAY_MS);
    expect(pairDay(theirs, NOW + 3 * DAY_MS)).toBe(day);
    expect(boxToWrite(core, mine, day)).toEqual(boxToRead(core, theirs, day));
    expect(boxToRead(core, mine, day)).toEqual(boxToWrite(core, theirs, day));
    expect(boxToRead(core, mine, day)).not.toEqual(boxToWrite(core, mine, day));
  });

  it("comes back from the disk, erased days included", async () => {
    const pair = { ...established(newPair(core, agreed(1), 1)), retired: NOW, read: NOW + 5 };
    expect(good(decodePair(encodePair(pair)))).toEqual(pair);
    const erased = await unchanged(pair, (state) => erasePair(core, state, NOW + 30 * DAY_MS));
    expect(erased.boxes.oldest).toBeGreaterThan(pair.boxes.oldest);
    expect(good(decodePair(encodePair(erased)))).toEqual(erased);
    const bytes = encodePair(pair);
    expect(refused(decodePair(tampered(bytes, 0)))).toBe("unsupported");
    expect(refused(decodePair(bytes.subarray(0, -1)))).toBe("malformed");
    expect(refused(decodePair(Uint8Array.of(1, 4, ...bytes.subarray(2))))).toBe("malformed");
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.nat(255), fc.nat(bytes.length), (at, byte, length) => {
        const noise = bytes.slice(0, length);
        if (at < length) noise[at] = byte;
        decodePair(noise);
      }),
      fuzzing(),
    );
  });
});

describe("the pair that counts", () => {
  it("is the only one, whoever opened it", () => {
    for (const role of [0, 1] as const) {
      const pairs = withPair([], newPair(core, agreed(1), role), NOW);
      expect(sendingPair(pairs)?.role).toBe(role);
      expect(withPair(pairs, newPair(core, agreed(1), role), NOW)).toHaveLength(1);
    }
    expect(sendingPair([])).toBeUndefined();
  });

  it("is the one with the lower th when both opened at once, at both ends, in any order of events", () => {
    const play = (lower: "ada" | "bob", events: readonly ("ada" | "bob")[]) => {
      const [a, b] = lower === "ada" ? [agreed(1), agreed(2)] : [agreed(2), agreed(1)];
      const sides = { ada: [newPair(core, a, 0)], bob: [newPair(core, b, 0)] };
      const incoming = { ada: newPair(core, b, 1), bob: newPair(core, a, 1) };
      // Each event: that person reads the other's first contact, and then all that the other sends.
      for (const reader of [...events, "ada", "bob", "ada", "bob"] as const) {
        const writer = reader === "ada" ? "bob" : "ada";
        sides[reader] = withPair(sides[reader], incoming[reader], NOW);
        const used = sendingPair(sides[writer]);
        sides[reader] = sides[reader].map((pair) =>
          compare(pair.th, used?.th as Uint8Array) ? pair : established(pair),
        );
        sides[reader] = settle(sides[reader], NOW);
      }
      return [sendingPair(sides.ada)?.th[0], sendingPair(sides.bob)?.th[0]];
    };
    for (const lower of ["ada", "bob"] as const) {
      for (const events of [["ada"], ["bob"], ["ada", "ada"], ["bob", "bob", "ada"]] as const) {
        expect(play(lower, events), `${lower} ${events}`).toEqual([1, 1]);
      }
    }
  });

  it("is never an own one without an answer while there is another", () => {
    const answered = established(newPair(core, agreed(5), 0));
    const again = newPair(core, agreed(1, NOW + DAY_MS), 0);
    expect(sendingPair(withPair([answered], again, NOW))?.th[0]).toBe(5);
    expect(sendingPair(withPair([newPair(core, agreed(5), 0)], again, NOW))?.th[0]).toBe(1);
    expect(sendingPair(settle([answered, established(again)], NOW))?.th[0]).toBe(1);
    const theirs = newPair(core, agreed(9), 1);
    expect(sendingPair(withPair([newPair(core, agreed(1), 0)], theirs, NOW))?.th[0]).toBe(9);
  });

  it("is the newest that both know, whoever began it", () => {
    const first = established(newPair(core, agreed(1), 0));
    const theirs = newPair(core, agreed(9, NOW + HOUR_MS), 1);
    expect(sendingPair(withPair([first], theirs, NOW))?.th[0]).toBe(9);
    expect(sendingPair(withPair([theirs], first, NOW))?.th[0]).toBe(9);
  });

  it("is a renewal of ours at once, and what it renewed never again", async () => {
    const old = established(newPair(core, agreed(5), 0));
    const fresh = newPair(core, agreed(6, NOW + HOUR_MS), 0);
    const pairs = await unchanged([old], (state) => withRenewal(state, fresh, NOW + HOUR_MS));
    expect(sendingPair(pairs)?.th[0]).toBe(6);
    expect(sendingPair(settle(pairs, NOW + DAY_MS))?.th[0]).toBe(6);
    // The other end may still write on the old one, until it answers on the new.
    expect(pairsToRead(pairs, NOW + 30 * DAY_MS)).toHaveLength(2);
    const answered = pairs.map((pair) => (pair.th[0] === 6 ? established(pair) : pair));
    expect(pairsToRead(answered, NOW + 30 * DAY_MS)).toHaveLength(1);
    // Theirs that crossed it: older than ours and yet known to both, until ours is.
    const crossed = withPair(pairs, newPair(core, agreed(9, NOW + HOUR_MS - 1), 1), NOW + HOUR_MS);
    expect(sendingPair(crossed)?.th[0]).toBe(9);
    const both = crossed.map((pair) => (pair.th[0] === 6 ? established(pair) : pair));
    expect(sendingPair(settle(both, NOW + DAY_MS))?.th[0]).toBe(6);
    expect(good(decodePair(encodePair(pairs[0] as Pair)))).toEqual(pairs[0]);
  });

  it("stays among sixteen, however many are begun", () => {
    let pairs: Pair[] = [];
    for (let i = 0; i < 40; i++) pairs = withPair(pairs, newPair(core, agreed(i, NOW + i), 1), NOW + i);
    expect(pairs).toHaveLength(16);
    expect(sendingPair(pairs)?.th[0]).toBe(39);
  });

  it("leaves the others to be read for eight days", async () => {
    const [old, fresh] = [established(newPair(core, agreed(5), 0)), newPair(core, agreed(6, NOW + HOUR_MS), 0)];
    const before = [old, established(fresh)];
    const pairs = await unchanged(before, (state) => settle(state, NOW + DAY_MS));
    expect(pairs.map(({ retired }) => retired)).toEqual([NOW + DAY_MS, 0]);
    expect(settle(pairs, NOW + 2 * DAY_MS).map(({ retired }) => retired)).toEqual([NOW + DAY_MS, 0]);
    expect(pairsToRead(pairs, NOW + 8 * DAY_MS)).toHaveLength(2);
    expect(pairsToRead(pairs, NOW + 9 * DAY_MS)).toHaveLength(1);
  });
});

describe("contact", () => {
  it("believes the highest incarnation about where a node is", async () => {
    const known = await unchanged(contact, (state) => heardFrom(state, where(5n)));
    expect(known.at).toEqual(where(5n));
    expect(heardFrom(known, where(4n, 9))).toBe(known);
    expect(heardFrom(known, where(6n, 9)).at).toEqual(where(6n, 9));
  });

  it("is told where we are when that is news to them", () => {
    const told = { ...contact, told: where(1n) };
    expect(mustTell(contact, where(1n))).toBe(true);
    expect(mustTell(told, where(2n))).toBe(false);
    expect(mustTell(told, where(2n, 7))).toBe(true);
    expect(mustTell({ ...contact, told: { ...where(1n), x25519Pk: random.bytes(32) } }, where(1n))).toBe(true);
    expect(atItem(where(3n))).toEqual({ kind: "at", ...where(3n) });
  });

  it("comes back from the disk", () => {
    const states = [contact, { ...contact, phase: "open" as const, at: where(5n), told: where(6n, 3), name: "" }];
    for (const state of states) expect(good(decodeContact(core, encodeContact(core, state)))).toEqual(state);
    const bytes = encodeContact(core, states[1] as Contact);
    expect(refused(decodeContact(core, tampered(bytes, 0)))).toBe("unsupported");
    expect(refused(decodeContact(core, bytes.subarray(0, -1)))).toBe("malformed");
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.nat(255), fc.nat(bytes.length), (at, byte, length) => {
        const noise = bytes.slice(0, length);
        if (at < length) noise[at] = byte;
        decodeContact(core, noise);
      }),
      fuzzing(),
    );
  });
});
