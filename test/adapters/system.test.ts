/** Clock, randomness and proof of work of a real process: the suites of their ports. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { systemClock } from "#adapters/clock.ts";
import { coreOf } from "#adapters/core.ts";
import { systemRandom } from "#adapters/random.ts";
import { SliceSolver } from "#adapters/slices.ts";
import type { WorkJob } from "#node/ports.ts";
import { clockContract } from "../contract/clock.ts";
import { randomContract } from "../contract/random.ts";
import { solverContract } from "../contract/solver.ts";
import { NEVER } from "../contract/transport.ts";

const pass = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));
const core = coreOf(readFileSync("core-wasm/pkg/nodus_core_bg.wasm"));

clockContract("system", () => ({ clock: systemClock(), pass }));
clockContract("system, wall clock an hour ahead", () => ({ clock: systemClock(3_600_000), pass }));
randomContract("system", () => systemRandom);
solverContract("in slices", async () => ({
  core,
  solver: new SliceSolver(core, setImmediate, 1_000),
  run: (promise) => promise,
}));

describe("system clock", () => {
  it("shifts the wall clock alone", () => {
    const [here, ahead] = [systemClock(), systemClock(3_600_000)];
    expect(Math.abs(ahead.wall() - here.wall() - 3_600_000)).toBeLessThan(1_000);
    expect(Math.abs(ahead.now() - here.now())).toBeLessThan(1_000);
  });
});

describe("SliceSolver", () => {
  /** Found in the slice that holds `nonce`. */
  const jobOf = (nonce: bigint): WorkJob => ({ head: new Uint8Array(8), tail: new Uint8Array(), bits: Number(nonce) });
  const search = (job: WorkJob, from: bigint, count: number): bigint | undefined => {
    if (job.bits === 13) throw new Error("this one breaks");
    const wanted = BigInt(job.bits);
    return wanted >= from && wanted < from + BigInt(count) ? wanted : undefined;
  };

  it("takes jobs in turns, so that a short one does not wait for a long one", async () => {
    const solver = new SliceSolver({ search }, setImmediate, 10);
    const order: string[] = [];
    const progress: number[] = [];
    await Promise.all([
      solver.solve(jobOf(1_000n), (tried) => progress.push(tried), NEVER).then(() => order.push("long")),
      solver.solve(jobOf(25n), () => undefined, NEVER).then(() => order.push("short")),
    ]);
    expect(order).toEqual(["short", "long"]);
    expect(progress).toEqual(Array.from({ length: 100 }, (_, index) => 10 * (index + 1)));
  });

  it("goes on with the others when one breaks, and starts anew after a rest", async () => {
    const solver = new SliceSolver({ search }, setImmediate, 10);
    const broken = solver.solve(jobOf(13n), () => undefined, NEVER);
    const whole = solver.solve(jobOf(40n), () => undefined, NEVER);
    await expect(broken).rejects.toMatchObject({ code: "closed" });
    expect(await whole).toBe(40n);
    expect(await solver.solve(jobOf(41n), () => undefined, NEVER)).toBe(41n);
  });
});
