/**
 * How much one address and one asking neighbour may put on a holder (protocol.md §7, Price). Tier 3, local policy; the
 * figures are the design's.
 */
import type { Shelf } from "./holder-index.ts";
import { ENTRY_BYTES } from "./holder-index.ts";

const MIB = 1024 * 1024;
const DAY_MS = 86_400_000;
/** Entries of one address, tombstones included: as many as one LIST can name. */
const ADDRESS_ENTRIES = 512;
/** Bytes of cells that one address takes in 24 h. */
const ADDRESS_BYTES = 2 * MIB;
/** Bytes that one asking neighbour brings in a day: it carries the mail of one tab, or as an anchor that of many. */
const VIA_BYTES = 8 * MIB;
const VIA_ANCHOR_BYTES = 512 * MIB;
/** Neighbours remembered; beyond that the one that asked first is forgotten. 2^22 hashes a NodeID make hoards dear. */
const VIAS = 4_096;

/** May this address take one more entry, of `size` bytes? */
export const addressHasRoom = (shelf: Readonly<Shelf>, size: number, networkTime: number): boolean => {
  if (shelf.cells.size + shelf.tombstones.size >= ADDRESS_ENTRIES) return false;
  let bytes = size;
  for (const entries of [shelf.cells, shelf.tombstones]) {
    for (const entry of entries.values()) if (entry.arrived > networkTime - DAY_MS) bytes += entry.size;
  }
  return bytes <= ADDRESS_BYTES;
};

/** Bytes of the day by asking neighbour. In memory alone: who asked is nothing to write down. */
export class ViaQuota {
  readonly #spent = new Map<string, number>();
  #day = 0;

  /** Takes `size` bytes and what an entry costs from the neighbour's share of the day; false where it has not enough. */
  take(via: string, anchor: boolean, size: number, networkTime: number): boolean {
    const day = Math.floor(networkTime / DAY_MS);
    if (day !== this.#day) {
      this.#day = day;
      this.#spent.clear();
    }
    const spent = (this.#spent.get(via) ?? 0) + size + ENTRY_BYTES;
    if (spent > (anchor ? VIA_ANCHOR_BYTES : VIA_BYTES)) return false;
    if (!this.#spent.has(via) && this.#spent.size >= VIAS) {
      for (const first of this.#spent.keys()) {
        this.#spent.delete(first);
        break;
      }
    }
    this.#spent.set(via, spent);
    return true;
  }
}
