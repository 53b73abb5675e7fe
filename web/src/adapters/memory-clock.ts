/**
 * Time that stands still until it is told to move: the clock of simulations and tests. Whole milliseconds; all that is
 * due in one instant runs in the order in which it was asked for, then every promise settles, then time moves on.
 * `ClockView` is the clock of one simulated device: off, drifting, frozen or gone. Layer: adapters.
 */
import type { Clock } from "#node/ports.ts";

/** 2026-06-01T00Z: any wall time will do, as long as every run has the same. */
const EPOCH_MS = 1_780_272_000_000;
/** So many events in one instant are a loop that never lets time pass. */
const LOOP_EVENTS = 5_000_000;

interface Event {
  fire: (() => void) | undefined;
}

/** One turn of the event loop: every promise that needs nothing from outside has settled after it. */
function turn(): Promise<void> {
  const immediate = (globalThis as { setImmediate?: (fire: () => void) => void }).setImmediate;
  if (immediate) return new Promise((done) => immediate(done));
  return new Promise((done) => {
    const { port1, port2 } = new MessageChannel();
    port1.addEventListener("message", () => {
      port1.close();
      done();
    });
    port1.start();
    port2.postMessage(0);
  });
}

export class VirtualClock implements Clock {
  #now = 0;
  readonly #wall: number;
  /** Events by their instant, and a binary heap of the instants. */
  readonly #events = new Map<number, Event[]>();
  readonly #instants: number[] = [];

  constructor(wall = EPOCH_MS) {
    this.#wall = wall;
  }

  now(): number {
    return this.#now;
  }

  wall(): number {
    return this.#wall + this.#now;
  }

  after(ms: number, fire: () => void): () => void {
    const at = this.#now + Math.max(0, Math.ceil(ms));
    const event: Event = { fire };
    const others = this.#events.get(at);
    if (others) others.push(event);
    else {
      this.#events.set(at, [event]);
      this.#push(at);
    }
    return () => {
      event.fire = undefined;
    };
  }

  /** A device's own clock: `offset` ms off the true wall time, running `drift` (0.0001 = 100 ppm) too fast. */
  view(offset = 0, drift = 0): ClockView {
    return new ClockView(this, offset, drift);
  }

  /** Lets every promise settle without moving time. */
  settle(): Promise<void> {
    return turn();
  }

  /** Moves to the next instant with events and runs it; false where nothing is due. */
  async step(): Promise<boolean> {
    const at = this.#instants[0];
    if (at === undefined) return false;
    this.#now = at;
    const events = this.#events.get(at) ?? [];
    // Events may add events to their own instant: the list grows while it is walked.
    for (let index = 0; index < events.length; ) {
      let fired = false;
      for (; index < events.length; index++) {
        const fire = events[index]?.fire;
        if (!fire) continue;
        fire();
        fired = true;
      }
      if (index > LOOP_EVENTS) throw new Error(`time stands still at ${at} ms: ${index} events in one instant`);
      if (fired) await turn();
    }
    this.#events.delete(at);
    this.#pop();
    return true;
  }

  /** Runs all that is due in the next `ms`. */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms;
    await turn();
    for (let at = this.#instants[0]; at !== undefined && at <= end; at = this.#instants[0]) await this.step();
    this.#now = end;
  }

  /** Runs until `done` says so; false where `limit` ms pass first. */
  async until(done: () => boolean, limit: number): Promise<boolean> {
    const end = this.#now + limit;
    await turn();
    while (!done()) {
      const at = this.#instants[0];
      if (at === undefined || at > end) {
        this.#now = end;
        return done();
      }
      await this.step();
    }
    return true;
  }

  /** Runs until this promise settles, and gives its value; rejects where `limit` ms pass first. */
  async wait<T>(promise: Promise<T>, limit = 600_000): Promise<T> {
    let settled = false;
    const mark = (): void => {
      settled = true;
    };
    promise.then(mark, mark);
    if (await this.until(() => settled, limit)) return promise;
    throw new Error(`not settled within ${limit} ms of virtual time`);
  }

  #push(at: number): void {
    const heap = this.#instants;
    let index = heap.push(at) - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      const above = heap[parent] as number;
      if (above <= at) break;
      heap[index] = above;
      index = parent;
    }
    heap[index] = at;
  }

  #pop(): void {
    const heap = this.#instants;
    const last = heap.pop();
    const length = heap.length;
    if (last === undefined || length === 0) return;
    let index = 0;
    for (;;) {
      let child = 2 * index + 1;
      if (child >= length) break;
      if (child + 1 < length && (heap[child + 1] as number) < (heap[child] as number)) child++;
      const below = heap[child] as number;
      if (below >= last) break;
      heap[index] = below;
      index = child;
    }
    heap[index] = last;
  }
}

export class ClockView implements Clock {
  readonly #source: VirtualClock;
  readonly #rate: number;
  #offset: number;
  #state: "running" | "frozen" | "stopped" = "running";
  /** What came due while frozen, in order. */
  #held: Event[] = [];

  constructor(source: VirtualClock, offset: number, drift: number) {
    this.#source = source;
    this.#offset = offset;
    this.#rate = 1 + drift;
  }

  now(): number {
    return this.#source.now() * this.#rate;
  }

  wall(): number {
    return Math.round(this.#source.wall() + this.#source.now() * (this.#rate - 1) + this.#offset);
  }

  after(ms: number, fire: () => void): () => void {
    const event: Event = { fire };
    this.#source.after(ms / this.#rate, () => {
      if (this.#state === "frozen") this.#held.push(event);
      else if (this.#state === "running") event.fire?.();
    });
    return () => {
      event.fire = undefined;
    };
  }

  /** Somebody sets the device's wall clock; monotonic time does not move. */
  jump(ms: number): void {
    this.#offset += ms;
  }

  /** A frozen tab: time goes on, nothing fires before `thaw`. */
  freeze(): void {
    if (this.#state === "running") this.#state = "frozen";
  }

  thaw(): void {
    if (this.#state !== "frozen") return;
    this.#state = "running";
    const held = this.#held;
    this.#held = [];
    for (const event of held) this.#source.after(0, () => this.#state === "running" && event.fire?.());
  }

  /** The process is gone: nothing of it ever fires again. */
  stop(): void {
    this.#state = "stopped";
    this.#held = [];
  }
}
