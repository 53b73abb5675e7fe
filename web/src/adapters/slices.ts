/**
 * Proof of work in slices, on whatever thread this runs: the worker of a page and a bootstrap node use it. Jobs take
 * turns, so that the stamp of a message does not wait behind a long search. Layer: adapters.
 */
import { Fault } from "#node/errors.ts";
import type { Core, Signal, Solver, WorkJob } from "#node/ports.ts";

/** ~25 ms at 9 M hashes/s: short enough to hear a cancel, long enough that slicing costs nothing. */
const SLICE = 1 << 18;

interface Search {
  readonly job: WorkJob;
  from: bigint;
  readonly progress: (tried: number) => void;
  readonly signal: Signal;
  readonly found: (nonce: bigint) => void;
  readonly failed: (fault: Fault) => void;
}

export class SliceSolver implements Solver {
  readonly #core: Pick<Core, "search">;
  readonly #slice: number;
  /** Lets the thread do something else, then goes on. */
  readonly #pause: (next: () => void) => void;
  readonly #searches: Search[] = [];
  #running = false;

  constructor(core: Pick<Core, "search">, pause: (next: () => void) => void, slice = SLICE) {
    this.#core = core;
    this.#pause = pause;
    this.#slice = slice;
  }

  solve(job: WorkJob, progress: (tried: number) => void, signal: Signal): Promise<bigint> {
    return new Promise((found, failed) => {
      this.#searches.push({ job, from: 0n, progress, signal, found, failed });
      if (this.#running) return;
      this.#running = true;
      this.#pause(this.#step);
    });
  }

  readonly #step = (): void => {
    const search = this.#searches.shift();
    if (!search) {
      this.#running = false;
      return;
    }
    try {
      this.#turn(search);
    } catch {
      search.failed(new Fault("closed", "The search for the proof of work broke off."));
    }
    this.#pause(this.#step);
  };

  #turn(search: Search): void {
    if (search.signal.aborted) {
      search.failed(new Fault("cancelled", "The search was given up."));
      return;
    }
    const nonce = this.#core.search(search.job, search.from, this.#slice);
    if (nonce !== undefined) {
      search.found(nonce);
      return;
    }
    search.from += BigInt(this.#slice);
    search.progress(Number(search.from));
    this.#searches.push(search);
  }
}
