import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { concat, Writer } from "#chat/bytes.ts";
import {
  decodeItems,
  encodeItems,
  type Item,
  itemSize,
  type MessageId,
  NAME_LIMIT,
  TEXT_LIMIT,
  textItemSize,
} from "#chat/items.ts";
import { Fault } from "#node/errors.ts";
import type { NodeId } from "#node/ports.ts";
import { contextOf, core, fuzzing, good, id, refused, text } from "./support.ts";

const context = contextOf(1);
const ids = fc.uint8Array({ minLength: 16, maxLength: 16 }).map((bytes) => bytes as MessageId);
const key = fc.uint8Array({ minLength: 32, maxLength: 32 });
const anyItem: fc.Arbitrary<Item> = fc.oneof(
  fc.record({
    kind: fc.constant("text" as const),
    id: ids,
    sent: fc.maxSafeNat(),
    text: fc.string({ unit: "grapheme", minLength: 1, maxLength: 50 }),
  }),
  fc.record({
    kind: fc.constantFrom("ack" as const, "read" as const),
    ids: fc.array(ids, { minLength: 1, maxLength: 9 }),
  }),
  fc.record({
    kind: fc.constant("at" as const),
    nodeId: key.map((bytes) => bytes as NodeId),
    x25519Pk: key,
    incarnation: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  }),
  fc.record({ kind: fc.constant("profile" as const), name: fc.string({ unit: "grapheme", maxLength: 10 }) }),
);

describe("items", () => {
  it("come back as they went in, for any items", () => {
    fc.assert(
      fc.property(fc.array(anyItem, { maxLength: 6 }), (items) => {
        const bytes = encodeItems(core, items, 1_944);
        expect(bytes.length).toBe(1_944);
        expect(good(decodeItems(core, bytes))).toEqual(items);
      }),
      fuzzing(2_000),
    );
  });

  it("fill a cell to its last byte", () => {
    const item = text(context, "x".repeat(1_944 - textItemSize(0)));
    expect(itemSize(core, item)).toBe(1_944);
    expect(good(decodeItems(core, encodeItems(core, [item], 1_944)))).toEqual([item]);
    expect(() => encodeItems(core, [item], 1_943)).toThrow(Fault);
  });

  it("refuse what is beyond their limits before it leaves", () => {
    const long = text(context, "é".repeat(TEXT_LIMIT / 2 + 1));
    expect(() => encodeItems(core, [long], 20_000)).toThrow("longer than a cell takes");
    expect(() => encodeItems(core, [{ kind: "profile", name: "n".repeat(NAME_LIMIT + 1) }], 1_944)).toThrow(Fault);
    expect(() => encodeItems(core, [text(context, "")], 1_944)).toThrow("says nothing");
    expect(() => encodeItems(core, [{ kind: "ack", ids: [] }], 1_944)).toThrow("says nothing");
  });

  it("skip unknown types from 128 and refuse those below", () => {
    const known = encodeItems(core, [{ kind: "ack", ids: [id(context)] }], 19);
    const skippable = new Writer().u8(128).block(Uint8Array.of(1, 2)).u8(255).block(new Uint8Array(0)).finish();
    expect(good(decodeItems(core, concat(skippable, known, new Uint8Array(5))))).toHaveLength(1);
    const unknown = new Writer().u8(6).block(Uint8Array.of(1)).finish();
    expect(refused(decodeItems(core, concat(known, unknown)))).toBe("unsupported");
    expect(refused(decodeItems(core, new Writer().u8(127).u16(0).finish()))).toBe("unsupported");
  });

  it.each<[string, Uint8Array]>([
    ["a length beyond the end", new Writer().u8(2).u16(16).bytes(new Uint8Array(15)).finish()],
    ["a head cut off", Uint8Array.of(2, 0)],
    ["padding that is not zero", Uint8Array.of(0, 0, 1)],
    ["an ACK of no ids", new Writer().u8(2).u16(0).finish()],
    ["an ACK of half an id", new Writer().u8(2).block(new Uint8Array(24)).finish()],
    ["a text without letters", new Writer().u8(1).block(new Uint8Array(24)).finish()],
    [
      "a text that is no UTF-8",
      new Writer()
        .u8(1)
        .block(concat(new Uint8Array(24), Uint8Array.of(0xc3)))
        .finish(),
    ],
    ["a text sent after the end of numbers", new Writer().u8(1).block(new Uint8Array(25).fill(255)).finish()],
    [
      "a text too long",
      new Writer()
        .u8(1)
        .block(new Uint8Array(24 + TEXT_LIMIT + 1).fill(65, 24))
        .finish(),
    ],
    ["an AT too short", new Writer().u8(4).block(new Uint8Array(71)).finish()],
    ["an AT too long", new Writer().u8(4).block(new Uint8Array(73)).finish()],
    [
      "a name too long",
      new Writer()
        .u8(5)
        .block(new Uint8Array(NAME_LIMIT + 1).fill(65))
        .finish(),
    ],
  ])("refuse %s", (_, bytes) => {
    expect(refused(decodeItems(core, bytes))).toBe("malformed");
  });

  it("take any bytes without a throw, and what they take they give back", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const items = decodeItems(core, bytes);
        if (!items.ok) return;
        const kept = decodeItems(core, encodeItems(core, items.value, bytes.length));
        expect(good(kept)).toEqual(items.value);
      }),
      fuzzing(),
    );
  });

  it("take mutated items without a throw", () => {
    const whole = encodeItems(core, [text(context, "hello"), { kind: "read", ids: [id(context)] }], 80);
    fc.assert(
      fc.property(fc.nat(79), fc.nat(255), fc.nat(80), (at, byte, length) => {
        const bytes = whole.slice(0, length);
        if (at < length) bytes[at] = byte;
        decodeItems(core, bytes);
      }),
      fuzzing(),
    );
  });
});
