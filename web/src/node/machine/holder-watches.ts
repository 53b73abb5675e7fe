/**
 * Leases of WATCH (protocol.md §7): in memory, 10 minutes, told of each new cell through the request that opened them.
 * A lost lease costs its watcher one renewal, so the oldest may go when there are too many.
 */
import type { Waiter } from "./holder-reply.ts";

/** How long a lease lives. Watchers renew it after 7 to 9 minutes. */
const LEASE_MS = 10 * 60_000;
/** Leases of one address: both ends of a pair, twice over, and their retries. */
const PER_ADDRESS = 8;
/** In all: 64 watches at 2 holders each of some 120 tabs. ~300 B each. */
const IN_ALL = 16_384;

interface Lease {
  address: string;
  to: Waiter;
  until: number;
}

export class Watches {
  /** Oldest first. */
  readonly #leases = new Set<Lease>();
  readonly #byAddress = new Map<string, Set<Lease>>();

  get size(): number {
    return this.#leases.size;
  }

  open(address: string, to: Waiter, now: number): void {
    const here = this.#byAddress.get(address) ?? new Set();
    for (const lease of here) if (lease.until <= now || here.size >= PER_ADDRESS) this.#end(lease);
    for (const lease of this.#leases) {
      if (lease.until > now && this.#leases.size < IN_ALL) break;
      this.#end(lease);
    }
    const lease = { address, to, until: now + LEASE_MS };
    this.#leases.add(lease);
    this.#byAddress.set(address, here.add(lease));
  }

  /** Whom to tell of a new cell. */
  at(address: string, now: number): Waiter[] {
    return [...(this.#byAddress.get(address) ?? [])].filter((lease) => lease.until > now).map((lease) => lease.to);
  }

  #end(lease: Lease): void {
    this.#leases.delete(lease);
    const here = this.#byAddress.get(lease.address);
    here?.delete(lease);
    if (here?.size === 0) this.#byAddress.delete(lease.address);
  }
}
