/**
 * The network in memory: `MemoryHub` carries frames between hosts of one process on a virtual clock, with the latency,
 * loss, partitions, NAT kinds and deaths that a seed and a test ask for. A host is a name; it has a `Transport` for
 * addresses "ws://<host>" and an `Rtc` whose offers and answers are tokens of this hub. Nothing here knows what a frame
 * means. Layer: adapters.
 */
import type { Binding, Channel, Rtc, Transport } from "#node/ports.ts";
import { MemoryChannel } from "./memory-channel.ts";
import type { VirtualClock } from "./memory-clock.ts";
import type { SeededRandom } from "./memory-random.ts";
import { MemoryRtc } from "./memory-rtc.ts";
import { MemoryTransport } from "./memory-transport.ts";
import type { Exchange, Wire } from "./memory-wire.ts";

/** Who can reach whom without help: open takes anything, cone needs a STUN server, two symmetric never meet. */
export type Nat = "open" | "cone" | "symmetric";

export interface HubOptions {
  clock: VirtualClock;
  random: SeededRandom;
  /** One-way delay in ms; 20 unless told. */
  latency?: number | ((from: string, to: string) => number);
  /** Up to so many ms more, uniform. */
  jitter?: number;
  /** Probabilities for each frame. Any but 0 breaks the promise of a channel, as a broken carrier would. */
  loss?: number;
  reorder?: number;
  duplicate?: number;
  nat?: (host: string) => Nat;
  /** Bytes that one direction of a channel holds before `send` answers false; 1 MiB unless told. */
  queueBytes?: number;
  /** What one direction of a channel carries; 0 is no limit. */
  bytesPerSecond?: number;
  /** "carriers": channels call themselves websocket and webrtc and are bound as those are. */
  bindings?: "none" | "carriers";
}

interface Host {
  readonly channels: Set<MemoryChannel>;
  listener: ((channel: Channel) => void) | undefined;
  frozen: boolean;
}

const QUEUE_BYTES = 1024 * 1024;

export class MemoryHub implements Wire {
  readonly clock: VirtualClock;
  readonly random: SeededRandom;
  readonly queueBytes: number;
  readonly bytesPerSecond: number;
  /** May be changed while the hub runs. */
  readonly faults: { loss: number; reorder: number; duplicate: number };
  readonly exchanges = new Map<number, Exchange>();
  latency: (from: string, to: string) => number;
  jitter: number;
  readonly #nat: (host: string) => Nat;
  readonly #carriers: boolean;
  readonly #hosts = new Map<string, Host>();
  /** True: these two are in different halves. */
  #apart: ((one: string, other: string) => boolean) | undefined;
  readonly #observers: ((from: string, to: string, frame: Uint8Array) => void)[] = [];

  constructor(options: HubOptions) {
    const { latency = 20 } = options;
    this.clock = options.clock;
    this.random = options.random;
    this.queueBytes = options.queueBytes ?? QUEUE_BYTES;
    this.bytesPerSecond = options.bytesPerSecond ?? 0;
    this.faults = { loss: options.loss ?? 0, reorder: options.reorder ?? 0, duplicate: options.duplicate ?? 0 };
    this.latency = typeof latency === "number" ? () => latency : latency;
    this.jitter = options.jitter ?? 0;
    this.#nat = options.nat ?? (() => "open");
    this.#carriers = options.bindings === "carriers";
  }

  /** Carrier of addresses "ws://<host>"; only a host that may listen can be dialed. Makes the host live (again). */
  transport(host: string, listens = false): Transport {
    this.#live(host);
    return new MemoryTransport(this, host, listens);
  }

  rtc(host: string): Rtc {
    this.#live(host);
    return new MemoryRtc(this, host);
  }

  /** The host's process ends at once. `noticed`: the systems at the other ends see its channels close. */
  kill(host: string, noticed = true): void {
    const state = this.#hosts.get(host);
    this.#hosts.delete(host);
    for (const channel of [...(state?.channels ?? [])]) channel.vanish(noticed);
  }

  alive(host: string): boolean {
    return this.#hosts.has(host);
  }

  /** Nothing passes between two hosts for which this is true; channels stay and go on after `heal`. */
  partition(apart: (one: string, other: string) => boolean): void {
    this.#apart = apart;
  }

  heal(): void {
    this.#apart = undefined;
    for (const host of this.#hosts.keys()) this.#release(host);
  }

  /** The host takes nothing before `thaw`; what is sent to it waits, within the queue limit. */
  freeze(host: string): void {
    const state = this.#hosts.get(host);
    if (state) state.frozen = true;
  }

  thaw(host: string): void {
    const state = this.#hosts.get(host);
    if (!state) return;
    state.frozen = false;
    this.#release(host);
  }

  /** What waits for this frozen host never comes, the ends of its channels included: the device slept, and the networks
   * between forgot its connections without a word. */
  lose(host: string): void {
    for (const channel of this.#hosts.get(host)?.channels ?? []) channel.lose();
  }

  /** Sees each frame as it is delivered. */
  observe(heard: (from: string, to: string, frame: Uint8Array) => void): void {
    this.#observers.push(heard);
  }

  /** Live channels of a host. */
  channels(host: string): number {
    return this.#hosts.get(host)?.channels.size ?? 0;
  }

  // What transports, exchanges and channels need (`Wire`).

  delay(from: string, to: string): number {
    return this.latency(from, to) + (this.jitter > 0 ? this.random.unit() * this.jitter : 0);
  }

  open(from: string, to: string): boolean {
    return !this.#hosts.get(to)?.frozen && !this.#apart?.(from, to);
  }

  meet(one: string, other: string, stun: boolean): boolean {
    const kinds = [this.#nat(one), this.#nat(other)];
    if (!this.alive(one) || !this.alive(other) || !this.open(one, other) || !this.open(other, one)) return false;
    if (kinds.includes("open")) return true;
    return stun && kinds.includes("cone");
  }

  reflexive(host: string, stun: readonly string[]): boolean {
    return stun.some((url) => {
      const server = url.replace(/^stun:/, "").replace(/:\d+$/, "");
      return this.alive(server) && this.open(host, server);
    });
  }

  listen(host: string, take: ((channel: Channel) => void) | undefined): void {
    const state = this.#hosts.get(host);
    if (state) state.listener = take;
  }

  listener(host: string): ((channel: Channel) => void) | undefined {
    return this.#hosts.get(host)?.listener;
  }

  join(one: string, other: string, bindings: readonly [Binding, Binding]): [MemoryChannel, MemoryChannel] {
    const carrier = !this.#carriers ? "memory" : bindings[0].kind === "dtls" ? "webrtc" : "websocket";
    const bound = (binding: Binding): Binding => (this.#carriers ? binding : { kind: "none" });
    const near = new MemoryChannel(this, one, other, carrier, bound(bindings[0]));
    const far = new MemoryChannel(this, other, one, carrier, bound(bindings[1]));
    MemoryChannel.join(this, near, far);
    this.#live(one).channels.add(near);
    this.#live(other).channels.add(far);
    return [near, far];
  }

  delivered(from: string, to: string, frame: Uint8Array): void {
    for (const heard of this.#observers) heard(from, to, frame);
  }

  gone(end: MemoryChannel): void {
    this.#hosts.get(end.host)?.channels.delete(end);
  }

  #live(host: string): Host {
    let state = this.#hosts.get(host);
    if (!state) {
      state = { channels: new Set(), listener: undefined, frozen: false };
      this.#hosts.set(host, state);
    }
    return state;
  }

  #release(host: string): void {
    for (const channel of [...(this.#hosts.get(host)?.channels ?? [])]) channel.release();
  }
}
