/**
 * Finds our own neighbourhood: EXACT FINDs for our id (except = ourselves), from node to nearer node, until nothing
 * nearer answers (protocol.md §5). A CLOSEST FIND for our own id would end at ourselves. Part of maintain.
 */
import type { Effect } from "../event.ts";
import type { Candidates } from "./candidates.ts";
import type { Context } from "./machine.ts";

/** FINDs under way at once. */
const PARALLEL = 3;

export class Neighbourhood {
  readonly #ctx: Context;
  readonly #candidates: Candidates;
  /** Keys asked in this round. */
  readonly #asked = new Set<string>();
  readonly #open = new Map<number, string>();
  #breadth = 0;
  /** A round came to its end since the first link. */
  done = false;

  constructor(ctx: Context, candidates: Candidates) {
    this.#ctx = ctx;
    this.#candidates = candidates;
  }

  get busy(): boolean {
    return this.#breadth > 0;
  }

  /** A new round: the `breadth` nearest that live are asked, and whoever nearer they tell of. */
  start(breadth: number): void {
    this.#asked.clear();
    this.#breadth = breadth;
  }

  /** FINDs to send now; the round is over when none is left. */
  go(now: number): Effect[] {
    const effects: Effect[] = [];
    if (!this.busy) return effects;
    let live = 0;
    for (const candidate of this.#candidates.sorted()) {
      if (live >= this.#breadth || this.#open.size >= PARALLEL) break;
      if (candidate.until > now) continue;
      live += 1;
      if (this.#asked.has(candidate.key)) continue;
      this.#asked.add(candidate.key);
      const ask = this.#ctx.serial();
      this.#open.set(ask, candidate.key);
      const { nodeId } = this.#ctx.self;
      effects.push({
        type: "findAt",
        ask,
        target: candidate.contact.nodeId,
        key: nodeId,
        except: nodeId,
        filter: 0,
      });
    }
    if (this.#open.size === 0) {
      this.#breadth = 0;
      this.done = true;
    }
    return effects;
  }

  /** Whose FIND this was; undefined where it is not ours. */
  ended(ask: number): string | undefined {
    const key = this.#open.get(ask);
    this.#open.delete(ask);
    return key;
  }

  reset(): void {
    this.#open.clear();
    this.#asked.clear();
    this.#breadth = 0;
    this.done = false;
  }
}
