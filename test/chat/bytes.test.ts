import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromBase64url, toBase64url } from "#chat/base64url.ts";
import { compare, concat, equal, Reader, Writer } from "#chat/bytes.ts";
import { dayOf, EPOCH_MS, hourOf, minuteOf, msOfUnit, unitOf } from "#chat/clock.ts";
import { fuzzing } from "./support.ts";

describe("bytes", () => {
  it("reads back what was written", () => {
    const bytes = new Writer().u8(1).u16(2).u32(3).u64(4n).safe(5).block(Uint8Array.of(6)).finish();
    const reader = new Reader(bytes);
    const read = [reader.u8(), reader.u16(), reader.u32(), reader.u64(), reader.safe(), reader.block()];
    expect(read).toEqual([1, 2, 3, 4n, 5, Uint8Array.of(6)]);
    expect(reader.done()).toBe(true);
  });

  it("says that something was missing, once and for all", () => {
    const reader = new Reader(Uint8Array.of(1, 2, 3));
    expect(reader.u32()).toBe(0);
    expect(reader.u8()).toBe(0);
    expect(reader.left).toBe(0);
    expect(reader.done()).toBe(false);
  });

  it("takes no number that a number cannot hold", () => {
    const reader = new Reader(new Writer().u64(2n ** 53n).finish());
    expect(reader.safe()).toBe(0);
    expect(reader.done()).toBe(false);
  });

  it("gives copies", () => {
    const source = Uint8Array.of(1, 2);
    const copy = new Reader(source).bytes(2);
    source[0] = 9;
    expect(copy).toEqual(Uint8Array.of(1, 2));
  });

  it("orders and compares", () => {
    expect(compare(Uint8Array.of(1, 2), Uint8Array.of(1, 3))).toBeLessThan(0);
    expect(compare(Uint8Array.of(2), Uint8Array.of(1, 3))).toBeGreaterThan(0);
    expect(equal(concat(Uint8Array.of(1), Uint8Array.of(2)), Uint8Array.of(1, 2))).toBe(true);
    expect(equal(Uint8Array.of(1), Uint8Array.of(1, 2))).toBe(false);
  });
});

describe("base64url", () => {
  it("is what RFC 4648 §10 says", () => {
    const texts = ["", "Zg", "Zm8", "Zm9v", "Zm9vYg", "Zm9vYmE", "Zm9vYmFy"];
    expect(texts.map((_, n) => toBase64url(new TextEncoder().encode("foobar".slice(0, n))))).toEqual(texts);
    expect(toBase64url(Uint8Array.of(0xfb, 0xff))).toBe("-_8");
  });

  it("has one text a byte string", () => {
    for (const wrong of ["A", "Zh", "Zm9", "Zg==", "Z g", "Zm8+", "Zm8/", "Zé"]) {
      expect(fromBase64url(wrong), wrong).toBeUndefined();
    }
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        expect(fromBase64url(toBase64url(bytes))).toEqual(bytes);
      }),
      fuzzing(),
    );
    fc.assert(
      fc.property(fc.string({ maxLength: 40 }), (text) => {
        const bytes = fromBase64url(text);
        if (bytes !== undefined) expect(toBase64url(bytes)).toBe(text);
      }),
      fuzzing(),
    );
  });
});

describe("clock", () => {
  it("counts from 2026-01-01T00Z", () => {
    expect(EPOCH_MS).toBe(Date.UTC(2026, 0, 1));
    const now = Date.UTC(2026, 0, 2, 7, 3);
    expect([minuteOf(now), hourOf(now), unitOf(now), dayOf(now)]).toEqual([1_863, 31, 5, 1]);
    expect(msOfUnit(unitOf(now))).toBe(Date.UTC(2026, 0, 2, 6));
  });

  it("moves a pair's day by its offset and never below the first", () => {
    const midnight = Date.UTC(2026, 0, 3);
    expect([dayOf(midnight), dayOf(midnight, 1), dayOf(midnight + 1_000, 1)]).toEqual([2, 1, 2]);
    expect(dayOf(EPOCH_MS - 1)).toBe(0);
  });
});
