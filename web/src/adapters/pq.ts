/**
 * The `Crypto` of a page: post-quantum arithmetic in a worker (web/src/workers/pq.ts), which the composition root makes
 * and hands in, since only it knows the address of its script. Bytes are copied both ways. Layer: adapters.
 */
import type { Crypto } from "#chat/ports.ts";
import { Fault } from "#node/errors.ts";

/** What goes to the worker and what comes back; `id` numbers the call. */
export type PqOrder = { [K in keyof Crypto]: { id: number; call: K; args: Parameters<Crypto[K]> } }[keyof Crypto];
export type PqNews = { id: number; result: unknown } | { id: number; failed: true };

interface Waiting {
  done(result: unknown): void;
  failed(fault: Fault): void;
}

export class WorkerCrypto implements Crypto {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  #last = 0;
  #broken = false;

  constructor(worker: Worker) {
    this.#worker = worker;
    worker.addEventListener("message", (event: MessageEvent<PqNews>) => this.#heard(event.data));
    // The script did not load, or threw: no call will ever be answered.
    worker.addEventListener("error", () => {
      this.#broken = true;
      for (const id of [...this.#waiting.keys()]) this.#heard({ id, failed: true });
    });
  }

  dsaPublic(...args: Parameters<Crypto["dsaPublic"]>) {
    return this.#ask("dsaPublic", args);
  }
  dsaSign(...args: Parameters<Crypto["dsaSign"]>) {
    return this.#ask("dsaSign", args);
  }
  dsaVerify(...args: Parameters<Crypto["dsaVerify"]>) {
    return this.#ask("dsaVerify", args);
  }
  kemPublic(...args: Parameters<Crypto["kemPublic"]>) {
    return this.#ask("kemPublic", args);
  }
  kemEncapsulate(...args: Parameters<Crypto["kemEncapsulate"]>) {
    return this.#ask("kemEncapsulate", args);
  }
  kemDecapsulate(...args: Parameters<Crypto["kemDecapsulate"]>) {
    return this.#ask("kemDecapsulate", args);
  }

  #ask<K extends keyof Crypto>(call: K, args: Parameters<Crypto[K]>): ReturnType<Crypto[K]> {
    const answer = new Promise<unknown>((done, failed) => {
      if (this.#broken) return failed(broken());
      const id = ++this.#last;
      this.#waiting.set(id, { done, failed });
      this.#worker.postMessage({ id, call, args } as PqOrder);
    });
    return answer as ReturnType<Crypto[K]>;
  }

  #heard(news: PqNews): void {
    const waiting = this.#waiting.get(news.id);
    if (!waiting) return;
    this.#waiting.delete(news.id);
    if ("result" in news) waiting.done(news.result);
    else waiting.failed(broken());
  }
}

const broken = (): Fault => new Fault("closed", "The worker for post-quantum arithmetic is gone: reload the page.");
