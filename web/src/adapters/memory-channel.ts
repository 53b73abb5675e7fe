/**
 * Channels of the memory hub: two ends, one `Pipe` for each direction. Not here: who may reach whom (memory.ts) and what
 * the frames mean. Layer: adapters.
 *
 * Invariants of a pipe
 * 1. Frames are delivered in the order in which they were sent, unless the hub was told to lose, repeat or reorder.
 * 2. Bytes accepted and not yet taken never exceed the hub's queue limit; beyond it `send` answers false.
 * 3. While the path is cut or the receiver frozen, frames wait; they go on when it heals.
 */
import type { Binding, Carrier, Channel, CloseCode } from "#node/ports.ts";
import type { Wire } from "./memory-wire.ts";

/** A frame, or the end of the channel, which travels behind the last frame. */
type Item = Uint8Array | "end";

class Pipe {
  readonly #wire: Wire;
  readonly #from: string;
  readonly #to: string;
  readonly #receiver: MemoryChannel;
  #queued = 0;
  /** When the last frame has left the sender, and when it arrives. */
  #leaves = 0;
  #arrives = 0;
  #held: Item[] = [];

  constructor(wire: Wire, from: string, to: string, receiver: MemoryChannel) {
    this.#wire = wire;
    this.#from = from;
    this.#to = to;
    this.#receiver = receiver;
  }

  send(frame: Uint8Array): boolean {
    if (this.#queued + frame.length > this.#wire.queueBytes) return false;
    const { faults, random } = this.#wire;
    if (random.chance(faults.loss)) return true;
    this.#queued += frame.length;
    this.#schedule(frame.slice());
    if (random.chance(faults.duplicate)) {
      this.#queued += frame.length;
      this.#schedule(frame.slice());
    }
    return true;
  }

  end(): void {
    this.#schedule("end");
  }

  /** The receiver has taken it. */
  taken(bytes: number): void {
    this.#queued -= bytes;
  }

  /** The path may be open again. */
  release(): void {
    if (this.#held.length === 0 || !this.#wire.open(this.#from, this.#to)) return;
    const held = this.#held;
    this.#held = [];
    for (const item of held) this.#schedule(item);
  }

  lose(): void {
    this.#held = [];
  }

  #schedule(item: Item): void {
    const { clock, random, faults, bytesPerSecond } = this.#wire;
    const now = clock.now();
    const busy = item === "end" || bytesPerSecond === 0 ? 0 : (item.length * 1000) / bytesPerSecond;
    this.#leaves = Math.max(now, this.#leaves) + busy;
    const arrival = this.#leaves + this.#wire.delay(this.#from, this.#to);
    const overtakes = item !== "end" && random.chance(faults.reorder);
    const at = overtakes ? arrival : Math.max(arrival, this.#arrives);
    if (!overtakes) this.#arrives = at;
    clock.after(at - now, () => this.#arrive(item));
  }

  #arrive(item: Item): void {
    if (!this.#receiver.alive) return;
    if (this.#held.length > 0 || !this.#wire.open(this.#from, this.#to)) {
      this.#held.push(item);
    } else if (item === "end") {
      this.#receiver.ended("remote");
    } else {
      this.#wire.delivered(this.#from, this.#to, item);
      this.#receiver.arrived(item);
    }
  }
}

export class MemoryChannel implements Channel {
  readonly carrier: Carrier;
  readonly binding: Binding;
  readonly host: string;
  readonly remote: string;
  readonly closed: Promise<CloseCode>;
  alive = true;
  readonly #wire: Wire;
  #out: Pipe | undefined;
  #in: Pipe | undefined;
  #take: ((frame: Uint8Array) => void) | undefined;
  #waiting: Uint8Array[] = [];
  #resolve: (code: CloseCode) => void = () => undefined;

  constructor(wire: Wire, host: string, remote: string, carrier: Carrier, binding: Binding) {
    this.#wire = wire;
    this.host = host;
    this.remote = remote;
    this.carrier = carrier;
    this.binding = binding;
    this.closed = new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }

  static join(wire: Wire, one: MemoryChannel, other: MemoryChannel): void {
    const there = new Pipe(wire, one.host, other.host, other);
    const back = new Pipe(wire, other.host, one.host, one);
    one.#out = there;
    other.#in = there;
    other.#out = back;
    one.#in = back;
  }

  send(frame: Uint8Array): boolean {
    return this.alive && this.#out?.send(frame) === true;
  }

  onFrame(take: (frame: Uint8Array) => void): void {
    this.#take = take;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const frame of waiting) this.arrived(frame);
  }

  close(code: CloseCode): void {
    if (!this.alive) return;
    this.#out?.end();
    this.ended(code);
  }

  arrived(frame: Uint8Array): void {
    if (!this.alive) return;
    if (!this.#take) {
      this.#waiting.push(frame);
      return;
    }
    this.#in?.taken(frame.length);
    this.#take(frame);
  }

  /** This end is over; the other end learns of it only from `close`. */
  ended(code: CloseCode): void {
    if (!this.alive) return;
    this.alive = false;
    this.#waiting = [];
    this.#wire.gone(this);
    this.#resolve(code);
  }

  /** The process of this end is gone: nobody is told here, and the other end only where its system notices. */
  vanish(noticed: boolean): void {
    if (!this.alive) return;
    this.alive = false;
    this.#take = undefined;
    this.#waiting = [];
    this.#wire.gone(this);
    if (noticed) this.#out?.end();
  }

  /** What waits on its way here is lost. */
  lose(): void {
    this.#in?.lose();
  }

  release(): void {
    this.#out?.release();
    this.#in?.release();
  }
}
