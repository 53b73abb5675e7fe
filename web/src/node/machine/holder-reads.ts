/**
 * Freshness of reads (protocol.md §7): `sent` within 10 minutes of network time, and one inner id is answered only a few
 * times within a minute. Not once: an asker whose neighbour falls silent sends the same bytes through the next one, and
 * a copy changes nothing, since every answer is sealed to the author.
 */

/** Two honest clocks may each be 5 minutes off (tier 2). */
const FRESH_MS = 10 * 60_000;
/** One request and its three retries. */
const TIMES = 4;
/** All retries are over by then. */
const RETRY_MS = 60_000;
/** Two generations of this many: a read is refused as stale before it could leave both, unless 6,500 a minute come. */
const GENERATION = 65_536;

export class ReadMemory {
  #young = new Map<string, { first: number; times: number }>();
  #old = new Map<string, { first: number; times: number }>();
  #since = 0;

  /** `sent` and `networkTime` in ms since 1970; `now` monotonic. Call only for a read whose signature holds. */
  fresh(innerId: string, sent: number, networkTime: number, now: number): boolean {
    if (Math.abs(sent - networkTime) > FRESH_MS) return false;
    this.#turn(now);
    const seen = this.#young.get(innerId) ?? this.#old.get(innerId);
    if (seen === undefined) {
      this.#young.set(innerId, { first: now, times: 1 });
      return true;
    }
    seen.times += 1;
    return seen.times <= TIMES && now - seen.first <= RETRY_MS;
  }

  /** A read lives 20 minutes at most (sent 10 ahead, read 10 behind): so long an id is remembered. */
  #turn(now: number): void {
    if (now - this.#since < 2 * FRESH_MS && this.#young.size < GENERATION) return;
    this.#old = this.#young;
    this.#young = new Map();
    this.#since = now;
  }
}
