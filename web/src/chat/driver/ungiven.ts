/**
 * What holders name and nobody gives (protocol.md §8, Pull). A holder can list what there is not, and name more of it
 * each time: three honest tries end a tag, and so many tags end what a box may cost. What is ended holds nothing up, and
 * is asked for again when more holders name it than before.
 *
 * An honest try: holders answered the GET, none gave the cell, and the try before was a while ago.
 */
import { toHex } from "../bytes.ts";
import { background, count, type Engine } from "./engine.ts";

/** Tries that end a tag. Tier 3. */
export const TRIES = 3;
/** Between two of them: a copy may be on its way from one holder to the next. Tier 3. */
const APART_MS = 5_000;
/** A run of seconds has no later. */
export const apartOf = ({ leaf }: Engine): number => (leaf ? 0 : APART_MS);
/** All tries of such a run, until there is nothing more to wait for; elsewhere one, and the next round is another. */
export async function tried(engine: Engine, once: () => Promise<boolean>): Promise<boolean> {
  let complete = await once();
  for (let tries = 1; engine.leaf && !complete && tries < TRIES; tries++) complete = await once();
  return complete;
}
/** Tags of one box that are remembered: twice what honest holders list of a day (protocol.md §7: 512). Tier 3. */
const TAGS = 1_024;
/** Beyond, so many more that several holders name are asked for each time, and of what one alone names so many so often:
 * to name more each time costs one holder nothing. Tier 3. */
const SEVERAL = 60;
const ALONE = 30;
const ALONE_EVERY_MS = 3_600_000;
/** Headers that one watch told of and that wait for the GET before theirs: what a day's box holds. Tier 3. */
const HEARD = 512;

/** A tag, hex, and how many holders name it. */
export interface Named {
  tag: string;
  held: number;
}
interface Missed {
  times: number;
  /** Monotonic ms of the last try, and how many holders named it then. */
  last: number;
  held: number;
}

export class Ungiven {
  readonly #missed = new Map<string, Missed>();
  #since = Number.NEGATIVE_INFINITY;
  readonly #lasts: number;
  #alone = Number.NEGATIVE_INFINITY;

  /** `lasts`: ms after which all is forgotten; for boxes that live longer than a day. */
  constructor(lasts = Number.POSITIVE_INFINITY) {
    this.#lasts = lasts;
  }

  /** Those of them to be asked for now, most held first. `now`: monotonic ms; `apart`: ms between two tries. */
  worth<T extends Named>(named: readonly T[], now: number, apart = APART_MS): T[] {
    if (now - this.#since > this.#lasts) {
      this.#missed.clear();
      this.#since = now;
    }
    const open = named.filter((one) => !this.#isOver(one) && !this.#isFresh(one.tag, now - apart));
    const known = open.filter(({ tag }) => this.#missed.has(tag));
    const others = open.filter(({ tag }) => !this.#missed.has(tag));
    return [...known, ...this.#within(others.sort(byHeld), now)].sort(byHeld);
  }
  /** May it still come? What was never asked for, because too much was named, is not waited for. */
  isAwaited(tag: string): boolean {
    const missed = this.#missed.get(tag);
    return missed !== undefined && missed.times < TRIES;
  }
  /** Holders answered, and nobody gave it. */
  miss({ tag, held }: Named, now: number): void {
    const before = this.#missed.get(tag);
    if (before === undefined && this.#missed.size >= TAGS) return;
    const times = before === undefined || held > before.held ? 1 : before.times + 1;
    this.#missed.set(tag, { times, last: now, held: Math.max(held, before?.held ?? 0) });
  }
  given(tag: string): void {
    this.#missed.delete(tag);
  }

  #isOver({ tag, held }: Named): boolean {
    const missed = this.#missed.get(tag);
    return missed !== undefined && missed.times >= TRIES && held <= missed.held;
  }
  #isFresh(tag: string, since: number): boolean {
    const missed = this.#missed.get(tag);
    return missed !== undefined && missed.last > since;
  }
  /** Those for which there is room, of tags that were not missed before. */
  #within<T extends Named>(named: readonly T[], now: number): T[] {
    const room = Math.max(0, TAGS - this.#missed.size);
    const beyond = named.slice(room);
    const several = beyond.filter(({ held }) => held > 1).slice(0, SEVERAL);
    const alone = beyond.filter(({ held }) => held <= 1).slice(0, now - this.#alone < ALONE_EVERY_MS ? 0 : ALONE);
    if (alone.length > 0) this.#alone = now;
    return [...named.slice(0, room), ...several, ...alone];
  }
}
const byHeld = (a: Named, b: Named): number => b.held - a.held;

/** Of many boxes, by name: each on its own, so that what is named of one costs the others nothing. */
export class UngivenByBox {
  readonly #boxes = new Map<string, Ungiven>();
  readonly #most: number;
  readonly #lasts: number | undefined;

  /** `most`: boxes that are remembered; the one used longest ago is forgotten first. `lasts`: as of each. */
  constructor(most: number, lasts?: number) {
    this.#most = most;
    this.#lasts = lasts;
  }

  of(box: string): Ungiven {
    const known = this.#boxes.get(box) ?? new Ungiven(this.#lasts);
    this.#boxes.delete(box);
    this.#boxes.set(box, known);
    const [oldest] = this.#boxes.keys();
    if (this.#boxes.size > this.#most && oldest !== undefined) this.#boxes.delete(oldest);
    return known;
  }
}

/** For a watch: what is heard while a GET is under way shares the next one, however much that is. A holder may tell of
 * thousands. */
export function gathered(
  engine: Engine,
  take: (headers: readonly Uint8Array[]) => Promise<unknown>,
): (header: Uint8Array) => void {
  const waiting = new Map<string, Uint8Array>();
  let busy = false;
  const run = async () => {
    busy = true;
    try {
      while (waiting.size > 0) {
        const headers = [...waiting.values()];
        waiting.clear();
        await take(headers);
      }
    } finally {
      busy = false;
    }
  };
  return (header) => {
    if (waiting.size >= HEARD) return count(engine, "watch.over");
    waiting.set(toHex(header), header);
    if (!busy) background(engine, "watch", run());
  };
}
