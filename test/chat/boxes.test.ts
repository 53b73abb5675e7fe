import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type Boxes,
  boxDay,
  boxOfDay,
  DAYS_KEPT,
  daysToRead,
  decodeBoxes,
  encodeBoxes,
  eraseDays,
  newBoxes,
} from "#chat/boxes.ts";
import { DAY_MS, dayOf, EPOCH_MS, HOUR_MS } from "#chat/clock.ts";
import { isToken, knockKey, knockToken } from "#chat/token.ts";
import { Fault } from "#node/errors.ts";
import type { NodeId } from "#node/ports.ts";
import { contextOf, core, fuzzing, good, NOW, refused, tampered, unchanged } from "./support.ts";

const { random } = contextOf(1);
const SK = random.bytes(32);
const boxes = newBoxes(core, SK, NOW);
const FIRST = boxes.oldest;

function addressOf(state: Boxes, from: 0 | 1, day: number): string {
  const box = boxOfDay(core, state, from, day);
  if (box.kind === 5) throw new Error("a card's box");
  return String(core.address({ kind: box.kind, day, writePk: box.write.pk, ownerPk: box.owner.pk }));
}
/** Network time at which the pair's day begins. */
const begin = (day: number) => EPOCH_MS + day * DAY_MS + boxes.offset * 1_000;

describe("pair boxes", () => {
  it("have one address a day and direction, the same for both ends, never two alike", () => {
    const theirs = newBoxes(core, SK, NOW);
    const seen = new Set<string>();
    for (let day = FIRST; day < FIRST + 30; day++) {
      for (const from of [0, 1] as const) {
        expect(addressOf(theirs, from, day)).toBe(addressOf(boxes, from, day));
        seen.add(addressOf(boxes, from, day));
      }
    }
    expect(seen.size).toBe(60);
    expect(addressOf(newBoxes(core, random.bytes(32), NOW), 0, FIRST)).not.toBe(addressOf(boxes, 0, FIRST));
  });

  it("give both ends the key of the day for writing and for owning", () => {
    const box = boxOfDay(core, boxes, 0, FIRST);
    if (box.kind === 5) throw new Error("a card's box");
    expect(box.kind).toBe(1);
    expect(box.write).toEqual(box.owner);
    expect(core.edPublic(box.write.secret as Uint8Array)).toEqual(box.write.pk);
  });

  it("change at an hour of the pair's own", () => {
    expect(boxes.offset).toBeLessThan(86_400);
    const offsets = new Set(Array.from({ length: 50 }, () => newBoxes(core, random.bytes(32), NOW).offset));
    expect(offsets.size).toBeGreaterThan(45);
    expect(boxDay(boxes, begin(FIRST + 3) - 1)).toBe(FIRST + 2);
    expect(boxDay(boxes, begin(FIRST + 3))).toBe(FIRST + 3);
    expect(FIRST).toBe(dayOf(NOW, boxes.offset));
  });

  it("begin on the day of the first contact: none before it", () => {
    expect(boxDay(boxes, NOW - 40 * DAY_MS)).toBe(FIRST);
    expect(() => boxOfDay(core, boxes, 0, FIRST - 1)).toThrow(Fault);
    expect(() => boxOfDay(core, boxes, 0, FIRST + 100_000)).toThrow(Fault);
  });

  it("are erased after eight days, for good, and go on being the same", async () => {
    const due = begin(FIRST + 20);
    const later = await unchanged(boxes, (state) => eraseDays(core, state, due));
    expect(later.oldest).toBe(FIRST + 12);
    expect(() => addressOf(later, 0, FIRST + 11)).toThrow(Fault);
    for (const from of [0, 1] as const)
      expect(addressOf(later, from, FIRST + 25)).toBe(addressOf(boxes, from, FIRST + 25));
    expect(eraseDays(core, later, NOW)).toBe(later); // a clock set back brings nothing back, and erases nothing
    expect(eraseDays(core, boxes, begin(FIRST + DAYS_KEPT))).toBe(boxes);
  });

  it("are read from the first day at first, then from the last reading, with the neighbour near the boundary", () => {
    const noon = begin(FIRST + 5) + 12 * HOUR_MS;
    expect(daysToRead(boxes, noon, undefined)).toEqual([5, 4, 3, 2, 1, 0].map((n) => FIRST + n));
    expect(daysToRead(boxes, noon, noon - HOUR_MS)).toEqual([FIRST + 5]);
    expect(daysToRead(boxes, noon, noon - 2 * DAY_MS)).toEqual([FIRST + 5, FIRST + 4, FIRST + 3]);
    expect(daysToRead(boxes, begin(FIRST + 5) + 2 * HOUR_MS, begin(FIRST + 5) + HOUR_MS)).toEqual([
      FIRST + 5,
      FIRST + 4,
    ]);
    expect(daysToRead(boxes, begin(FIRST + 6) - 2 * HOUR_MS, noon)).toEqual([FIRST + 6, FIRST + 5]);
    expect(daysToRead(boxes, begin(FIRST) + HOUR_MS, undefined)).toEqual([FIRST]);
    expect(daysToRead(boxes, begin(FIRST + 30) + 12 * HOUR_MS, undefined)).toHaveLength(DAYS_KEPT + 1);
    const later = eraseDays(core, boxes, begin(FIRST + 30));
    expect(daysToRead(later, begin(FIRST + 20), undefined)).toEqual([later.oldest]);
  });

  it("are always among the days that a reader asks, wherever a cell was put in its life", () => {
    fc.assert(
      fc.property(fc.nat(20 * 24), fc.nat(7 * 24), fc.integer({ min: -10, max: 10 }), (put, later, skew) => {
        const writer = NOW + put * HOUR_MS;
        const reader = writer + later * HOUR_MS + skew * 60_000;
        const state = eraseDays(core, boxes, reader);
        expect(daysToRead(state, reader, undefined)).toContain(boxDay(boxes, writer));
        expect(daysToRead(state, reader, Math.min(reader, writer - HOUR_MS))).toContain(boxDay(boxes, writer));
      }),
      fuzzing(1_000),
    );
  });

  it("come back from the disk", () => {
    const bytes = encodeBoxes(boxes);
    expect(good(decodeBoxes(bytes))).toEqual(boxes);
    expect(refused(decodeBoxes(tampered(bytes, 0)))).toBe("unsupported");
    expect(refused(decodeBoxes(bytes.subarray(1)))).toBe("unsupported");
    expect(refused(decodeBoxes(bytes.subarray(0, -1)))).toBe("malformed");
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 90 }), (noise) => {
        if (noise.length > 0) noise[0] = 1;
        decodeBoxes(noise);
      }),
      fuzzing(),
    );
  });
});

describe("knock token", () => {
  const key = knockKey(core, SK);
  const [dialer, target] = [random.bytes(32) as NodeId, random.bytes(32) as NodeId];
  const token = knockToken(core, key, dialer, target, NOW);
  const holds = (shown: Uint8Array, now = NOW, ends = { dialer, target }, with_ = key) =>
    isToken(core, with_, shown, { ...ends, now });

  it("counts in its hour, the one before and the one after", () => {
    expect(token).toHaveLength(32);
    expect([-1, 0, 1].map((hours) => holds(token, NOW + hours * HOUR_MS))).toEqual([true, true, true]);
    expect([-2, 2].map((hours) => holds(token, NOW + hours * HOUR_MS))).toEqual([false, false]);
  });

  it("is worth nothing to another node, the other way round, or under another pair's key", () => {
    expect(holds(token, NOW, { dialer, target: random.bytes(32) as NodeId })).toBe(false);
    expect(holds(token, NOW, { dialer: random.bytes(32) as NodeId, target })).toBe(false);
    expect(holds(token, NOW, { dialer: target, target: dialer })).toBe(false);
    expect(holds(token, NOW, { dialer, target }, random.bytes(32))).toBe(false);
    expect(holds(tampered(token, 31))).toBe(false);
    expect(holds(new Uint8Array(32))).toBe(false);
    expect(holds(token.slice(0, 31))).toBe(false);
  });
});
