/**
 * Which rows of a long timeline are drawn: those near the screen. Pure arithmetic over heights, all in px and counted
 * from the lower end, as the timeline itself is. A height is guessed until the row was drawn once and measured. A sum
 * over 12,000 rows takes some 15 µs, so there is no tree.
 */
import type { Row } from "./rows.ts";

/** Rows `from` … `to - 1` are drawn, over `below` px and under `above` px of room for the others. */
export interface Span {
  readonly from: number;
  readonly to: number;
  readonly above: number;
  readonly below: number;
}

const LINE_PX = 23;
/** Characters in a line of a bubble of middling width. */
const LINE = 52;
const GUESSES = { day: 52, note: 48, unread: 44 } as const;

export class TimelineWindow {
  readonly #measured = new Map<string, number>();
  #rows: readonly Row[] = [];
  #heights = new Float64Array();
  #stale = true;

  take(rows: readonly Row[]): void {
    if (rows === this.#rows) return;
    this.#rows = rows;
    this.#stale = true;
  }
  /** True where this is news. */
  measured(id: string, height: number): boolean {
    if (this.#measured.get(id) === height) return false;
    this.#measured.set(id, height);
    this.#stale = true;
    return true;
  }

  /** The rows that lie anywhere between `low` and `high`. */
  span(low: number, high: number): Span {
    const heights = this.#current();
    let [at, sum] = [heights.length, 0];
    const height = (): number => heights[at - 1] ?? 0;
    while (at > 0 && sum + height() <= low) [sum, at] = [sum + height(), at - 1];
    const [to, below] = [at, sum];
    while (at > 0 && sum < high) [sum, at] = [sum + height(), at - 1];
    const from = at;
    let above = 0;
    for (let left = 0; left < from; left++) above += heights[left] ?? 0;
    return { from, to, above, below };
  }

  /** How far the lower edge of a row lies above the lower end; undefined where it is no more. */
  below(id: string): number | undefined {
    const heights = this.#current();
    let sum = 0;
    for (let at = heights.length - 1; at >= 0; at--) {
      if (this.#rows[at]?.id === id) return sum;
      sum += heights[at] ?? 0;
    }
    return undefined;
  }

  #current(): Float64Array {
    if (!this.#stale) return this.#heights;
    this.#stale = false;
    const heights = new Float64Array(this.#rows.length);
    for (let at = 0; at < heights.length; at++) {
      const row = this.#rows[at] as Row;
      heights[at] = this.#measured.get(row.id) ?? guess(row);
    }
    this.#heights = heights;
    return heights;
  }
}

function guess(row: Row): number {
  if (row.kind !== "message") return GUESSES[row.kind];
  const lines = Math.ceil(row.message.text.length / LINE) || 1;
  return lines * LINE_PX + (row.first ? 26 : 18);
}
