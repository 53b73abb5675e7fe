/** The `Solver` of simulations: the core's own search in slices, so that virtual time passes while it works. */
import { Fault } from "#node/errors.ts";
import type { Clock, Core, Signal, Solver, WorkJob } from "#node/ports.ts";

/** About what one core of a laptop tries in a millisecond. */
const SLICE_TRIES = 8_192;

export class MemorySolver implements Solver {
  readonly #core: Core;
  readonly #clock: Clock;

  constructor(core: Core, clock: Clock) {
    this.#core = core;
    this.#clock = clock;
  }

  solve(job: WorkJob, progress: (tried: number) => void, signal: Signal): Promise<bigint> {
    return new Promise((resolve, reject) => {
      let tried = 0;
      let done = false;
      const aborted = (): void => {
        done = true;
        reject(new Fault("cancelled", "The caller gave up."));
      };
      const slice = (): void => {
        if (done) return;
        const nonce = this.#core.search(job, BigInt(tried), SLICE_TRIES);
        tried += SLICE_TRIES;
        if (nonce !== undefined) {
          done = true;
          resolve(nonce);
          return;
        }
        progress(tried);
        this.#clock.after(1, slice);
      };
      if (signal.aborted) return aborted();
      signal.addEventListener("abort", aborted);
      this.#clock.after(1, slice);
    });
  }
}
