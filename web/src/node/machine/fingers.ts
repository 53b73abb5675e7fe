/**
 * Which finger comes next: the bucket that has least of its share, and in it the corner (next two bits) that has least,
 * so that each hop corrects as many bits as the links allow. Part of maintain.
 */
import type { Effect } from "../event.ts";
import { type Candidate, type Candidates, keyIn, place } from "./candidates.ts";
import { below } from "./chance.ts";
import type { Context } from "./machine.ts";

const CORNERS = 4;

export class Fingers {
  readonly #ctx: Context;
  readonly #candidates: Candidates;
  /** Corners searched since the last refresh: bucket × 4 + corner. */
  readonly #searched = new Set<number>();
  readonly #open = new Set<number>();

  constructor(ctx: Context, candidates: Candidates) {
    this.#ctx = ctx;
    this.#candidates = candidates;
  }

  refresh(): void {
    this.#searched.clear();
  }

  ended(ask: number): boolean {
    return this.#open.delete(ask);
  }

  /** The next node to meet (`first`: there is no other link into its bucket), or a FIND where none is known; undefined while a FIND is out or nothing is left to do. */
  choose(
    depth: number,
    onlyEmpty: boolean,
    meeting: ReadonlySet<string>,
    reachable: (candidate: Candidate) => boolean,
    now: number,
  ): { candidate: Candidate; first: boolean } | { ask: Effect } | undefined {
    if (this.#open.size > 0) return undefined;
    const { links, self, random } = this.#ctx;
    const held = new Array<number>((depth + 1) * CORNERS).fill(0);
    const count = (bucket: number, corner: number): void => {
      if (bucket <= depth) held[bucket * CORNERS + corner] = (held[bucket * CORNERS + corner] ?? 0) + 1;
    };
    for (const entry of links.up()) {
      if (entry.leaf) continue;
      const { bucket, corner } = place(self.nodeId, entry.peer);
      count(bucket, corner);
    }
    const free = new Map<number, Candidate[]>();
    for (const candidate of this.#candidates.sorted()) {
      const { bucket, corner, key } = candidate;
      if (meeting.has(key)) count(bucket, corner);
      if (bucket > depth || meeting.has(key) || candidate.until > now || links.toKey(key)) continue;
      if (!reachable(candidate)) continue;
      const corners = free.get(bucket * CORNERS + corner) ?? [];
      corners.push(candidate);
      free.set(bucket * CORNERS + corner, corners);
    }
    for (const at of this.#order(held)) {
      if (onlyEmpty && inBucket(held, at) > 0) return undefined;
      const here = free.get(at);
      if (here) return { candidate: here[below(random, here.length)] as Candidate, first: sumOf(held, at) === 0 };
      if (this.#searched.has(at)) continue;
      this.#searched.add(at);
      const ask = this.#ctx.serial();
      this.#open.add(ask);
      const key = keyIn(self.nodeId, Math.floor(at / CORNERS), at % CORNERS, random.bytes(32));
      return { ask: { type: "findAt", ask, target: undefined, key, except: self.nodeId, filter: 0 } };
    }
    return undefined;
  }

  /** Corners, the emptiest bucket first, in it the emptiest corner; far buckets before near ones. */
  #order(held: readonly number[]): number[] {
    return held
      .map((_, at) => at)
      .sort((a, b) => inBucket(held, a) - inBucket(held, b) || (held[a] ?? 0) - (held[b] ?? 0) || a - b);
  }
}

/** Links and meetings in the bucket of this corner. */
const inBucket = (held: readonly number[], at: number): number => {
  const first = at - (at % CORNERS);
  let sum = 0;
  for (let corner = 0; corner < CORNERS; corner += 1) sum += held[first + corner] ?? 0;
  return sum;
};

/** Links held in the bucket of this corner. */
const sumOf = (held: readonly number[], at: number): number => {
  const first = at - (at % CORNERS);
  let sum = 0;
  for (let corner = 0; corner < CORNERS; corner += 1) sum += held[first + corner] ?? 0;
  return sum;
};
