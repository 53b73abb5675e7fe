/**
 * The schedule of a pair's boxes: one address a day and direction, which only the two can compute (protocol.md §8).
 * No two addresses can be linked, and days that are over cannot be computed again.
 *
 *     box_d₀ = HKDF(SK, "box" ∥ direction)      box_(d+1) = HKDF(box_d, "next")
 *     key of the day = Ed25519 seed HKDF(box_d, "key"): write and owner key of the address
 *     o = u32 of HKDF(SK, "day-offset") mod 86,400 s: pairs do not all change their boxes at midnight
 *     d = days since 2026-01-01 of (network time − o)
 *
 * d₀ is the day of the time in the first contact. On disk: version u8 = 1 ∥ o u32 s ∥ day u32 of the keys that follow ∥
 * box key 32 from the opener ∥ box key 32 to the opener.
 */
import { Fault } from "#node/errors.ts";
import type { Core } from "#node/ports.ts";
import { EMPTY, Reader, Writer } from "./bytes.ts";
import { dayOf, HOUR_MS } from "./clock.ts";
import { fail, ok, type Result } from "./errors.ts";
import type { Box } from "./ports.ts";
import { label, type Role } from "./session.ts";

export interface Boxes {
  /** s after midnight UTC when this pair's day begins. */
  offset: number;
  /** The oldest day that can still be computed: d₀ at first. */
  oldest: number;
  /** Box keys of that day, by direction. */
  keys: readonly [Uint8Array, Uint8Array];
}

/** Days kept besides today: a cell lives 7 days and some hours (tier 2). */
export const DAYS_KEPT = 8;
/** How near the boundary a reader also asks the neighbouring day: clocks differ (tier 2). */
export const BOUNDARY_MS = 3 * HOUR_MS;
/** Ten years: what no honest clock jumps, and a bound on the steps that a wrong one can ask for. */
const FARTHEST = 3_660;
const STATE_VERSION = 1;

/** `time`: the one in the first contact, ms. */
export function newBoxes(core: Core, sk: Uint8Array, time: number): Boxes {
  const offset = new Reader(core.hkdf(EMPTY, sk, "day-offset", EMPTY, 4)).u32() % 86_400;
  return { offset, oldest: dayOf(time, offset), keys: [label(core, sk, "box", 0), label(core, sk, "box", 1)] };
}

/** The pair's day at this network time, never before the first. */
export function boxDay(boxes: Boxes, now: number): number {
  return Math.max(boxes.oldest, dayOf(now, boxes.offset));
}

/** Where the end with role `from` writes on that day. Throws Fault("limit") for a day that is erased or beyond reason. */
export function boxOfDay(core: Core, boxes: Boxes, from: Role, day: number): Box {
  const ahead = day - boxes.oldest;
  if (ahead < 0 || ahead > FARTHEST) throw new Fault("limit", "This pair has no box for that day.");
  const secret = core.hkdf(EMPTY, walk(core, boxes.keys[from], ahead), "key", EMPTY, 32);
  const authority = { pk: core.edPublic(secret), secret };
  return { kind: 1, day, write: authority, owner: authority };
}

/**
 * Days to ask, newest first: from the one of the last complete reading (`since`, ms; undefined for a new session: from
 * the first) to today, with the neighbouring day within three hours of the boundary.
 */
export function daysToRead(boxes: Boxes, now: number, since: number | undefined): number[] {
  const last = boxDay(boxes, now + BOUNDARY_MS);
  const from = since === undefined ? boxes.oldest : dayOf(Math.min(since, now) - BOUNDARY_MS, boxes.offset);
  const first = Math.max(boxes.oldest, last - DAYS_KEPT, from);
  return Array.from({ length: last - first + 1 }, (_, back) => last - back);
}

/** Forgets days more than eight back. It cannot be undone, so `due` is the lower of own wall clock and network time. */
export function eraseDays(core: Core, boxes: Boxes, due: number): Boxes {
  const oldest = dayOf(due, boxes.offset) - DAYS_KEPT;
  const steps = oldest - boxes.oldest;
  if (steps <= 0 || steps > FARTHEST) return boxes;
  return { ...boxes, oldest, keys: [walk(core, boxes.keys[0], steps), walk(core, boxes.keys[1], steps)] };
}

export function encodeBoxes({ offset, oldest, keys }: Boxes): Uint8Array {
  return new Writer().u8(STATE_VERSION).u32(offset).u32(oldest).bytes(keys[0]).bytes(keys[1]).finish();
}
/** Errors: malformed, unsupported. */
export function decodeBoxes(bytes: Uint8Array): Result<Boxes> {
  const reader = new Reader(bytes);
  if (reader.u8() !== STATE_VERSION) return fail("unsupported");
  const boxes: Boxes = { offset: reader.u32(), oldest: reader.u32(), keys: [reader.bytes(32), reader.bytes(32)] };
  return reader.done() && boxes.offset < 86_400 ? ok(boxes) : fail("malformed");
}

function walk(core: Core, key: Uint8Array, steps: number): Uint8Array {
  let at = key;
  for (let i = 0; i < steps; i++) at = core.hkdf(EMPTY, at, "next", EMPTY, 32);
  return at;
}
