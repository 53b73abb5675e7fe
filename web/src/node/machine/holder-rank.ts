/**
 * Addresses whose entries compete for few places (protocol.md §8, §10): of cards the two highest stay, of an inbox the 64
 * strongest stamps. Nothing promised is evicted anywhere else; a receipt from here says no more than "kept while among
 * these". A tombstone stands where its cell stood and with that cell's strength: what it ended comes back no sooner than
 * a stamp of that strength gets in. Pure.
 */
import { PlaceKind } from "../messages.ts";
import { CARDS_KEPT } from "./holder-card.ts";
import type { Shelf } from "./holder-index.ts";

/** Of one day's inbox: 1 MiB of first contacts that nobody signed for (tier 3). */
const INBOX_KEPT = 64;

interface Entry {
  rank: bigint;
  arrived: number;
  durable: boolean;
}

/** Places at an address of this kind; undefined: as many as its quota allows. */
export const placesOf = (kind: number): number | undefined =>
  kind === PlaceKind.card ? CARDS_KEPT : kind === PlaceKind.inbox ? INBOX_KEPT : undefined;

/** The rank that the next entry has to surpass; undefined while a place is free. */
export const barAt = (shelf: Readonly<Shelf>, places: number): bigint | undefined => {
  const living = [...shelf.cells.values()].filter(({ header }) => !shelf.tombstones.has(header));
  return [...living, ...shelf.tombstones.values()].sort(strongestFirst)[places - 1]?.rank;
};

/** What no place is left for, of that which the disk has: hashes of cells and headers of tombstones. */
export const surplusOf = (shelf: Readonly<Shelf>, places: number): { cells: string[]; tombstones: string[] } => {
  const entries = [
    ...[...shelf.cells].map(([name, entry]) => ({ ...pick(entry), name, isCell: true })),
    ...[...shelf.tombstones].map(([name, entry]) => ({ ...pick(entry), name, isCell: false })),
  ];
  const gone = entries
    .filter(({ durable }) => durable)
    .sort(strongestFirst)
    .slice(places);
  const names = (cells: boolean): string[] => gone.filter(({ isCell }) => isCell === cells).map(({ name }) => name);
  return { cells: names(true), tombstones: names(false) };
};

const pick = ({ rank, arrived, durable }: Entry): Entry => ({ rank, arrived, durable });
/** Of equals, the one that came first. */
const strongestFirst = (a: Entry, b: Entry): number =>
  a.rank > b.rank ? -1 : a.rank < b.rank ? 1 : a.arrived - b.arrived;
