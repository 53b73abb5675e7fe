/**
 * The texts of one chat, by number and by message id, and in order without those that were removed, so that no page and no
 * count needs to look at more than it shows. Begins empty; what comes from the disk never replaces what changed meanwhile.
 */
import type { TextRecord } from "./records.ts";

export class History {
  readonly byNumber = new Map<number, TextRecord>();
  readonly byId = new Map<string, TextRecord>();
  /** Numbers of the texts that are shown, ascending. */
  readonly #shown: number[] = [];

  set(record: TextRecord): void {
    const { number, gone } = record;
    this.byNumber.set(number, record);
    this.byId.set(record.id, record);
    const at = this.#placeOf(number);
    const shown = this.#shown[at] === number;
    if (gone === true && shown) this.#shown.splice(at, 1);
    if (gone === undefined && !shown) this.#shown.splice(at, 0, number);
  }
  /** As read from the disk. */
  load(record: TextRecord): void {
    if (!this.byNumber.has(record.number)) this.set(record);
  }

  /** The texts that are shown and come before `before`, newest first. */
  *newest(before = Number.MAX_SAFE_INTEGER): Iterable<TextRecord> {
    for (let at = this.#placeOf(before) - 1; at >= 0; at--) {
      const record = this.byNumber.get(this.#shown[at] as number);
      if (record !== undefined) yield record;
    }
  }

  /** Where this number is among those shown, or belongs. Most are the newest. */
  #placeOf(number: number): number {
    let [low, high] = [0, this.#shown.length];
    if (high === 0 || (this.#shown[high - 1] as number) < number) return high;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#shown[middle] as number) < number) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
