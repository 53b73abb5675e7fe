/**
 * The union of what holders list at one address. Holders are named by key; our own counts for nothing but that an entry
 * is there. Pure: what proves a deletion is the caller's.
 *
 * 1. No holder brings in more entries than an address takes, so that none keeps those of another out.
 */
import type { Listed } from "../api.ts";
import { hex } from "../bytes.ts";
import { type CellHeader, CellState } from "../messages.ts";
import type { Core } from "../ports.ts";
import { HEADER_BYTES } from "./cells.ts";
import type { Member } from "./mailbox-members.ts";

/** More than this no holder keeps at one address. */
const ENTRIES = 512;
/** Of all holders together: a lying one brings in its share, and no more. */
const ROWS = 16 * ENTRIES;
const OWN = "";

interface Row {
  header: Uint8Array;
  parsed: CellHeader;
  held: Set<string>;
  deleted: Map<string, Member>;
  /** Our own holder has it. */
  isOwn: boolean;
}

export class Listing {
  readonly #rows = new Map<string, Row>();
  /** Entries that each holder was the first to name. */
  readonly #brought = new Map<string, number>();
  /** Holder and header: whom a proof was asked of. */
  readonly #doubted = new Set<string>();

  /** Headers that were not known as held before. */
  add(core: Core, member: Member | undefined, entries: readonly { header: Uint8Array; state: number }[]): Uint8Array[] {
    const news: Uint8Array[] = [];
    for (const { header, state } of entries.slice(0, ENTRIES)) {
      if (state !== CellState.held && state !== CellState.deleted) continue;
      const known = this.#rows.get(hex(header));
      const row = known ?? this.#bring(core, member, header);
      if (row === undefined) continue;
      const isNews = state === CellState.held && row.held.size === 0 && !row.isOwn;
      if (isNews) news.push(row.header);
      if (member === undefined) row.isOwn ||= state === CellState.held;
      else if (state === CellState.held) row.held.add(member.key);
      else row.deleted.set(member.key, member);
    }
    return news;
  }
  /** Nothing of what this holder said counts. */
  forget(member: Member): void {
    for (const { held, deleted } of this.#rows.values()) {
      held.delete(member.key);
      deleted.delete(member.key);
    }
  }

  /** Of each entry that is called deleted and not settled, the next one of those who say so. */
  unproved(isSettled: (header: Uint8Array) => boolean): { header: Uint8Array; claimant: Member }[] {
    return [...this.#rows.values()].flatMap(({ header, deleted }) => {
      if (deleted.size === 0 || isSettled(header)) return [];
      const name = hex(header);
      const claimant = [...deleted.values()].find(({ key }) => !this.#doubted.has(key + name));
      if (claimant === undefined) return [];
      this.#doubted.add(claimant.key + name);
      return [{ header, claimant }];
    });
  }

  /** A deletion that is not proved is not told. */
  entries(isProved: (header: Uint8Array) => boolean): Listed["entries"] {
    return [...this.#rows.values()].flatMap(({ header, parsed, held, deleted, isOwn }) => {
      const ended = deleted.size > 0 && isProved(header) ? deleted.size : 0;
      return held.size > 0 || isOwn || ended > 0 ? [{ header, parsed, held: held.size, deleted: ended }] : [];
    });
  }

  #bring(core: Core, member: Member | undefined, bytes: Uint8Array): Row | undefined {
    const source = member?.key ?? OWN;
    const brought = this.#brought.get(source) ?? 0;
    if (brought >= ENTRIES || this.#rows.size >= ROWS) return undefined;
    const decoded = bytes.length === HEADER_BYTES ? core.decode("cellHeader", bytes) : undefined;
    if (!decoded?.ok) return undefined;
    const row = {
      header: bytes.slice(),
      parsed: decoded.value,
      held: new Set<string>(),
      deleted: new Map(),
      isOwn: false,
    };
    this.#rows.set(hex(bytes), row);
    this.#brought.set(source, brought + 1);
    return row;
  }
}
