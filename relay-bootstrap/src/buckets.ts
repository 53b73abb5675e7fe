/**
 * Token buckets: so much at once, and so much a second for good. No window begins anew, so nobody gains by waiting for
 * one. Kept as what is owed: a host that owes nothing is as one never seen, and may be forgotten. Layer: relay.
 */
import { HOSTS_REMEMBERED, RESERVE } from "./limits.ts";

export interface Rate {
  atOnce: number;
  perSecond: number;
}

/** Remembered hosts that are looked at when one has to be forgotten. */
const LOOKED_AT = 32;
/** A host that did less than this part of what it may at once is a newcomer to the reserve; that is remembered so many
 * times longer than what it owes, or those who are held back would soon be newcomers again. */
const NEWCOMER = 1 / 8;
const MEMORY = 20;
const SECOND_MS = 1_000;

export class Bucket {
  readonly #rate: Rate;
  #owed = 0;
  #at: number;

  /** `now` here and below: ms of a clock that only goes forward. */
  constructor(rate: Rate, now: number) {
    this.#rate = rate;
    this.#at = now;
  }

  owed(now: number): number {
    return Math.max(0, this.#owed - ((now - this.#at) * this.#rate.perSecond) / SECOND_MS);
  }

  /** `keeping`: tokens that have to be left over. */
  has(now: number, keeping = 0): boolean {
    return this.owed(now) + 1 <= this.#rate.atOnce - keeping;
  }

  spend(now: number): void {
    this.#owed = Math.min(this.owed(now) + 1, this.#rate.atOnce);
    this.#at = now;
  }
}

interface Host {
  /** What its limit goes by. */
  own: Bucket;
  /** What it did of late. */
  lately: Bucket;
}

/**
 * A bucket for each host and, where told so, one for all. The table is bounded, and forgets first who owes least: with
 * many addresses one can push out others who have hardly begun, which costs those nothing, but not what one owes oneself.
 * Of what all may do a part is kept for those who did little of late, so that a few loud hosts never use it up.
 */
export class HostBuckets {
  readonly #rate: Rate;
  readonly #slow: Rate;
  readonly #all: Bucket | undefined;
  readonly #kept: number;
  readonly #most: number;
  readonly #hosts = new Map<string, Host>();
  #hand: IterableIterator<[string, Host]>;

  constructor(rate: Rate, now: number, inAll?: Rate, most = HOSTS_REMEMBERED) {
    this.#rate = rate;
    this.#slow = { atOnce: rate.atOnce, perSecond: rate.perSecond / MEMORY };
    this.#all = inAll && new Bucket(inAll, now);
    this.#kept = Math.floor((inAll?.atOnce ?? 0) * RESERVE);
    this.#most = most;
    this.#hand = this.#hosts.entries();
  }

  get remembered(): number {
    return this.#hosts.size;
  }

  /** Takes one token, or says whose are used up. `exempt`: no limit of its own. */
  take(host: string, now: number, exempt = false): "host" | "all" | undefined {
    const known = this.#hosts.get(host);
    const { own, lately } = known ?? { own: new Bucket(this.#rate, now), lately: new Bucket(this.#slow, now) };
    if (!exempt && !own.has(now)) return "host";
    const newcomer = exempt || lately.owed(now) < Math.max(1, this.#rate.atOnce * NEWCOMER);
    if (this.#all && !this.#all.has(now, newcomer ? 0 : this.#kept)) return "all";
    this.#all?.spend(now);
    if (exempt) return undefined;
    if (!known) this.#remember(host, { own, lately }, now);
    own.spend(now);
    lately.spend(now);
    return undefined;
  }

  #remember(name: string, host: Host, now: number): void {
    if (this.#hosts.size >= this.#most) this.#forget(now);
    this.#hosts.set(name, host);
  }

  /** The hand goes round the table, a few at a time: all who owe nothing leave, else the one who owes least. */
  #forget(now: number): void {
    const before = this.#hosts.size;
    let least: { host: string; owed: number } | undefined;
    for (let looked = 0; looked < LOOKED_AT; looked++) {
      const next = this.#hand.next();
      if (next.done) {
        this.#hand = this.#hosts.entries();
        continue;
      }
      const [host, { lately }] = next.value;
      const owed = lately.owed(now); // never less than what it owes to its limit
      if (owed === 0) this.#hosts.delete(host);
      else if (!least || owed < least.owed) least = { host, owed };
    }
    if (least && this.#hosts.size === before) this.#hosts.delete(least.host);
  }
}
