/**
 * Network time (ms since 1970) as the units of the wire, all counted from 2026-01-01T00:00Z. No clock is read here:
 * the time is always an argument. Protocol, tier 1 where not said otherwise.
 */
export const EPOCH_MS = 1_767_225_600_000; // 2026-01-01T00:00Z
export const MINUTE_MS = 60_000;
export const HOUR_MS = 3_600_000;
export const UNIT_MS = 21_600_000; // 6 h: the grain of expiries, so that they tell little about when a cell was made
export const DAY_MS = 86_400_000;
/** Two honest clocks may each be 5 minutes off (protocol.md §0; tier 2). */
export const SKEW_MS = 10 * MINUTE_MS;

export function minuteOf(now: number): number {
  return count(now, MINUTE_MS);
}
export function hourOf(now: number): number {
  return count(now, HOUR_MS);
}
/** 6-hour units. */
export function unitOf(now: number): number {
  return count(now, UNIT_MS);
}
/** Days; `offset` in s moves the boundary for one pair (protocol.md §8). */
export function dayOf(now: number, offset = 0): number {
  return count(now - offset * 1000, DAY_MS);
}
export function msOfUnit(unit: number): number {
  return EPOCH_MS + unit * UNIT_MS;
}

/** Never below 0: a clock before the epoch is wrong, and unsigned fields must not wrap. */
function count(now: number, grain: number): number {
  return Math.max(0, Math.floor((now - EPOCH_MS) / grain));
}
