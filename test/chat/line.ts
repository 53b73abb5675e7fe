/** The network as one device of the office sees it: the storage of its holders and direct links to other devices. */
import type { VirtualClock } from "#adapters/memory-clock.ts";
import { toHex } from "#chat/bytes.ts";
import { CARD } from "#chat/card.ts";
import type { Chat } from "#chat/driver/chat.ts";
import type { Box, Placement, Post } from "#chat/ports.ts";
import { Fault } from "#node/errors.ts";
import type { NodeId } from "#node/messages.ts";
import { core } from "./support.ts";

export interface Kept {
  cell?: Uint8Array;
  header: Uint8Array;
  signer: number;
  reason?: number;
  stampBits?: number;
}
/** What all lines have in common. */
export interface Network {
  readonly clock: VirtualClock;
  /** What each holder keeps, by address and tag. */
  readonly holders: readonly Map<string, Map<string, Kept>>[];
  /** Those that answer, by their places. */
  readonly living: ReadonlySet<number>;
  /** By node id. */
  readonly posts: Map<string, Line>;
  /** Direct links may come about. */
  readonly links: boolean;
}
/** Who is at this end. */
interface Owner {
  readonly chat: Pick<Chat, "acceptToken">;
}
/** What a holder asks for a cell in an inbox (protocol.md §8). */
const INBOX_BITS = 18;
const LINK_MS = 5;

export class Line implements Post {
  readonly #office: Network;
  readonly #owner: Owner;
  readonly #heard = new Map<string, Set<(detail: never) => void>>();
  readonly #watches = new Set<{ address: string; heard: (header: Uint8Array) => void }>();
  readonly id: NodeId;
  readonly x25519Pk: Uint8Array;
  readonly incarnation: bigint;
  readonly linked = new Set<string>();
  sentDirect = 0;
  puts = 0;
  knocks = 0;
  /** Addresses that were asked for anything, in order. */
  readonly asked: string[] = [];
  /** What is put here is lost before anyone has it. */
  silent = false;
  #online = false;
  #turn = 0;

  constructor(office: Network, owner: Owner, incarnation: bigint, nodeId: NodeId) {
    this.#office = office;
    this.#owner = owner;
    this.id = nodeId;
    this.x25519Pk = nodeId;
    this.incarnation = incarnation;
    office.posts.set(toHex(this.id), this);
  }

  up(online: boolean): void {
    this.#online = online;
    if (!online) this.cut();
    this.#tell("links", undefined);
  }
  gone(): void {
    this.#online = false;
    this.cut();
    this.#heard.clear();
    this.#watches.clear();
    if (this.#office.posts.get(toHex(this.id)) === this) this.#office.posts.delete(toHex(this.id));
  }
  cut(): void {
    for (const peer of this.linked) this.#office.posts.get(peer)?.linked.delete(toHex(this.id));
    this.linked.clear();
  }
  /** The node has proof that another runs under its key. */
  tellTwin(): void {
    this.#tell("twin", undefined);
  }
  get watching(): number {
    return this.#watches.size;
  }
  networkTime(): number {
    return this.#office.clock.wall();
  }
  timeSure(): boolean {
    return true;
  }
  online(): boolean {
    return this.#online;
  }

  async put(
    box: Box,
    cell: Uint8Array,
    signer: string,
    progress?: (now: Placement) => void,
    stampBits = INBOX_BITS,
  ): Promise<Placement> {
    await this.#trip(box);
    if ((signer === "none") !== (box.kind === 2 || box.kind === 5)) throw new Fault("refused", "Nobody may write so.");
    const work = box.kind === 2 ? { stampBits: Math.max(stampBits, INBOX_BITS) } : {};
    let held = 0;
    for (const at of this.#office.living) {
      const kept = this.#box(at, box);
      const tag = toHex(cell.subarray(4, 20));
      if (this.silent || kept.get(tag)?.reason !== undefined) continue;
      const fresh = !kept.has(tag);
      kept.set(tag, { cell: cell.slice(), header: cell.slice(0, 20), signer: signer === "owner" ? 2 : 1, ...work });
      if (box.kind === 5) keepHighest(kept);
      held++;
      progress?.({ held, of: this.#office.holders.length, refused: [] });
      if (fresh) this.#notify(box, cell.slice(0, 20));
    }
    this.puts++;
    return { held, of: this.#office.holders.length, refused: [] };
  }
  async list(box: Box) {
    this.#mayRead(box);
    await this.#trip(box);
    return this.#list(box);
  }
  #list(box: Box) {
    const entries = new Map<string, { header: Uint8Array; held: number; deleted: number }>();
    for (const at of this.#office.living) {
      for (const [tag, { header, reason }] of this.#box(at, box)) {
        const entry = entries.get(tag) ?? { header, held: 0, deleted: 0 };
        entries.set(
          tag,
          reason === undefined ? { ...entry, held: entry.held + 1 } : { ...entry, deleted: entry.deleted + 1 },
        );
      }
    }
    const answered = this.#office.living.size;
    return {
      entries: [...entries.values()],
      asked: this.#office.holders.length,
      answered,
      of: this.#office.holders.length,
    };
  }
  async get(box: Box, tags: readonly Uint8Array[], breadth: "two" | "all" = "all") {
    this.#mayRead(box);
    await this.#trip(box);
    const asked = breadth === "all" ? [...this.#office.living] : this.#two();
    const cells = new Map<string, { cell: Uint8Array; signer: number; stampBits?: number }>();
    const tombstones = new Map<string, { header: Uint8Array; reason: number }>();
    for (const at of asked) {
      for (const tag of box.kind === 5 ? this.#box(at, box).keys() : tags.map(toHex)) {
        const kept = this.#box(at, box).get(tag);
        const { stampBits } = kept ?? {};
        const work = stampBits === undefined ? {} : { stampBits };
        if (kept?.cell !== undefined) cells.set(tag, { cell: kept.cell.slice(), signer: kept.signer, ...work });
        else if (kept?.reason !== undefined) tombstones.set(tag, { header: kept.header, reason: kept.reason });
      }
    }
    return { cells: [...cells.values()], tombstones: [...tombstones.values()], answered: asked.length };
  }
  async have(box: Box, tag: Uint8Array) {
    await this.#trip();
    const { entries } = this.#list(box);
    const entry = entries.find(({ header }) => toHex(header.subarray(4, 20)) === toHex(tag));
    return { held: entry?.held ?? 0, deleted: entry?.deleted ?? 0, of: this.#office.holders.length };
  }
  watch(box: Box, heard: (header: Uint8Array) => void) {
    const watch = { address: addressOf(box), heard };
    this.#watches.add(watch);
    return { listed: this.list(box), close: () => void this.#watches.delete(watch) };
  }
  async delete(box: Box, header: Uint8Array, reason: number) {
    await this.#trip(box);
    for (const at of this.#office.living) {
      this.#box(at, box).set(toHex(header.subarray(4, 20)), { header, reason, signer: 2 });
    }
    return { answered: this.#office.living.size, of: this.#office.holders.length };
  }

  async connect(peer: { nodeId: NodeId }, token: Uint8Array) {
    this.knocks++;
    await this.#trip();
    const other = this.#office.posts.get(toHex(peer.nodeId));
    if (other === undefined || !other.#online || !this.#office.links) return "unreachable" as const;
    if (!other.#owner.chat.acceptToken(this.id, token)) return "unknown" as const;
    this.linked.add(toHex(other.id));
    other.linked.add(toHex(this.id));
    other.#tell("contact", { peer: this.id });
    return "linked" as const;
  }
  sendDirect(peer: NodeId, cell: Uint8Array): boolean {
    if (!this.direct(peer)) return false;
    const copy = cell.slice();
    this.sentDirect++;
    this.#office.clock.after(LINK_MS, () => {
      const other = this.#office.posts.get(toHex(peer));
      if (other?.direct(this.id) === true && this.direct(peer)) other.#tell("cell", { peer: this.id, bytes: copy });
    });
    return true;
  }
  direct(peer: NodeId): boolean {
    return this.linked.has(toHex(peer));
  }
  /** The other end does not learn of it. */
  drop(peer: NodeId): void {
    this.linked.delete(toHex(peer));
  }
  on(event: string, heard: (detail: never) => void): () => void {
    const all = this.#heard.get(event) ?? new Set();
    this.#heard.set(event, all.add(heard));
    return () => void all.delete(heard);
  }

  #tell(event: string, detail: unknown): void {
    for (const heard of this.#heard.get(event) ?? []) heard(detail as never);
  }
  #notify(box: Box, header: Uint8Array): void {
    for (const line of this.#office.posts.values()) {
      for (const watch of line.#watches) if (watch.address === addressOf(box)) watch.heard(header);
    }
  }
  /** Another two each time. */
  #two(): number[] {
    const living = [...this.#office.living];
    return [0, 1].map(() => living[this.#turn++ % living.length] ?? 0);
  }
  #trip(box?: Box): Promise<void> {
    if (box !== undefined) this.asked.push(addressOf(box));
    if (!this.#online) return Promise.reject(new Fault("no-link", "There is no link."));
    return new Promise((done) => void this.#office.clock.after(LINK_MS, done));
  }
  /** An inbox is listed and read by its owner alone. */
  #mayRead(box: Box): void {
    if (box.kind === 2 && box.owner.secret === undefined) throw new Fault("refused", "Not the owner's key.");
  }
  #box(holder: number, box: Box): Map<string, Kept> {
    const all = this.#office.holders[holder] as Map<string, Map<string, Kept>>;
    const address = addressOf(box);
    const kept = all.get(address) ?? new Map<string, Kept>();
    all.set(address, kept);
    return kept;
  }
}

/** Of cards a holder keeps the two highest (protocol.md §10). */
function keepHighest(kept: Map<string, Kept>): void {
  const order = ({ cell }: Kept): number => {
    const card = core.decode("card", (cell as Uint8Array).slice(20, 20 + CARD));
    return card.ok ? card.value.generation * 2 ** 32 + card.value.seq : 0;
  };
  const highest = [...kept].sort(([, a], [, b]) => order(b) - order(a)).slice(0, 2);
  kept.clear();
  for (const [tag, card] of highest) kept.set(tag, card);
}
export function addressOf(box: Box): string {
  if (box.kind === 5) return toHex(box.address);
  return toHex(core.address({ kind: box.kind, day: box.day, writePk: box.write.pk, ownerPk: box.owner.pk }));
}
