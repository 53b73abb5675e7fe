/**
 * One run of the node without a page: leads the profile, opens the vault, joins as a leaf, empties every box, says what
 * was received, and ends in order. The order only; what does each step comes in as `Place` (place.ts).
 *
 * Invariants:
 * 1. Nothing is opened without the lock, and the lock is given back after everything is closed, whatever happened.
 * 2. Breaking off loses nothing: what was not acknowledged is still in its box.
 */
import type { Leader } from "#chat/ports.ts";

/** held: a page of this profile is the node. unprepared: no page has made what this needs. */
export type Outcome = "held" | "unprepared" | "partial" | "complete";

export interface Visit {
  /** Resolves when every box was read once and what was received is acknowledged. */
  catchUp(): Promise<{ complete: boolean }>;
  close(): Promise<void>;
}
export interface Place {
  /** Has a page solved a key for this worker? */
  prepared(): Promise<boolean>;
  lead(stop: AbortSignal): Promise<Leader | "held">;
  /** Opens under the epoch of this leader; undefined where nobody lives here. */
  visit(epoch: number): Promise<Visit | undefined>;
  /** Lets go of the disk. */
  close(): Promise<void>;
}
/** For the last saves and goodbyes; then whoever waits for the lock gets it, and the epoch keeps us out. Tier 3. */
const CLOSING_MS = 4_000;

/** `stop`: the time is over, or a page comes. */
export async function pull(place: Place, stop: AbortSignal): Promise<Outcome> {
  try {
    if (!(await place.prepared())) return "unprepared";
    const leader = stop.aborted ? "held" : await place.lead(stop);
    return leader === "held" ? "held" : await lead(place, leader, stop);
  } finally {
    await place.close();
  }
}

async function lead(place: Place, leader: Leader, stop: AbortSignal): Promise<Outcome> {
  try {
    const visit = await place.visit(leader.epoch);
    return visit === undefined ? "unprepared" : await empty(visit, over(stop, leader));
  } finally {
    await leader.release();
  }
}

async function empty(visit: Visit, end: Promise<void>): Promise<Outcome> {
  try {
    const caught = await Promise.race([visit.catchUp(), end]);
    return caught?.complete === true ? "complete" : "partial";
  } finally {
    await Promise.race([visit.close(), new Promise((done) => setTimeout(done, CLOSING_MS))]);
  }
}

function over(stop: AbortSignal, leader: Leader): Promise<void> {
  const stopped = new Promise<void>((resolve) => {
    if (stop.aborted) resolve();
    stop.addEventListener("abort", () => resolve());
  });
  return Promise.race([stopped, leader.lost]);
}
