/** Token buckets by key, bounded: the key that was idle longest goes first, and comes back full. */

export class Buckets {
  readonly #perSecond: number;
  readonly #burst: number;
  readonly #most: number;
  readonly #levels = new Map<string | number, { tokens: number; at: number }>();

  constructor(perSecond: number, burst: number, most: number) {
    this.#perSecond = perSecond;
    this.#burst = burst;
    this.#most = most;
  }

  /** Takes `cost` tokens, or none and says false. */
  take(key: string | number, now: number, cost = 1): boolean {
    const level = this.#levels.get(key) ?? { tokens: this.#burst, at: now };
    this.#levels.delete(key);
    if (this.#levels.size >= this.#most) {
      for (const idle of this.#levels.keys()) {
        this.#levels.delete(idle);
        break;
      }
    }
    this.#levels.set(key, level);
    level.tokens = Math.min(this.#burst, level.tokens + ((now - level.at) / 1_000) * this.#perSecond);
    level.at = now;
    if (level.tokens < cost) return false;
    level.tokens -= cost;
    return true;
  }

  forget(key: string | number): void {
    this.#levels.delete(key);
  }
}
