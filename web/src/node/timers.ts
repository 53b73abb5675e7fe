/** One timer union, one table, one armed OS timer (architecture.md, rule 5). A timer is a string: `<machine>:<what>:<key>`. */
export type Timer = string;

interface Armed {
  at: number;
  /** Of two due at once the one armed first fires first. */
  order: number;
  timer: Timer;
}

/** A binary heap whose dead entries are dropped when they reach the top: arming and disarming cost O(log n) and O(1). */
export class TimerTable {
  readonly #heap: Armed[] = [];
  readonly #live = new Map<Timer, Armed>();
  #order = 0;

  /** Arms or moves a timer; `at` in monotonic ms. */
  arm(timer: Timer, at: number): void {
    this.#order += 1;
    const armed = { at, order: this.#order, timer };
    this.#live.set(timer, armed);
    this.#push(armed);
    if (this.#heap.length > 64 && this.#heap.length > 4 * this.#live.size) this.#sweep();
  }

  disarm(timer: Timer): void {
    this.#live.delete(timer);
  }

  /** When the next one is due. */
  next(): number | undefined {
    this.#skim();
    return this.#heap[0]?.at;
  }

  /** Takes out the next one that is due. */
  due(now: number): Timer | undefined {
    this.#skim();
    const first = this.#heap[0];
    if (!first || first.at > now) return undefined;
    this.#pop();
    this.#live.delete(first.timer);
    return first.timer;
  }

  clear(): void {
    this.#heap.length = 0;
    this.#live.clear();
  }

  #skim(): void {
    for (let first = this.#heap[0]; first && this.#live.get(first.timer) !== first; first = this.#heap[0]) this.#pop();
  }

  #sweep(): void {
    this.#heap.length = 0;
    for (const armed of this.#live.values()) this.#push(armed);
  }

  #push(armed: Armed): void {
    const heap = this.#heap;
    let at = heap.length;
    heap.push(armed);
    while (at > 0) {
      const up = (at - 1) >> 1;
      const parent = heap[up] as Armed;
      if (!before(armed, parent)) break;
      heap[at] = parent;
      at = up;
    }
    heap[at] = armed;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (!last || heap.length === 0) return;
    let at = 0;
    for (;;) {
      let down = 2 * at + 1;
      if (down >= heap.length) break;
      const right = heap[down + 1];
      if (right && before(right, heap[down] as Armed)) down += 1;
      const child = heap[down] as Armed;
      if (!before(child, last)) break;
      heap[at] = child;
      at = down;
    }
    heap[at] = last;
  }
}

const before = (one: Armed, other: Armed): boolean =>
  one.at < other.at || (one.at === other.at && one.order < other.order);
