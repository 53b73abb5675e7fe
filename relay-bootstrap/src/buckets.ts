/**
 * Token buckets: so much at once, and so much a second for good. No window begins anew, so nobody gains by waiting for
 * one. Kept as what is owed: a host that owes nothing is as one never seen, and may be forgotten. Layer: relay.
 */
import { neighbourhoodOf } from "./address.ts";
import { HOSTS_REMEMBERED, RESERVE } from "./limits.ts";

export interface Rate {
  atOnce: number;
  perSecond: number;
}

/** Remembered names that are looked at when one has to be forgotten. */
const LOOKED_AT = 32;
/** A neighbourhood that did less than this part of what one host may at once is new to the reserve; what it did is
 * remembered so many times longer than what a host owes, or those who are held back would soon be new again. */
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

/**
 * A bucket for each host and, where told so, one for all. Of what all may do a part is kept for those from whose
 * neighbourhood little came of late: a few loud hosts never use it up, nor does one with a great many addresses in a row.
 */
export class HostBuckets {
  readonly #hosts: Table;
  readonly #lately: Table;
  readonly #new: number;
  readonly #all: Bucket | undefined;
  readonly #kept: number;

  constructor(rate: Rate, now: number, inAll?: Rate, most = HOSTS_REMEMBERED) {
    this.#hosts = new Table(rate, most);
    this.#lately = new Table({ atOnce: rate.atOnce, perSecond: rate.perSecond / MEMORY }, most);
    this.#new = Math.max(1, rate.atOnce * NEWCOMER);
    this.#all = inAll && new Bucket(inAll, now);
    this.#kept = Math.floor((inAll?.atOnce ?? 0) * RESERVE);
  }

  get remembered(): number {
    return this.#hosts.size;
  }

  /** Takes one token, or says whose are used up. `exempt`: no limit of its own. */
  take(host: string, now: number, exempt = false): "host" | "all" | undefined {
    if (!exempt && !this.#hosts.of(host, now).has(now)) return "host";
    if (this.#all) {
      const near = neighbourhoodOf(host);
      const isNew = exempt || this.#lately.of(near, now).owed(now) < this.#new;
      if (!this.#all.has(now, isNew ? 0 : this.#kept)) return "all";
      this.#all.spend(now);
      if (!exempt) this.#lately.spend(near, now);
    }
    if (!exempt) this.#hosts.spend(host, now);
    return undefined;
  }
}

/**
 * Buckets by name, bounded. It forgets first who owes least: with many addresses one can push out others who have hardly
 * begun, which costs those nothing, but not what one owes oneself.
 */
class Table {
  readonly #rate: Rate;
  readonly #most: number;
  readonly #known = new Map<string, Bucket>();
  #hand: IterableIterator<[string, Bucket]>;

  constructor(rate: Rate, most: number) {
    this.#rate = rate;
    this.#most = most;
    this.#hand = this.#known.entries();
  }

  get size(): number {
    return this.#known.size;
  }

  /** Not remembered until it is spent from. */
  of(name: string, now: number): Bucket {
    return this.#known.get(name) ?? new Bucket(this.#rate, now);
  }

  spend(name: string, now: number): void {
    const bucket = this.of(name, now);
    if (!this.#known.has(name)) {
      if (this.#known.size >= this.#most) this.#forget(now);
      this.#known.set(name, bucket);
    }
    bucket.spend(now);
  }

  /** The hand goes round the table, a few at a time: all who owe nothing leave, else the one who owes least. */
  #forget(now: number): void {
    const before = this.#known.size;
    let least: { name: string; owed: number } | undefined;
    for (let looked = 0; looked < LOOKED_AT; looked++) {
      const next = this.#hand.next();
      if (next.done) {
        this.#hand = this.#known.entries();
        continue;
      }
      const [name, bucket] = next.value;
      const owed = bucket.owed(now);
      if (owed === 0) this.#known.delete(name);
      else if (!least || owed < least.owed) least = { name, owed };
    }
    if (least && this.#known.size === before) this.#known.delete(least.name);
  }
}
