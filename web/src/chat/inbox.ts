/**
 * The inbox: where people write who have no box with us yet, or no longer one (protocol.md §8). Its key stands in the
 * card; each UTC day has an address of its own. Whoever pays the stamp writes, only the owner lists, reads and deletes.
 * What lies there, first contacts, is firstcontact.ts.
 */
import { BOUNDARY_MS, DAYS_KEPT } from "./boxes.ts";
import { dayOf } from "./clock.ts";
import type { Box } from "./ports.ts";

/** Nobody's key: the stamp alone authorises. */
const NO_KEY = new Uint8Array(32);

export function inboxBox(day: number, pk: Uint8Array, secret?: Uint8Array): Box {
  return { kind: 2, day, write: { pk: NO_KEY }, owner: secret === undefined ? { pk } : { pk, secret } };
}
/** Where a first contact is put now. */
export function inboxDay(now: number): number {
  return dayOf(now);
}
/**
 * Days to ask, newest first: from the one of the last complete reading (`since`, ms; undefined at a start: eight back) to
 * today, with the neighbouring day within three hours of the boundary.
 */
export function inboxDays(now: number, since: number | undefined): number[] {
  const last = dayOf(now + BOUNDARY_MS);
  const from = since === undefined ? 0 : dayOf(Math.min(since, now) - BOUNDARY_MS);
  const first = Math.max(0, dayOf(now) - DAYS_KEPT, from);
  return Array.from({ length: last - first + 1 }, (_, back) => last - back);
}
