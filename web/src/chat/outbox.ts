/**
 * How what waits is packed into cells (protocol.md §8, §11): several waiting texts share a cell, none is split. When to
 * send, and what to keep until it is acknowledged, is the driver's.
 */
import type { Core } from "#node/ports.ts";
import { type CellSize, LARGE, SMALL } from "./envelope.ts";
import { type Item, itemSize } from "./items.ts";
import { CONTENT } from "./session.ts";

export interface Packed {
  size: CellSize;
  items: Item[];
}

/** A 16 KiB cell is worth its bytes when what waits would fill more small ones than this: fewer round trips, and an
 * address takes only 512 cells a day (tier 3). */
const SMALL_CELLS_AT_MOST = 4;

/** Items into as few cells as is sensible, in order. An item that no cell takes gets one of its own, which `encodeItems`
 * then refuses. */
export function pack(core: Core, items: readonly Item[]): Packed[] {
  const sizes = items.map((item) => itemSize(core, item));
  const cells: Packed[] = [];
  let left = sizes.reduce((sum, size) => sum + size, 0);
  for (let at = 0; at < items.length; ) {
    const long = (sizes[at] as number) > CONTENT[SMALL];
    const size = long || left > SMALL_CELLS_AT_MOST * CONTENT[SMALL] ? LARGE : SMALL;
    const { end, used } = fitting(sizes, at, CONTENT[size]);
    cells.push({ size, items: items.slice(at, end) });
    left -= used;
    at = end;
  }
  return cells;
}

/** Up to where the items from `at` fit: at least one of them. */
function fitting(sizes: readonly number[], at: number, room: number): { end: number; used: number } {
  let used = sizes[at] as number;
  let end = at + 1;
  while (end < sizes.length && used + (sizes[end] as number) <= room) used += sizes[end++] as number;
  return { end, used };
}
