/**
 * The `Solver` of a page: jobs go to a worker (web/src/workers/pow.ts), which the composition root makes and hands in,
 * since only it knows the address of its script. Layer: adapters.
 */
import { Fault } from "#node/errors.ts";
import type { Signal, Solver, WorkJob } from "#node/ports.ts";

/** What goes to the worker and what comes back; `id` numbers the job. */
export type WorkOrder = { id: number; job: WorkJob } | { id: number; cancel: true };
export type WorkNews = { id: number; tried: number } | { id: number; nonce: bigint } | { id: number; failed: true };

interface Waiting {
  progress(tried: number): void;
  found(nonce: bigint): void;
  failed(fault: Fault): void;
}

export class WorkerSolver implements Solver {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  #last = 0;
  #broken = false;

  constructor(worker: Worker) {
    this.#worker = worker;
    worker.addEventListener("message", (event: MessageEvent<WorkNews>) => this.#heard(event.data));
    // The script did not load, or threw: no job will ever be answered.
    worker.addEventListener("error", () => {
      this.#broken = true;
      for (const id of [...this.#waiting.keys()]) this.#heard({ id, failed: true });
    });
  }

  solve(job: WorkJob, progress: (tried: number) => void, signal: Signal): Promise<bigint> {
    return new Promise((found, failed) => {
      if (signal.aborted) return failed(new Fault("cancelled", "The search was given up."));
      if (this.#broken) return failed(broken());
      const id = ++this.#last;
      this.#waiting.set(id, { progress, found, failed });
      signal.addEventListener("abort", () => {
        if (!this.#waiting.delete(id)) return;
        this.#post({ id, cancel: true });
        failed(new Fault("cancelled", "The search was given up."));
      });
      this.#post({ id, job });
    });
  }

  #post(order: WorkOrder): void {
    this.#worker.postMessage(order);
  }

  #heard(news: WorkNews): void {
    const waiting = this.#waiting.get(news.id);
    if (!waiting) return;
    if ("tried" in news) {
      waiting.progress(news.tried);
      return;
    }
    this.#waiting.delete(news.id);
    if ("nonce" in news) waiting.found(news.nonce);
    else waiting.failed(broken());
  }
}

const broken = (): Fault => new Fault("closed", "The worker for proof of work is gone: reload the page.");
