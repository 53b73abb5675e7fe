/**
 * PUT and DELETE of a holder: admission, the disk, then the answer (protocol.md §7).
 *
 * 1. STORED is signed only after the transaction that holds the cell is durable.
 * 2. What is admitted is counted at once, so that requests in flight cannot pass a limit together.
 * 3. A tombstone wins over a cell of the same header, whichever the disk confirms first.
 * 4. Every request that was admitted gets exactly one answer.
 * 5. Of cards, never more than the two highest stay; of one (generation, seq), those that came first.
 */
import { hex } from "../bytes.ts";
import type { Done, Effect } from "../event.ts";
import { AnswerCode, type NodeId, PlaceKind, type Request, Signer } from "../messages.ts";
import { expiryOf, storedBytes, tagOf } from "./cells.ts";
import { CARDS_KEPT } from "./holder-card.ts";
import { type AcceptedPut, checkDelete, checkPut } from "./holder-check.ts";
import { dropCell, keepCell, keepTombstone } from "./holder-disk.ts";
import { ENTRY_BYTES, type Held, type Tombstone } from "./holder-index.ts";
import { addressHasRoom, ViaQuota } from "./holder-quota.ts";
import { okTo, type Waiter } from "./holder-reply.ts";
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
  /** The author's authority as it was sent: the owner's replaces a writer's. */
  signer: number;
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
    if (shelf.tombstones.has(put.headerName)) return refuse(to, { code: AnswerCode.deleted });
    const pending = this.#byName.get(`${put.name}/${put.hashName}`);
    if (pending !== undefined) return join(pending, to);
    const known = shelf.cells.get(put.hashName);
    const isCard = request.place.kind === PlaceKind.card;
    if (known !== undefined) {
      if (isCard || known.signer === Signer.owner || request.signer !== Signer.owner) return this.#stored(put, [to]);
    } else if (isCard) {
      if (!higher(shelf.cells, put.rank)) return refuse(to, { code: AnswerCode.stale });
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
    const wait: PendingCell = {
      kind: "cell",
      put,
      held,
      signer: request.signer,
      isNew: known === undefined,
      waiting: [to],
    };
    this.#saves.set(save, wait);
    this.#byName.set(`${put.name}/${put.hashName}`, wait);
    return [{ type: "save", save, changes: keepCell(context.core, put.name, put.hashName, held, request) }];
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
      if (!addressHasRoom(shelf, 0, networkTime)) return refuse(to, { code: AnswerCode.quota });
      const full = this.#admit(to, via, 0, now);
      if (full !== undefined) return full;
    }
    const tombstone: Tombstone = {
      header,
      reason: request.reason,
      sig: hex(request.sig),
      size: ended.reduce((size, [, held]) => size + held.size, 0),
      arrived: networkTime,
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

  /** After entries left: does STORE come back? */
  room(now: number): Effect[] {
    const { context, index } = this.#state;
    if (!this.#full || now < this.#diskUntil || index.bytes > context.limits.storeBytes * ROOM_AGAIN) return [];
    this.#full = false;
    return [{ type: "storageFull", full: false }];
  }

  #keptCell(pending: PendingCell, now: number): Effect[] {
    const { index, watches } = this.#state;
    const { put, held, isNew, waiting } = pending;
    if (index.shelf(put.name).tombstones.has(put.headerName)) {
      index.removeCell(put.name, put.hashName);
      const refusals = waiting.flatMap((to) => refuse(to, { code: AnswerCode.deleted }));
      return [...forget(this.#state, dropCell(put.name, put.hashName)), ...refusals];
    }
    held.durable = true;
    held.signer = pending.signer;
    const trimmed = this.#trimCards(put.name);
    if (!index.shelf(put.name).cells.has(put.hashName)) {
      return [...trimmed, ...waiting.flatMap((to) => refuse(to, { code: AnswerCode.stale }))];
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
    const { context, index } = this.#state;
    if (this.#saves.size >= WAITING) return [count("holder.overrun")];
    if (index.bytes + size + ENTRY_BYTES > context.limits.storeBytes) {
      return [...this.#fill(), ...refuse(to, { code: AnswerCode.full })];
    }
    // Whoever does not offer to store does not store, whatever is sent.
    if (this.#full || !context.self.storing) return refuse(to, { code: AnswerCode.full });
    return this.#vias.take(hex(via.node), via.anchor, size, context.time.network(now))
      ? undefined
      : refuse(to, { code: AnswerCode.quota });
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

  #trimCards(address: string): Effect[] {
    const { index } = this.#state;
    const cards = [...index.shelf(address).cells].filter(([, held]) => held.rank > 0n && held.durable);
    const surplus = cards.sort(([, a], [, b]) => (a.rank > b.rank ? -1 : a.rank < b.rank ? 1 : 0)).slice(CARDS_KEPT);
    for (const [hash] of surplus) index.removeCell(address, hash);
    return forget(
      this.#state,
      surplus.flatMap(([hash]) => dropCell(address, hash)),
    );
  }
}

const join = (pending: PendingCell | PendingTombstone, to: Waiter): Effect[] => {
  if (pending.waiting.length >= WAITING) return [count("holder.overrun")];
  pending.waiting.push(to);
  return [];
};

/** Would a card of this rank be among those kept? */
const higher = (cards: ReadonlyMap<string, Held>, rank: bigint): boolean =>
  cards.size < CARDS_KEPT || [...cards.values()].some((held) => held.rank < rank);
