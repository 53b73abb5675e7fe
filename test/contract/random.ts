/** What every `Random` promises; a smoke test of the wiring, not a test of randomness. */
import { describe, expect, it } from "vitest";
import type { Random } from "#node/ports.ts";

export function randomContract(name: string, make: () => Random): void {
  describe(`${name}: random`, () => {
    it("gives as many bytes as asked for, more than 64 KiB too", () => {
      const random = make();
      for (const length of [0, 1, 7, 32, 100_000]) expect(random.bytes(length)).toHaveLength(length);
    });

    it("gives memory of its own each time, and never the same", () => {
      const random = make();
      const [one, other] = [random.bytes(32), random.bytes(32)];
      expect(one).not.toEqual(other);
      const kept = one.slice();
      other.fill(0);
      random.bytes(32);
      expect(one).toEqual(kept);
    });

    it("uses every bit", () => {
      const bytes = make().bytes(100_000);
      const ones = new Array<number>(8).fill(0);
      for (const byte of bytes) for (let bit = 0; bit < 8; bit++) ones[bit] = (ones[bit] ?? 0) + ((byte >> bit) & 1);
      // 5 standard deviations of a fair coin thrown 100,000 times are 791.
      for (const count of ones) expect(Math.abs(count - 50_000)).toBeLessThan(800);
    });
  });
}
