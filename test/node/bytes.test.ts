import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { concat, equal, fromHex, hex, nearer, u16, u64 } from "#node/bytes.ts";

const bytes = fc.uint8Array({ maxLength: 80 });

describe("bytes", () => {
  it("go to hex and back, also long ones", () => {
    expect(hex(Uint8Array.of(0, 1, 0x9a, 0xff))).toBe("00019aff");
    fc.assert(fc.property(bytes, (value) => equal(fromHex(hex(value), value.length) ?? Uint8Array.of(1), value)));
    const long = Uint8Array.from({ length: 20_000 }, (_, at) => at % 256);
    expect(hex(long)).toBe(Buffer.from(long).toString("hex"));
  });

  it("are not made of what is no hex of that length", () => {
    for (const text of ["", "0", "000", "0g", "AB", " 0", "0x"]) expect(fromHex(text, 1)).toBeUndefined();
  });

  it("are equal when all of them are", () => {
    fc.assert(fc.property(bytes, bytes, (a, b) => equal(a, b) === (hex(a) === hex(b))));
    fc.assert(fc.property(bytes, bytes, (a, b) => hex(concat(a, b)) === hex(a) + hex(b)));
  });

  it("count big-endian", () => {
    expect(hex(u16(0x1234))).toBe("1234");
    expect(hex(u64(0x12_3456_789a))).toBe("000000123456789a");
    expect(hex(u64(2n ** 64n - 1n))).toBe("ffffffffffffffff");
  });

  it("are nearer by XOR, as numbers", () => {
    const id = fc.uint8Array({ minLength: 4, maxLength: 4 });
    const distance = (a: Uint8Array, b: Uint8Array): bigint => BigInt(`0x${hex(a)}`) ^ BigInt(`0x${hex(b)}`);
    fc.assert(
      fc.property(id, id, id, (target, a, b) => {
        const difference = distance(target, a) - distance(target, b);
        expect(Math.sign(nearer(target, a, b))).toBe(difference < 0n ? -1 : difference > 0n ? 1 : 0);
      }),
    );
  });
});
