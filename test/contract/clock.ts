/** What every `Clock` promises. */
import { describe, expect, it } from "vitest";
import type { Clock } from "#node/ports.ts";

export interface ClockBench {
  clock: Clock;
  /** Lets so many ms pass, at least. */
  pass(ms: number): Promise<void>;
}

export function clockContract(name: string, make: () => ClockBench): void {
  describe(`${name}: clock`, () => {
    it("never runs backwards, and keeps monotonic and wall time in step", async () => {
      const { clock, pass } = make();
      const [now, wall] = [clock.now(), clock.wall()];
      await pass(40);
      const [later, laterWall] = [clock.now() - now, clock.wall() - wall];
      expect(later).toBeGreaterThanOrEqual(35); // timers of some systems fire up to a few ms early
      expect(Math.abs(laterWall - later)).toBeLessThan(1_000);
      expect(wall).toBeGreaterThan(Date.UTC(2026, 0, 1));
    });

    it("fires once, not within the call, and in order of time", async () => {
      const { clock, pass } = make();
      const fired: string[] = [];
      clock.after(60, () => fired.push("late"));
      clock.after(0, () => fired.push("soon"));
      expect(fired).toEqual([]);
      await pass(100);
      expect(fired).toEqual(["soon", "late"]);
      await pass(100);
      expect(fired).toHaveLength(2);
    });

    it("fires nothing that was cancelled, and lets cancel be called again", async () => {
      const { clock, pass } = make();
      const fired: number[] = [];
      const cancel = clock.after(20, () => fired.push(1));
      cancel();
      cancel();
      await pass(50);
      expect(fired).toEqual([]);
    });

    it("keeps a wait of weeks", async () => {
      const { clock, pass } = make();
      const fired: number[] = [];
      const cancel = clock.after(40 * 24 * 3_600_000, () => fired.push(1));
      await pass(50);
      cancel();
      expect(fired).toEqual([]); // a timer of 32-bit ms would have fired at once
    });
  });
}
