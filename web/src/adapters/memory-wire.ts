/** What channels, transports and exchanges of the memory network see of their hub. Layer: adapters. */
import type { Binding, Channel } from "#node/ports.ts";
import type { VirtualClock } from "./memory-clock.ts";
import type { SeededRandom } from "./memory-random.ts";

export interface Wire {
  readonly clock: VirtualClock;
  readonly random: SeededRandom;
  readonly queueBytes: number;
  readonly bytesPerSecond: number;
  readonly faults: { loss: number; reorder: number; duplicate: number };
  /** Offers that wait for their answer, by the number in their token. */
  readonly exchanges: Map<number, Exchange>;
  /** One-way delay of the next frame in ms, jitter included. */
  delay(from: string, to: string): number;
  alive(host: string): boolean;
  /** False while partitioned or the receiver is frozen. */
  open(from: string, to: string): boolean;
  /** Can these two make a direct path? `stun`: both have asked a STUN server that lives. */
  meet(one: string, other: string, stun: boolean): boolean;
  /** One of these STUN URLs "stun:<host>:<port>" names a host that answers. */
  reflexive(host: string, stun: readonly string[]): boolean;
  listen(host: string, take: ((channel: Channel) => void) | undefined): void;
  listener(host: string): ((channel: Channel) => void) | undefined;
  /** Both ends of a new channel, the dialer's first. */
  join(one: string, other: string, bindings: readonly [Binding, Binding]): [Channel, Channel];
  delivered(from: string, to: string, frame: Uint8Array): void;
  gone(end: Channel): void;
}

/** An offer under way. */
export interface Exchange {
  readonly offererStun: boolean;
  readonly fingerprint: Uint8Array;
  answered?: Answered;
}
interface Answered {
  readonly host: string;
  readonly stun: boolean;
  readonly fingerprint: Uint8Array;
  /** Hands over the answerer's end; false where it has given up. */
  connect(channel: Channel): boolean;
}
