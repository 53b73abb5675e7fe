/**
 * GET of a holder: picks what lies under the tags, reads it from disk, answers one cell at a time (protocol.md §7).
 *
 * 1. Every tag that was asked for is named in at least one answer: a cell, its tombstone, or missing.
 * 2. No byte leaves that is not what was written: what fails its check is dropped and counted.
 */
import { fromHex, hex } from "../bytes.ts";
import type { Done, Effect } from "../event.ts";
import { type AnswerBody, PlaceKind, type Request, Signer } from "../messages.ts";
import { TAG_BYTES } from "./cells.ts";
import { cellKey, dropCell, readCell } from "./holder-disk.ts";
import { type Held, hasTag, headerBytes, type Shelf, type Tombstone } from "./holder-index.ts";
import { okTo, type Waiter } from "./holder-reply.ts";
import { count, forget, type HolderState } from "./holder-state.ts";

type Get = Extract<Request, { op: "get" }>;
/** Cells handed out under one tag, the owner's first: a stranger with a link can put more under a tag of his choice. */
const PER_TAG = 4;
/** Cells of one answer where tags have several: one short request must not fetch megabytes. One a tag is always given. */
const PER_REQUEST = 32;
/** Reads from disk at a time: ≤ 0.5 MiB each. The asker of one that is dropped tries again. */
const LOADS = 128;

/** One tag of a request, and the part of the load that is its. */
interface Picked {
  tag: Uint8Array;
  hashes: string[];
  tombstones: Tombstone[];
}
interface Fetch {
  to: Waiter;
  address: string;
  picked: Picked[];
}

export class HolderFetch {
  readonly #state: HolderState;
  readonly #loads = new Map<number, Fetch>();

  constructor(state: HolderState) {
    this.#state = state;
  }

  /** `address` in hex, as checked. */
  get(to: Waiter, address: string, request: Get): Effect[] {
    const shelf = this.#state.index.shelf(address);
    const most = Math.max(1, Math.min(PER_TAG, Math.floor(PER_REQUEST / Math.max(1, request.tags.length))));
    const picked =
      request.place.kind === PlaceKind.card ? [pickCards(shelf)] : request.tags.map((tag) => pick(shelf, tag, most));
    const keys = picked.flatMap(({ hashes }) => hashes.map((hash) => cellKey(address, hash)));
    const fetch = { to, address, picked };
    if (keys.length === 0) return answer(fetch, () => undefined);
    if (this.#loads.size >= LOADS) return [count("holder.overrun")];
    const load = this.#state.context.serial();
    this.#loads.set(load, fetch);
    return [{ type: "load", load, keys }];
  }

  loaded({ load, values, failed }: Extract<Done, { type: "loaded" }>): Effect[] {
    const fetch = this.#loads.get(load);
    if (fetch === undefined) return [];
    this.#loads.delete(load);
    // Unanswered, not answered wrongly: the asker tries again or goes to the next holder, and nothing is dropped.
    if (failed !== undefined) return [count("holder.unread")];
    const bodies = new Map<string, AnswerBody>();
    const lost: string[] = [];
    const hashes = fetch.picked.flatMap((tag) => tag.hashes);
    for (const [at, hash] of hashes.entries()) {
      const body = this.#read(fetch.address, hash, values[at]);
      if (body === undefined) lost.push(hash);
      else bodies.set(hash, body);
    }
    return [...this.#drop(fetch.address, lost), ...answer(fetch, (hash) => bodies.get(hash))];
  }

  #read(address: string, hash: string, value: Uint8Array | undefined): AnswerBody | undefined {
    const { core } = this.#state.context;
    const kept = value && readCell(core, cellKey(address, hash), value);
    return kept && { kind: "cell", left: 0, ...kept };
  }

  /** Only what the index still names: a cell may have been deleted while it was read. */
  #drop(address: string, hashes: readonly string[]): Effect[] {
    const { index } = this.#state;
    const corrupt = hashes.filter((hash) => index.shelf(address).cells.get(hash)?.durable);
    for (const hash of corrupt) index.removeCell(address, hash);
    const drops = corrupt.flatMap((hash) => dropCell(address, hash));
    return corrupt.length === 0 ? [] : [count("holder.corrupt", corrupt.length), ...forget(this.#state, drops)];
  }
}

const pick = (shelf: Readonly<Shelf>, tag: Uint8Array, most: number): Picked => {
  const name = hex(tag);
  const tombstones = [...shelf.tombstones.values()].filter((dead) => dead.durable && hasTag(dead.header, name));
  const cells = [...shelf.cells].filter(
    ([, held]) => held.durable && hasTag(held.header, name) && !shelf.tombstones.get(held.header)?.durable,
  );
  cells.sort(([, a], [, b]) => ownerFirst(a, b));
  return { tag, hashes: cells.slice(0, most).map(([hash]) => hash), tombstones: tombstones.slice(0, most) };
};
/** In an inbox, where nobody signs, the strongest stamp. */
const ownerFirst = (a: Held, b: Held): number =>
  Number(b.signer === Signer.owner) - Number(a.signer === Signer.owner) || Number(b.rank - a.rank);

const pickCards = (shelf: Readonly<Shelf>): Picked => ({
  tag: new Uint8Array(TAG_BYTES),
  hashes: [...shelf.cells].filter(([, held]) => held.durable).map(([hash]) => hash),
  tombstones: [],
});

const answer = ({ to, picked }: Fetch, read: (hash: string) => AnswerBody | undefined): Effect[] => {
  const bodies = picked.flatMap(({ tag, hashes, tombstones }): AnswerBody[] => {
    const cells = hashes.map(read).filter((body) => body !== undefined);
    const dead = tombstones.map(
      ({ header, reason, sig }): AnswerBody => ({
        kind: "tombstone",
        left: 0,
        header: headerBytes(header),
        reason,
        sig: fromHex(sig, 64) ?? new Uint8Array(64),
      }),
    );
    const found = [...cells, ...dead];
    return found.length > 0 ? found : [{ kind: "missing", left: 0, tag }];
  });
  return bodies.map((body, at) => okTo(to, { ...body, left: bodies.length - 1 - at } as AnswerBody));
};
