/**
 * What a page that goes has begun and not saved yet: its service worker holds it in memory for the page that comes next,
 * since a reload or a closed tab leaves no time for a save that is under way. Nothing of it reaches a disk, and where no
 * worker runs there is none. Layer: adapters.
 */

type Message = { type: "nodus-keep"; left: readonly unknown[] } | { type: "nodus-take" };

/** A page that is not opened again by then is not reloading. Tier 3. */
const HELD_MS = 15_000;
/** A worker that was stopped has to start before it answers. Tier 3. */
const ANSWER_MS = 2_000;

export function leaveBehind(left: readonly unknown[]): void {
  if (left.length > 0) say({ type: "nodus-keep", left }, []);
}
/** Each is handed out once. */
export function takeLeft(): Promise<readonly unknown[]> {
  const { port1, port2 } = new MessageChannel();
  return new Promise((done) => {
    port1.onmessage = ({ data }: MessageEvent<readonly unknown[]>) => done(data);
    if (!say({ type: "nodus-take" }, [port2])) done([]);
    setTimeout(() => done([]), ANSWER_MS);
  }).finally(() => port1.close()) as Promise<readonly unknown[]>;
}
function say(message: Message, ports: MessagePort[]): boolean {
  const worker = navigator.serviceWorker?.controller;
  worker?.postMessage(message, ports);
  return Boolean(worker);
}

/** The worker's end. */
export class Left {
  #held: readonly unknown[] = [];
  #forget: (() => void) | undefined;

  /** Resolves when the worker need not live on for it. */
  async hear(message: unknown, port: MessagePort | undefined): Promise<void> {
    const { type, left } = (message ?? {}) as { type?: unknown; left?: readonly unknown[] };
    if (type === "nodus-take") {
      port?.postMessage(this.#held);
      this.#forget?.();
    } else if (type === "nodus-keep") await this.#keep(left ?? []);
  }
  #keep(left: readonly unknown[]): Promise<void> {
    this.#held = [...this.#held, ...left];
    return new Promise((done) => {
      const forget = (): void => {
        this.#held = [];
        clearTimeout(timer);
        done();
      };
      const timer = setTimeout(forget, HELD_MS);
      const before = this.#forget;
      this.#forget = () => {
        before?.();
        forget();
      };
    });
  }
}
