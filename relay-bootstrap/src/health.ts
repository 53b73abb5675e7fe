/**
 * What state the node is in: one truth for /readyz, the record's STORE and the log. Layer: relay.
 *
 * 1. Ready means: whoever comes is served. A full store still gives out what it has, so it is ready.
 * 2. Cells are taken only while their store and the clock can be trusted. A disk that is full at start takes STORE out of
 *    the record only with the first cell that it refuses: readers ask none but holders, and what it has is to be found.
 * 3. Every change of state is one line of the log that says what to do.
 */
import type { StoreState } from "#node/api.ts";
import type { Log } from "#node/ports.ts";

/** Protocol time begins with 2026; an earlier clock was never set. */
const CLOCK_BEGINS_MS = Date.UTC(2026, 0, 1);

export type State = "starting" | "loading" | "ready" | "full" | "unreadable" | "damaged" | "clock" | "ending";

const WHAT: Readonly<Record<State, string>> = {
  starting: "The node starts.",
  loading: "The store is being read in.",
  ready: "The node is ready.",
  full: "The store takes no more cells, and what it has is given out: free some of the disk.",
  unreadable: "The store cannot be read and is tried again every 30 s: look after the disk.",
  damaged: "The store is damaged and takes nothing more: start the node again, which sets the store aside.",
  clock: "The clock of this machine shows a time before 2026: set it; until then no cells are taken.",
  ending: "The node ends.",
};

interface Parts {
  /** There is a node. */
  isStarted: boolean;
  isEnding: boolean;
  store: StoreState;
  /** SQLite found the store damaged. */
  isDamaged: boolean;
  /** It did not take the start's own small write, or there is none at all. */
  isFull: boolean;
  /** Wall clock, ms. */
  wall: number;
}

export class Health {
  readonly #parts: Parts;
  readonly #log: Log;
  #told: State = "starting";
  #wasTaking = true;
  #heard: ((taking: boolean) => void) | undefined;

  constructor(log: Log, wall: number) {
    this.#log = log;
    this.#parts = { isStarted: false, isEnding: false, store: "loading", isDamaged: false, isFull: false, wall };
  }

  set(change: Partial<Parts>): void {
    Object.assign(this.#parts, change);
    const { state, taking } = this;
    if (taking !== this.#wasTaking) {
      this.#wasTaking = taking;
      this.#heard?.(taking);
    }
    if (state === this.#told) return;
    this.#told = state;
    this.#log.event("state", { state, what: WHAT[state] });
  }

  /** Whoever turns STORE on and off: hears what holds now where that is not what a node begins with, and every change. */
  onTaking(heard: (taking: boolean) => void): () => void {
    this.#heard = heard;
    if (!this.taking) heard(false);
    return () => {
      this.#heard = undefined;
    };
  }

  get state(): State {
    const { isStarted, isEnding, store, isDamaged, isFull, wall } = this.#parts;
    if (isEnding) return "ending";
    if (!isStarted) return "starting";
    if (wall < CLOCK_BEGINS_MS) return "clock";
    if (isDamaged) return "damaged";
    return store === "ready" && isFull ? "full" : store;
  }

  get ready(): boolean {
    return this.state === "ready" || this.state === "full";
  }

  /** May cells be taken, as far as is known here? When its store is full or unreadable the node itself knows. */
  get taking(): boolean {
    const { isDamaged, wall } = this.#parts;
    return !isDamaged && wall >= CLOCK_BEGINS_MS;
  }
}
