/** What every `Solver` promises. */
import { describe, expect, it } from "vitest";
import type { Core, Solver, WorkJob } from "#node/ports.ts";
import { NEVER } from "./transport.ts";

export interface SolverBench {
  core: Core;
  solver: Solver;
  /** Lets time or the event loop run until this promise settles. */
  run<T>(promise: Promise<T>): Promise<T>;
}

const EASY_BITS = 12;
/** Nobody finds this while a test runs. */
const HOPELESS_BITS = 60;

export function solverContract(name: string, make: () => Promise<SolverBench>): void {
  describe(`${name}: solver`, () => {
    const job = (core: Core, bits: number): WorkJob =>
      core.idWork(core.network("nodus/1/test"), new Uint8Array(32).fill(7), 0, bits);

    it("finds a nonce that the core accepts", async () => {
      const { core, solver, run } = await make();
      const nonce = await run(solver.solve(job(core, EASY_BITS), () => undefined, NEVER));
      const id = core.nodeId(core.network("nodus/1/test"), new Uint8Array(32).fill(7), nonce, 0, EASY_BITS);
      expect(id).toHaveLength(32);
    });

    it("rejects as cancelled when told, before and during the search", async () => {
      const { core, solver, run } = await make();
      const before = solver.solve(job(core, EASY_BITS), () => undefined, AbortSignal.abort());
      await expect(run(before)).rejects.toMatchObject({ code: "cancelled" });
      const control = new AbortController();
      const during = solver.solve(job(core, HOPELESS_BITS), () => control.abort(), control.signal);
      await expect(run(during)).rejects.toMatchObject({ code: "cancelled" });
    });
  });
}
