/**
 * PUT and DELETE of a holder: admission, the disk, then the answer (protocol.md §7).
 *
 * 1. STORED is signed only after the transaction that holds the cell is durable.
 * 2. What is admitted is counted at once, so that requests in flight cannot pass a limit together.
 * 3. A tombstone wins over a cell of the same header, whichever the disk confirms first.
 * 4. Every request that was admitted gets exactly one answer.
 * 5. Of cards never more than the two highest stay, of an inbox the 64 strongest stamps; of equals, those that came first.
 * 6. A cell makes way only once the stronger one is durable.
 */
import { hex } from "../bytes.ts";
import type { Done, Effect } from "../event.ts";
import { type AnswerBody, AnswerCode, type NodeId, PlaceKind, type Request, Signer } from "../messages.ts";
import { expiryOf, SMALL, storedBytes, tagOf } from "./cells.ts";
import { type AcceptedPut, checkDelete, checkPut } from "./holder-check.ts";
import { dropCell, dropTombstone, keepCell, keepTombstone } from "./holder-disk.ts";
import { ENTRY_BYTES, type Held, type Tombstone } from "./holder-index.ts";
import { addressHasRoom, ViaQuota } from "./holder-quota.ts";
import { barAt, placesOf, surplusOf } from "./holder-rank.ts";
import { endedBy, okTo, type Waiter } from "./holder-reply.ts";
import { count, forget, type HolderState, refuse, WAITING } from "./holder-state.ts";

type Put = Extract<Request, { op: "put" }>;
type Delete = Extract<Request, { op: "delete" }>;
/** Whose share of the day pays. */
export interface Via {
  node: NodeId;
  anchor: boolean;
}
interface PendingCell {
  kind: "cell";
  put: AcceptedPut;
  held: Held;
  /** As it was sent: the owner's signature replaces a writer's, a stronger stamp a weaker one. */
  request: Put;
  isNew: boolean;
  waiting: Waiter[];
}
interface PendingTombstone {
  kind: "tombstone";
  address: string;
  tombstone: Tombstone;
  waiting: Waiter[];
}

/** After the disk refused, this long until it is tried again: STORE has left the record meanwhile. */
const DISK_PAUSE_MS = 3_600_000;
/** Room for a tenth before STORE returns, so that it does not come and go with every cell. */
const ROOM_AGAIN = 0.9;
export const ROOM_TIMER = "holder:room";

export class HolderWrites {
  readonly #state: HolderState;
  readonly #vias = new ViaQuota();
  readonly #saves = new Map<number, PendingCell | PendingTombstone>();
  readonly #byName = new Map<string, PendingCell | PendingTombstone>();
  /** Monotonic ms until which the disk is left alone. */
  #diskUntil = 0;
  #full = false;

  constructor(state: HolderState) {
    this.#state = state;
  }

  get full(): boolean {
    return this.#full;
  }

  put(to: Waiter, via: Via, request: Put, now: number): Effect[] {
    const { context, index, judge } = this.#state;
    const networkTime = Math.floor(context.time.network(now));
    const put = checkPut(judge, request, networkTime);
    if (!put.ok) return refuse(to, put);
    const shelf = index.shelf(put.name);
    const dead = shelf.tombstones.get(put.headerName);
    if (dead !== undefined) return refuse(to, deletedBy(dead));
    const pending = this.#byName.get(`${put.name}/${put.hashName}`);
    if (pending !== undefined) return join(pending, to);
    const known = shelf.cells.get(put.hashName);
    const places = placesOf(request.place.kind);
    if (known !== undefined) {
      if (!betters(put, request, known)) return this.#stored(put, [to]);
    } else if (places !== undefined) {
      const bar = barAt(shelf, places);
      if (bar !== undefined && put.rank <= bar) return refuse(to, outranked(request, bar));
    } else if (!addressHasRoom(shelf, request.cell.length, networkTime)) return refuse(to, { code: AnswerCode.quota });
    const full = this.#admit(to, via, known === undefined ? request.cell.length : 0, now);
    if (full !== undefined) return full;
    const held: Held = known ?? {
      header: put.headerName,
      size: request.cell.length,
      signer: request.signer,
      arrived: networkTime,
      rank: put.rank,
      durable: false,
    };
    index.addCell(put.name, put.hashName, held);
    const save = context.serial();
    const wait: PendingCell = { kind: "cell", put, held, request, isNew: known === undefined, waiting: [to] };
    this.#saves.set(save, wait);
    this.#byName.set(`${put.name}/${put.hashName}`, wait);
    return [{ type: "save", save, changes: keepCell(context.core, put.name, put.hashName, held, request, put.rank) }];
  }

  delete(to: Waiter, via: Via, request: Delete, now: number): Effect[] {
    const { context, index, judge } = this.#state;
    const networkTime = Math.floor(context.time.network(now));
    const checked = checkDelete(judge, request, networkTime);
    if (!checked.ok) return refuse(to, checked);
    const header = hex(request.header);
    const shelf = index.shelf(checked.name);
    const pending = this.#byName.get(`${checked.name}/${header}`);
    if (pending !== undefined) return join(pending, to);
    if (shelf.tombstones.has(header)) return [okTo(to, { kind: "none" })];
    const ended = [...shelf.cells].filter(([, held]) => held.header === header);
    if (ended.length === 0) {
      const places = placesOf(request.place.kind);
      const hasRoom = places === undefined || barAt(shelf, places) === undefined;
      if (!hasRoom || !addressHasRoom(shelf, 0, networkTime)) return refuse(to, { code: AnswerCode.quota });
      const full = this.#admit(to, via, 0, now);
      if (full !== undefined) return full;
    }
    const tombstone: Tombstone = {
      header,
      reason: request.reason,
      sig: hex(request.sig),
      size: ended.reduce((size, [, held]) => size + held.size, 0),
      arrived: networkTime,
      rank: strongest(ended.map(([, held]) => held.rank)),
      durable: false,
    };
    index.addTombstone(checked.name, tombstone);
    const save = context.serial();
    const wait: PendingTombstone = { kind: "tombstone", address: checked.name, tombstone, waiting: [to] };
    this.#saves.set(save, wait);
    this.#byName.set(`${checked.name}/${header}`, wait);
    const changes = [
      keepTombstone(context.core, checked.name, tombstone),
      ...ended.flatMap(([hash]) => dropCell(checked.name, hash)),
    ];
    return [{ type: "save", save, changes }];
  }

  saved({ save, failed }: Extract<Done, { type: "saved" }>, now: number): Effect[] {
    const pending = this.#saves.get(save);
    if (pending === undefined) return [];
    this.#saves.delete(save);
    this.#byName.delete(
      pending.kind === "cell"
        ? `${pending.put.name}/${pending.put.hashName}`
        : `${pending.address}/${pending.tombstone.header}`,
    );
    if (failed !== undefined) return this.#failed(pending, now);
    return pending.kind === "cell" ? this.#keptCell(pending, now) : this.#keptTombstone(pending, now);
  }

  /** The store has other bounds: what is kept stays, but does it take more? */
  resized(now: number): Effect[] {
    return this.#fits(SMALL) ? this.room(now) : this.#fill();
  }

  /** After entries left: does STORE come back? */
  room(now: number): Effect[] {
    const { context, index } = this.#state;
    if (!this.#full || now < this.#diskUntil || index.bytes > context.limits.storeBytes * ROOM_AGAIN) return [];
    if (!this.#fits(SMALL)) return [];
    this.#full = false;
    return [{ type: "storageFull", full: false }];
  }

  #keptCell(pending: PendingCell, now: number): Effect[] {
    const { index, watches } = this.#state;
    const { put, held, request, isNew, waiting } = pending;
    const dead = index.shelf(put.name).tombstones.get(put.headerName);
    if (dead !== undefined) {
      index.removeCell(put.name, put.hashName);
      const refusals = waiting.flatMap((to) => refuse(to, deletedBy(dead)));
      return [...forget(this.#state, dropCell(put.name, put.hashName)), ...refusals];
    }
    held.durable = true;
    held.signer = request.signer;
    held.rank = put.rank;
    const places = placesOf(request.place.kind);
    const trimmed = places === undefined ? [] : this.#trim(put.name, places);
    if (places !== undefined && !index.shelf(put.name).cells.has(put.hashName)) {
      const bar = barAt(index.shelf(put.name), places) ?? put.rank;
      return [...trimmed, ...waiting.flatMap((to) => refuse(to, outranked(request, bar)))];
    }
    const heard = isNew ? watches.at(put.name, now) : [];
    return [
      ...trimmed,
      ...this.#stored(put, waiting),
      ...heard.map((to) => okTo(to, { kind: "notify", header: put.header })),
      ...(heard.length > 0 ? [count("holder.notified", heard.length)] : []),
    ];
  }

  #keptTombstone({ address, tombstone, waiting }: PendingTombstone, now: number): Effect[] {
    const { index } = this.#state;
    tombstone.durable = true;
    for (const [hash, held] of [...index.shelf(address).cells]) {
      // One still on its way to the disk removes itself when it arrives there (invariant 3).
      if (held.header === tombstone.header && held.durable) index.removeCell(address, hash);
    }
    return [count("holder.deleted"), ...waiting.map((to) => okTo(to, { kind: "none" })), ...this.room(now)];
  }

  #failed(pending: PendingCell | PendingTombstone, now: number): Effect[] {
    const { index } = this.#state;
    if (pending.kind === "tombstone") index.removeTombstone(pending.address, pending.tombstone.header);
    else if (pending.isNew) index.removeCell(pending.put.name, pending.put.hashName);
    this.#diskUntil = now + DISK_PAUSE_MS;
    return [
      { type: "arm", timer: ROOM_TIMER, at: this.#diskUntil },
      ...this.#fill(),
      ...pending.waiting.flatMap((to) => refuse(to, { code: AnswerCode.full })),
    ];
  }

  /** undefined: there is room, and the neighbour's share was taken from. */
  #admit(to: Waiter, via: Via, size: number, now: number): Effect[] | undefined {
    const { context } = this.#state;
    if (this.#saves.size >= WAITING) return [count("holder.overrun")];
    if (!this.#fits(size)) return [...this.#fill(), ...refuse(to, { code: AnswerCode.full })];
    // Whoever does not offer to store does not store, whatever is sent.
    if (this.#full || !context.self.storing) return refuse(to, { code: AnswerCode.full });
    return this.#vias.take(hex(via.node), via.anchor, size, context.time.network(now))
      ? undefined
      : refuse(to, { code: AnswerCode.quota });
  }

  #fits(size: number): boolean {
    const { context, index } = this.#state;
    return index.bytes + size + ENTRY_BYTES <= context.limits.storeBytes;
  }

  #fill(): Effect[] {
    if (this.#full) return [];
    this.#full = true;
    return [count("holder.full"), { type: "storageFull", full: true }];
  }

  #stored(put: AcceptedPut, waiting: readonly Waiter[]): Effect[] {
    const { context } = this.#state;
    const { keys, nodeId } = context.self;
    const { address, hash, header } = put;
    const receipt = { address, tag: tagOf(header).slice(), hash, expiry: expiryOf(header), holder: nodeId };
    const sig = context.core.sign(keys.edSecret, "stored", context.network, storedBytes(receipt));
    return [count("holder.stored"), ...waiting.map((to) => okTo(to, { kind: "stored", ...receipt, sig }))];
  }

  #trim(address: string, places: number): Effect[] {
    const { index } = this.#state;
    const { cells, tombstones } = surplusOf(index.shelf(address), places);
    for (const hash of cells) index.removeCell(address, hash);
    for (const header of tombstones) index.removeTombstone(address, header);
    const changes = [
      ...cells.flatMap((hash) => dropCell(address, hash)),
      ...tombstones.map((header) => dropTombstone(address, header)),
    ];
    const gone = cells.length + tombstones.length;
    return gone === 0 ? [] : [count("holder.outranked", gone), ...forget(this.#state, changes)];
  }
}

const join = (pending: PendingCell | PendingTombstone, to: Waiter): Effect[] => {
  if (pending.waiting.length >= WAITING) return [count("holder.overrun")];
  pending.waiting.push(to);
  return [];
};

const strongest = (ranks: readonly bigint[]): bigint => [...ranks, 0n].sort((a, b) => Number(b - a))[0] ?? 0n;

/** Does this PUT prove more of a cell that is kept: the owner's hand, or in an inbox a stronger stamp? */
const betters = (put: AcceptedPut, { place, signer }: Put, known: Held): boolean => {
  if (place.kind === PlaceKind.card) return false;
  if (place.kind === PlaceKind.inbox) return put.rank > known.rank;
  return signer === Signer.owner && known.signer !== Signer.owner;
};

/** Of a card there is a newer one; in an inbox one bit more than the weakest has would do. */
const outranked = ({ place }: Put, bar: bigint): { code: number; body?: AnswerBody } =>
  place.kind === PlaceKind.card
    ? { code: AnswerCode.stale }
    : { code: AnswerCode.price, body: { kind: "price", bits: Number(bar) + 1 } };

/** Even where the disk has not confirmed it yet: the signature is the owner's. */
const deletedBy = (dead: Tombstone): { code: number; body: AnswerBody } => ({
  code: AnswerCode.deleted,
  body: endedBy(dead),
});
