/**
 * Keeps cells for others (protocol.md §7, the holder's side): PUT, LIST, GET, HAVE, WATCH, DELETE and the expiry of what
 * is past. Not here: sealing and unsealing (the serving side), who asks (mailbox.ts).
 *
 * 1. Nothing is answered before the index has been read from disk. A disk that does not answer is asked again
 *    until it does; meanwhile STORE is not in the record (record.ts).
 * 2. Only what the disk has is listed, fetched or told of.
 * 3. A read changes nothing but leases.
 * 4. What is past is dropped in bounded portions, and only when own wall clock and network time both say so.
 */
import { hex } from "../bytes.ts";
import type { Done, Effect, Input } from "../event.ts";
import { type AnswerBody, AnswerCode, CellState, type Request } from "../messages.ts";
import type { Change } from "../ports.ts";
import { pastFrom } from "./cells.ts";
import { checkRead } from "./holder-check.ts";
import { dropCell, dropKept, dropTombstone, KEPT, readKept } from "./holder-disk.ts";
import { HolderFetch } from "./holder-fetch.ts";
import { expiryIn, hasTag, headerBytes } from "./holder-index.ts";
import { ReadMemory } from "./holder-reads.ts";
import { endedBy, okTo, type Waiter } from "./holder-reply.ts";
import {
  count,
  forget,
  type HolderContext,
  type HolderState,
  newHolderState,
  refuse,
  WAITING,
} from "./holder-state.ts";
import { HolderWrites, ROOM_TIMER, type Via } from "./holder-writes.ts";
import { type Machine, NOTHING } from "./machine.ts";

type Ask = Extract<Input, { type: "request" | "localRequest" }>;

const SWEEP_TIMER = "holder:sweep";
const SWEEP_MS = 10 * 60_000;
/** Entries dropped in one step (~1 ms), and the pause until the next while there are more. */
const SWEEP_ENTRIES = 512;
const SWEEP_PAUSE_MS = 100;
const LOAD_TIMER = "holder:load";
/** Until a disk that did not answer is asked again. */
const LOAD_PAUSE_MS = 30_000;

export class Holder implements Machine {
  readonly name = "holder";
  readonly hears = ["start", "request", "localRequest", "saved", "loaded", "ranged", "limitsChanged"] as const;
  readonly #state: HolderState;
  readonly #writes: HolderWrites;
  readonly #fetch: HolderFetch;
  readonly #reads = new ReadMemory();
  /** Requests that came while the index was being read; undefined once it was. */
  #early: Ask[] | undefined = [];
  #range = 0;

  constructor(context: HolderContext) {
    this.#state = newHolderState(context);
    this.#writes = new HolderWrites(this.#state);
    this.#fetch = new HolderFetch(this.#state);
  }

  get cells(): number {
    return this.#state.index.cells;
  }
  get bytes(): number {
    return this.#state.index.bytes;
  }
  /** Cells by slice of the keyspace. */
  get keptAt(): readonly number[] {
    return [...this.#state.index.slices];
  }
  get full(): boolean {
    return this.#writes.full;
  }

  step(input: Input, now: number): readonly Effect[] {
    switch (input.type) {
      case "start":
        return this.#load();
      case "ranged":
        return input.range === this.#range ? this.#restore(input, now) : NOTHING;
      case "request":
      case "localRequest":
        return this.#ask(input, now);
      case "limitsChanged":
        return this.#early === undefined ? this.#writes.resized(now) : NOTHING;
      case "saved":
        return this.#writes.saved(input, now);
      case "loaded":
        return this.#fetch.loaded(input);
      case "timer":
        return this.#timer(input.timer, now);
      default:
        return NOTHING;
    }
  }

  #timer(timer: string, now: number): readonly Effect[] {
    if (timer === SWEEP_TIMER) return this.#sweep(now);
    if (timer === ROOM_TIMER) return this.#writes.room(now);
    return timer === LOAD_TIMER ? this.#load() : NOTHING;
  }

  #load(): Effect[] {
    this.#range = this.#state.context.serial();
    return [{ type: "range", range: this.#range, prefix: KEPT }];
  }

  #ask(input: Ask, now: number): Effect[] {
    if (this.#early !== undefined) {
      if (this.#early.length >= WAITING) return [count("holder.overrun")];
      this.#early.push(input);
      return [];
    }
    const { innerId } = input.request;
    return input.type === "request"
      ? this.#serve(
          { kind: "remote", innerId, reply: input.reply },
          { node: input.via, anchor: input.viaAnchor },
          input.request,
          now,
        )
      : this.#serve(
          { kind: "own", innerId, ask: input.ask },
          { node: this.#state.context.self.nodeId, anchor: true },
          input.request,
          now,
        );
  }

  #serve(to: Waiter, via: Via, request: Request, now: number): Effect[] {
    switch (request.op) {
      case "put":
        return this.#writes.put(to, via, request, now);
      case "delete":
        return this.#writes.delete(to, via, request, now);
      case "have":
        return [okTo(to, this.#have(request))];
      case "list":
      case "get":
      case "watch":
        return this.#read(to, request, now);
      case "knock":
      case "offer":
        return [];
    }
  }

  #read(to: Waiter, request: Extract<Request, { op: "list" | "get" | "watch" }>, now: number): Effect[] {
    const { judge, context, watches } = this.#state;
    const checked = checkRead(judge, request);
    if (!checked.ok) return refuse(to, checked);
    // A card is public: its GET carries neither signature nor secret, so there is nothing to replay.
    const isOpen = "address" in request.place;
    const { innerId, sent } = request;
    if (!isOpen && !this.#reads.fresh(hex(innerId), sent, Math.floor(context.time.network(now)), now)) {
      return refuse(to, { code: AnswerCode.stale });
    }
    if (request.op === "get") return this.#fetch.get(to, checked.name, request);
    if (request.op === "watch") watches.open(checked.name, to, now);
    return [okTo(to, { kind: "listed", entries: this.#list(checked.name) })];
  }

  #list(address: string): { header: Uint8Array; state: number }[] {
    const { cells, tombstones } = this.#state.index.shelf(address);
    const dead = [...tombstones.values()].filter((tombstone) => tombstone.durable);
    const held = [...cells.values()].filter((cell) => cell.durable && !tombstones.get(cell.header)?.durable);
    return [
      ...held.map(({ header }) => ({ header: headerBytes(header), state: CellState.held })),
      ...dead.map(({ header }) => ({ header: headerBytes(header), state: CellState.deleted })),
    ];
  }

  /** Of exactly this cell; what else lies under its tag says nothing of it while it is held. */
  #have({ place, tag, hash }: Extract<Request, { op: "have" }>): AnswerBody {
    const { cells, tombstones } = this.#state.index.shelf(hex(this.#state.context.core.address(place)));
    const held = cells.get(hex(hash));
    const name = hex(tag);
    if (held?.durable && hasTag(held.header, name) && !tombstones.get(held.header)?.durable) {
      return { kind: "state", state: CellState.held };
    }
    for (const tombstone of tombstones.values()) {
      if (tombstone.durable && hasTag(tombstone.header, name)) return endedBy(tombstone);
    }
    return { kind: "state", state: CellState.absent };
  }

  #restore({ entries, more, failed }: Extract<Done, { type: "ranged" }>, now: number): Effect[] {
    // To serve without an index would be to forget what was promised.
    if (failed !== undefined) return [{ type: "arm", timer: LOAD_TIMER, at: now + LOAD_PAUSE_MS }];
    const { context, index } = this.#state;
    let corrupt = 0;
    const drops = entries.flatMap(({ key, value }) => {
      const restored = readKept(context.core, key, value);
      if (restored?.kind === "cell") index.addCell(restored.address, restored.hash, restored.held);
      else if (restored?.kind === "tombstone") index.addTombstone(restored.address, restored.tombstone);
      else {
        corrupt += 1;
        return dropKept(key);
      }
      return [];
    });
    const effects = [...(corrupt > 0 ? [count("holder.corrupt", corrupt)] : []), ...forget(this.#state, drops)];
    if (more) return effects;
    const early = this.#early ?? [];
    this.#early = undefined;
    return [...effects, ...this.#sweep(now), ...early.flatMap((input) => this.#ask(input, now))];
  }

  #sweep(now: number): Effect[] {
    const { context, index } = this.#state;
    const past = (expiry: number): boolean => context.time.past(pastFrom(expiry), now);
    const drops: Change[] = [];
    let entries = 0;
    for (let due = index.due(past); due !== undefined && entries < SWEEP_ENTRIES; due = index.due(past)) {
      const { address } = due;
      const shelf = index.shelf(address);
      const cells = [...shelf.cells].filter(([, held]) => past(expiryIn(held.header)));
      const tombstones = [...shelf.tombstones].filter(([, tombstone]) => past(expiryIn(tombstone.header)));
      for (const [hash] of cells) {
        drops.push(...dropCell(address, hash));
        index.removeCell(address, hash);
      }
      for (const [header] of tombstones) {
        drops.push(dropTombstone(address, header));
        index.removeTombstone(address, header);
      }
      entries += cells.length + tombstones.length;
      index.swept(due.expiry, address);
    }
    const more = index.due(past) !== undefined;
    return [
      { type: "arm", timer: SWEEP_TIMER, at: now + (more ? SWEEP_PAUSE_MS : SWEEP_MS) },
      ...(entries > 0 ? [count("holder.expired", entries)] : []),
      ...forget(this.#state, drops),
      ...this.#writes.room(now),
    ];
  }
}
