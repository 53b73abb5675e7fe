/**
 * The requests of the mailbox: what waits, what is in flight, what came back, and the effects of the current step.
 *
 * 1. At most eight requests are in flight, over all jobs; the others wait in order (protocol.md §8, Pull).
 * 2. A flight ends exactly once: with its last answer, as failed, or released by its job.
 * 3. A request is made when its turn comes, not before: its time is what freshness is measured by.
 */
import { hex } from "../bytes.ts";
import type { FaultCode } from "../errors.ts";
import type { AskOutput, Effect } from "../event.ts";
import type { Answer, NodeId, Request } from "../messages.ts";
import type { Context } from "./machine.ts";
import type { Member } from "./mailbox-members.ts";

export type MailboxContext = Pick<Context, "core" | "network" | "time" | "self" | "random" | "rules" | "serial">;

/** Whoever asks. */
export interface Asker {
  /** Nearby requests share a neighbour by this. */
  readonly address: Uint8Array;
  readonly lane: "put" | "read";
  heard(flight: Flight, answer: Answer, now: number): void;
  silent(flight: Flight, reason: FaultCode, now: number): void;
  /** The neighbour that carries an open request is gone. */
  lost(flight: Flight, now: number): void;
}
export interface Wish {
  asker: Asker;
  /** undefined: the holder of our own node. */
  member: Member | undefined;
  /** More than one answer may come; the asker releases the flight. */
  open: boolean;
  /** Nodes that should not carry it. */
  avoid: readonly NodeId[];
  build: (innerId: Uint8Array, holder: NodeId, sentAt: number) => Request;
}
export interface Flight extends Wish {
  readonly ask: number;
  readonly innerId: string;
  /** Something came back. */
  answered: boolean;
  /** Monotonic ms at which it is over, whatever still comes; not of one that listens. */
  readonly until: number;
}

const IN_FLIGHT = 8;
/** Jobs are bounded to 128 and ask eight each: a queue longer than that is a fault of ours. */
const QUEUE = 2_048;
/** The ask machine ends every request itself; this only guards against a flight that it forgot. */
const GUARD_MS = 60_000;
/** Our own disk. */
const OWN_GUARD_MS = 5_000;
/** From one answer to the next of the same request: they leave the holder together. */
const GAP_MS = 5_000;
/** All answers to one request, half a MiB over a slow link: who gives them one at a time does not keep a place. */
const WHOLE_MS = 2 * 60_000;
const ASK_TIMER = "mailbox:ask:";

export class Desk {
  readonly context: MailboxContext;
  #effects: Effect[] = [];
  readonly #queue: Wish[] = [];
  readonly #flights = new Map<number, Flight>();
  /** Of those, what counts against the eight: neither our own holder's nor watches that are only listening. */
  readonly #busy = new Set<number>();

  constructor(context: MailboxContext) {
    this.context = context;
  }

  emit(...effects: Effect[]): void {
    this.#effects.push(...effects);
  }
  count(counter: string): void {
    this.emit({ type: "count", counter, by: 1 });
  }
  /** The effects of this step. */
  flush(): Effect[] {
    const effects = this.#effects;
    this.#effects = [];
    return effects;
  }

  ask(wish: Wish, now: number): void {
    if (wish.member === undefined) this.#start(wish, now);
    else if (this.#queue.length >= QUEUE) this.count("mailbox.overrun");
    else {
      this.#queue.push(wish);
      this.#next(now);
    }
  }

  /** Nothing more is wanted of an open flight. */
  release(flight: Flight, now: number): void {
    if (!this.#end(flight)) return;
    if (flight.member !== undefined) this.emit({ type: "endAsk", ask: flight.ask });
    this.#next(now);
  }
  /** All that this job still wants. */
  drop(asker: Asker, now: number): void {
    for (let at = this.#queue.length - 1; at >= 0; at -= 1)
      if (this.#queue[at]?.asker === asker) this.#queue.splice(at, 1);
    for (const flight of [...this.#flights.values()]) if (flight.asker === asker) this.release(flight, now);
  }
  /** An open flight that from now on only listens: it no longer counts, and silence is what it is there for. */
  listen(flight: Flight, now: number): void {
    this.#busy.delete(flight.ask);
    this.emit({ type: "disarm", timer: ASK_TIMER + flight.ask });
    this.#next(now);
  }

  output(input: AskOutput, now: number): void {
    const flight = this.#flights.get(input.ask);
    if (flight === undefined) return;
    if (input.type === "asked") this.#asked(flight, input.answer, now);
    else if (input.type === "askFailed") this.#failed(flight, input.reason, now);
    else if (input.type === "askLost") {
      this.#end(flight);
      this.emit({ type: "endAsk", ask: flight.ask });
      flight.asker.lost(flight, now);
      this.#next(now);
    }
  }
  /** True for a timer that was one of ours. */
  timer(timer: string, now: number): boolean {
    if (!timer.startsWith(ASK_TIMER)) return false;
    const flight = this.#flights.get(Number(timer.slice(ASK_TIMER.length)));
    if (flight === undefined) return true;
    if (flight.member !== undefined) this.emit({ type: "endAsk", ask: flight.ask });
    this.#failed(flight, "unanswered", now);
    return true;
  }

  #asked(flight: Flight, answer: Answer, now: number): void {
    if (hex(answer.innerId) !== flight.innerId) {
      this.count("mailbox.foreign");
      return;
    }
    flight.answered = true;
    if (flight.open) {
      if (this.#busy.has(flight.ask)) this.#guard(flight, Math.min(now + GAP_MS, flight.until));
    } else this.#end(flight);
    flight.asker.heard(flight, answer, now);
    this.#next(now);
  }
  #failed(flight: Flight, reason: FaultCode, now: number): void {
    if (!this.#end(flight)) return;
    flight.asker.silent(flight, reason, now);
    this.#next(now);
  }
  #end(flight: Flight): boolean {
    this.#busy.delete(flight.ask);
    this.emit({ type: "disarm", timer: ASK_TIMER + flight.ask });
    return this.#flights.delete(flight.ask);
  }

  #next(now: number): void {
    while (this.#busy.size < IN_FLIGHT) {
      const wish = this.#queue.shift();
      if (wish === undefined) return;
      this.#start(wish, now);
    }
  }
  #start(wish: Wish, now: number): void {
    const { serial, random, self, time } = this.context;
    const ask = serial();
    const innerId = random.bytes(16);
    const holder = wish.member?.contact.nodeId ?? self.nodeId;
    // Network time has fractions; the wire counts whole ms.
    const request = wish.build(innerId, holder, Math.floor(time.network(now)));
    const flight: Flight = { ...wish, ask, innerId: hex(innerId), answered: false, until: now + WHOLE_MS };
    this.#flights.set(ask, flight);
    if (wish.member === undefined) {
      this.#guard(flight, now + OWN_GUARD_MS);
      this.emit({ type: "localRequest", ask, request });
      return;
    }
    this.#busy.add(ask);
    this.#guard(flight, now + GUARD_MS);
    const { nodeId, record } = wish.member.contact;
    const { open, avoid } = wish;
    const { address, lane } = wish.asker;
    this.emit({
      type: "ask",
      ask,
      to: { nodeId, x25519Pk: record.x25519Pk },
      order: address,
      lane,
      avoid,
      request,
      open,
    });
  }
  #guard(flight: Flight, at: number): void {
    this.emit({ type: "arm", timer: ASK_TIMER + flight.ask, at });
  }
}
