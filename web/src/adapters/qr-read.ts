/**
 * Reads QR codes in a worker (web/src/workers/qr.ts), which the composition root makes and hands in, since only it
 * knows the address of its script: a frame takes 10 to 50 ms on a desktop and several times that on a phone, too long
 * for a page that shows the camera meanwhile. The pixels go over, they are not copied. Layer: adapters.
 */
import { Fault } from "#node/errors.ts";
import type { Pixels } from "./qr-decode.ts";

/** What goes to the worker and what comes back; `id` numbers the picture. */
export interface ReadOrder {
  id: number;
  image: Pixels;
  still: boolean;
}
export type ReadNews = { id: number; text: string | undefined } | { id: number; failed: true };

interface Waiting {
  done(text: string | undefined): void;
  failed(fault: Fault): void;
}

export class WorkerReader {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  #last = 0;
  #gone = false;

  constructor(worker: Worker) {
    this.#worker = worker;
    worker.addEventListener("message", (event: MessageEvent<ReadNews>) => this.#heard(event.data));
    // The script did not load, or threw: no picture will ever be answered.
    worker.addEventListener("error", () => this.close());
  }

  /** Takes `image` over: its pixels are gone here afterwards. `still` as in `decode`. */
  read({ width, height, data }: Pixels, still: boolean): Promise<string | undefined> {
    return new Promise((done, failed) => {
      if (this.#gone) return failed(gone());
      const id = ++this.#last;
      this.#waiting.set(id, { done, failed });
      const order: ReadOrder = { id, image: { width, height, data }, still };
      this.#worker.postMessage(order, [data.buffer]);
    });
  }

  /** Ends the worker; what still waits is rejected. */
  close(): void {
    this.#gone = true;
    this.#worker.terminate();
    for (const id of [...this.#waiting.keys()]) this.#heard({ id, failed: true });
  }

  #heard(news: ReadNews): void {
    const waiting = this.#waiting.get(news.id);
    if (!waiting) return;
    this.#waiting.delete(news.id);
    if ("failed" in news) waiting.failed(gone());
    else waiting.done(news.text);
  }
}

const gone = (): Fault => new Fault("closed", "The reader of codes has ended.");
