/**
 * The driver: inputs → machines → effects. An effect that is an act goes to the outside, any other is handed on at once
 * to the machines that hear it, first in, first out. No protocol decisions here.
 *
 * 1. A machine steps to its end before the next input is looked at: inputs that arrive meanwhile wait in the queue.
 * 2. All inputs that follow from one outside event see the same `now`.
 * 3. At most one OS timer is armed, for the earliest timer of the table.
 */
import type { Act, Effect, Input, Outcome, WireAct } from "./event.ts";
import type { Machine } from "./machine/machine.ts";
import type { Clock, Log } from "./ports.ts";
import { type Timer, TimerTable } from "./timers.ts";

const AFTER_FAULT_MS = 5_000;

export type Deed = Act | WireAct | Outcome;
/** What carries out acts of one type. */
export type Hands = { [K in Deed["type"]]?: (deed: Extract<Deed, { type: K }>, now: number) => void };

export class Driver {
  readonly counters = new Map<string, number>();
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #hands = new Map<string, (deed: never, now: number) => void>();
  readonly #hearers = new Map<string, Machine[]>();
  readonly #machines = new Map<string, Machine>();
  readonly #timers = new TimerTable();
  #queue: Effect[] = [];
  #busy = false;
  #firing = false;
  #closed = false;
  #armedAt = Number.POSITIVE_INFINITY;
  #cancel: (() => void) | undefined;

  constructor(clock: Clock, log: Log) {
    this.#clock = clock;
    this.#log = log;
    this.hands({
      arm: ({ timer, at }) => this.#timers.arm(timer, at),
      disarm: ({ timer }) => this.#timers.disarm(timer),
      count: ({ counter, by }) => this.count(counter, by),
    });
  }

  hands(hands: Hands): void {
    for (const [type, hand] of Object.entries(hands)) this.#hands.set(type, hand as (deed: never, now: number) => void);
  }

  add(machine: Machine): void {
    this.#machines.set(machine.name, machine);
    for (const type of machine.hears) {
      const hearers = this.#hearers.get(type) ?? [];
      hearers.push(machine);
      this.#hearers.set(type, hearers);
    }
  }

  count(counter: string, by = 1): void {
    this.counters.set(counter, (this.counters.get(counter) ?? 0) + by);
  }

  /** Something happened outside. */
  input(input: Input): void {
    if (this.#closed) return;
    this.#queue.push(input);
    if (!this.#busy) this.#drain();
  }

  /** No further input is taken. */
  close(): void {
    this.#closed = true;
    this.#timers.clear();
    this.#cancel?.();
  }

  #drain(): void {
    this.#busy = true;
    const now = this.#clock.now();
    for (let at = 0; at < this.#queue.length; at += 1) this.#take(this.#queue[at] as Effect, now);
    this.#queue = [];
    this.#busy = false;
    this.#rearm(now);
  }

  #take(effect: Effect, now: number): void {
    const hand = this.#hands.get(effect.type);
    if (hand) {
      hand(effect as never, now);
      return;
    }
    const input = effect as Input;
    if (input.type === "timer") {
      const machine = this.#machines.get(input.timer.slice(0, input.timer.indexOf(":")));
      if (machine) this.#step(machine, input, now);
      return;
    }
    const hearers = this.#hearers.get(input.type);
    if (hearers) for (const machine of hearers) this.#step(machine, input, now);
  }

  #step(machine: Machine, input: Input, now: number): void {
    try {
      for (const effect of machine.step(input, now)) this.#queue.push(effect);
    } catch (error) {
      // A fault of one machine on one input must not end the node; it is counted, and a test fails on the counter.
      this.count(`fault.${machine.name}`);
      this.#log.event("fault", { machine: machine.name, input: input.type, what: String(error) });
      // What a machine does again and again hangs on its timers: no fault ends such a loop.
      if (input.type === "timer") this.#timers.arm(input.timer, now + AFTER_FAULT_MS);
    }
  }

  #rearm(now: number): void {
    if (this.#closed || this.#firing) return;
    const next = this.#timers.next();
    if (next === this.#armedAt) return;
    this.#cancel?.();
    this.#cancel = undefined;
    this.#armedAt = next ?? Number.POSITIVE_INFINITY;
    if (next !== undefined) this.#cancel = this.#clock.after(Math.max(0, next - now), () => this.#fire());
  }

  #fire(): void {
    this.#cancel = undefined;
    this.#armedAt = Number.POSITIVE_INFINITY;
    const now = this.#clock.now();
    this.#firing = true;
    // OS timers may fire a little early; then the same timer is armed again.
    for (let timer: Timer | undefined = this.#timers.due(now); timer !== undefined; timer = this.#timers.due(now)) {
      this.input({ type: "timer", timer });
      if (this.#closed) return;
    }
    this.#firing = false;
    this.#rearm(now);
  }
}
