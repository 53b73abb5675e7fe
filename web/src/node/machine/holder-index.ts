/**
 * What a holder keeps, in memory: everything but the cells themselves, which stay on disk. Pure; the caller has checked
 * what it adds. Addresses, hashes and headers are names in hex.
 *
 * 1. `bytes` is the sum of what its entries cost, durable or not: what was promised room is counted before it is stored.
 * 2. An address without entries is not in the index.
 * 3. An entry is in the sweep's order exactly as long as it is on its shelf.
 */
import { fromHex } from "../bytes.ts";
import { HEADER_BYTES } from "./cells.ts";

/** A kept cell. Headers are names, not arrays: those cost 250 B each, and a store has a million cells. */
export interface Held {
  /** 20 B in hex. */
  header: string;
  size: number; // B
  signer: number;
  /** Network time in ms: the day that its bytes count for. */
  arrived: number;
  /** Cards: generation u32 ∥ seq u32; inbox: bits of the stamp; else 0. */
  rank: bigint;
  /** False until the disk has it; nobody is told of it before. */
  durable: boolean;
}
/** The end of a cell: keeps its place, so that no late copy returns. */
export interface Tombstone {
  /** 20 B in hex. */
  header: string;
  reason: number;
  /** The owner's, 64 B in hex. */
  sig: string;
  /** B of the cells it ended; they go on counting for their day. */
  size: number;
  arrived: number;
  /** Of the cell that it ended. */
  rank: bigint;
  durable: boolean;
}
/** What lies at one address. */
export interface Shelf {
  cells: Map<string, Held>;
  tombstones: Map<string, Tombstone>;
}

/** Equal parts of the keyspace that a map shows: too coarse to tell any address. */
const SLICES = 64;
/** What an entry costs beyond its cell: keys, notes and rows on disk, B (measured on SQLite: two rows, ~500). */
export const ENTRY_BYTES = 512;
/** A Map costs 200 B even when empty, and most addresses have only cells or only tombstones. Never written to. */
const NO_CELLS: Map<string, Held> = new Map();
const NO_TOMBSTONES: Map<string, Tombstone> = new Map();
const EMPTY: Shelf = { cells: NO_CELLS, tombstones: NO_TOMBSTONES };

/** Parts of a header's name: expiry u16 at byte 2, tag from byte 4. */
export const expiryIn = (header: string): number => Number.parseInt(header.slice(4, 8), 16);
export const hasTag = (header: string, tag: string): boolean => header.endsWith(tag);
export const headerBytes = (header: string): Uint8Array =>
  fromHex(header, HEADER_BYTES) ?? new Uint8Array(HEADER_BYTES);

export class HolderIndex {
  readonly #shelves = new Map<string, Shelf>();
  /** Expiry unit → addresses that have, or had, an entry of it. */
  readonly #order = new Map<number, Set<string>>();
  /** Cells by the first six bits of their address. */
  readonly slices: number[] = new Array<number>(SLICES).fill(0);
  #bytes = 0;
  #cells = 0;

  get bytes(): number {
    return this.#bytes;
  }
  /** Cells; tombstones are not counted. */
  get cells(): number {
    return this.#cells;
  }

  shelf(address: string): Readonly<Shelf> {
    return this.#shelves.get(address) ?? EMPTY;
  }

  addCell(address: string, hash: string, held: Held): void {
    const shelf = this.#make(address, held.header);
    if (shelf.cells.has(hash)) return;
    if (shelf.cells === NO_CELLS) shelf.cells = new Map();
    shelf.cells.set(hash, held);
    this.#bytes += held.size + ENTRY_BYTES;
    this.#count(address, 1);
  }
  removeCell(address: string, hash: string): void {
    const shelf = this.#shelves.get(address);
    const held = shelf?.cells.get(hash);
    if (shelf === undefined || held === undefined) return;
    shelf.cells.delete(hash);
    this.#bytes -= held.size + ENTRY_BYTES;
    this.#count(address, -1);
    this.#tidy(address, shelf);
  }
  addTombstone(address: string, tombstone: Tombstone): void {
    const shelf = this.#make(address, tombstone.header);
    if (shelf.tombstones.has(tombstone.header)) return;
    if (shelf.tombstones === NO_TOMBSTONES) shelf.tombstones = new Map();
    shelf.tombstones.set(tombstone.header, tombstone);
    this.#bytes += ENTRY_BYTES;
  }
  removeTombstone(address: string, header: string): void {
    const shelf = this.#shelves.get(address);
    if (shelf === undefined || !shelf.tombstones.delete(header)) return;
    this.#bytes -= ENTRY_BYTES;
    this.#tidy(address, shelf);
  }

  /** An address that has, or had, entries of an expiry for which `past` holds; the same one until `swept`. */
  due(past: (expiry: number) => boolean): { expiry: number; address: string } | undefined {
    for (const [expiry, addresses] of this.#order) {
      if (!past(expiry)) continue;
      for (const address of addresses) return { expiry, address };
    }
    return undefined;
  }
  swept(expiry: number, address: string): void {
    const addresses = this.#order.get(expiry);
    addresses?.delete(address);
    if (addresses?.size === 0) this.#order.delete(expiry);
  }

  #make(address: string, header: string): Shelf {
    const shelf = this.#shelves.get(address) ?? { ...EMPTY };
    this.#shelves.set(address, shelf);
    const expiry = expiryIn(header);
    const addresses = this.#order.get(expiry) ?? new Set();
    this.#order.set(expiry, addresses.add(address));
    return shelf;
  }
  #count(address: string, by: number): void {
    this.#cells += by;
    const slice = Number.parseInt(address.slice(0, 2), 16) >> 2;
    this.slices[slice] = (this.slices[slice] ?? 0) + by;
  }
  #tidy(address: string, shelf: Shelf): void {
    if (shelf.cells.size === 0 && shelf.tombstones.size === 0) this.#shelves.delete(address);
  }
}
