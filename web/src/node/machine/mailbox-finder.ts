/**
 * Finds and remembers who may hold an address (protocol.md §7). FIND never carries the address: its key shares just
 * enough first bits to end in the right neighbourhood. Candidates are united, and remembered for some minutes.
 *
 * 1. Own node, LEAF nodes and nodes without STORE are never among them.
 * 2. A candidate that did not answer is left out until the next FIND for that address.
 * 3. Every waiting job is called back exactly once a `want`.
 */
import { hex } from "../bytes.ts";
import type { AskOutput, Contact } from "../event.ts";
import type { Desk } from "./mailbox-desk.ts";
import { byDistance, chooseHolders, type Member, memberOf, SET } from "./mailbox-members.ts";

/** What the mailbox looks at beyond the context: given by the node. */
export interface MailboxView {
  /** Anchors known, and the nodes of the own table nearest to the key: checked records, STORE or not. */
  known(key: Uint8Array): readonly Contact[];
  /** Nodes in the network, estimated from the spacing of siblings; ≥ 1. */
  nodes(): number;
  /** Links through which can be asked. */
  neighbours(): number;
  /** Does this node keep cells itself? */
  holds(): boolean;
}
interface Known {
  address: Uint8Array;
  /** From FINDs, by NodeID in hex; what the node knows anyway is added when used. */
  found: Map<string, Member>;
  silent: Set<string>;
  /** Fewer than a set were found, or silence left fewer. */
  short: boolean;
  /** Monotonic ms of the last round of FINDs; undefined before the first. */
  at: number | undefined;
  finding: Set<number>;
  waiting: ((members: Member[], now: number) => void)[];
  /** Anchors of the set that was last handed out, by NodeID in hex. */
  anchors: readonly string[];
  /** Tag in hex → holders that listed it. */
  listed: Map<string, Set<string>>;
  /** By NodeID in hex: tags that a holder listed and could not give. */
  phantoms: Map<string, number>;
}

/** Different first hops, so that no single neighbour chooses our holders. */
const FINDS = 3;
/** Finer than the neighbourhood of one node by four bits: sixteen nodes' answers cover it. */
const EXTRA_BITS = 4;
/** Once one answer is here, the others get this long. */
const PATIENCE_MS = 2_000;
/** Without any answer. The ask machine gives up before. */
const GUARD_MS = 30_000;
/** How long too few candidates are put up with. */
const SHORT_MS = 15_000;
const REMEMBERED = 512;
const CONFIRMED = 4_096;
/** Candidates of an address: 4 FINDs of ≤ 16, and what is known anyway. */
const CANDIDATES = 128;
const TAGS = 1_024;
/** Tags of an address that a holder may list and not have: a disk that lost some, or what expired meanwhile. */
const PHANTOMS = 16;
/** FIND filters: STORE, ANCHOR + STORE. */
const STORE = 1;
const ANCHORS = 2;
const FIND_TIMER = "mailbox:find:";

export class Finder {
  readonly #desk: Desk;
  readonly #view: MailboxView;
  /** Least recently used first. */
  readonly #known = new Map<string, Known>();
  readonly #finds = new Map<number, Known>();
  readonly #confirmed = new Set<string>();

  constructor(desk: Desk, view: MailboxView) {
    this.#desk = desk;
    this.#view = view;
  }

  /** Calls back with the candidates, nearest first; found anew where what is known is older than `age` ms. */
  want(address: Uint8Array, age: number, now: number, then: (members: Member[], now: number) => void): void {
    const known = this.#of(address);
    const old = known.at === undefined ? Number.POSITIVE_INFINITY : now - known.at;
    if (known.finding.size === 0 && old <= (known.short ? Math.min(age, SHORT_MS) : age)) {
      then(this.#candidates(known), now);
      return;
    }
    known.waiting.push(then);
    if (known.finding.size === 0) this.#find(known, now);
  }

  /** It did not answer. Where too few are left to fill a set, candidates are soon found anew. */
  silent(address: Uint8Array, member: Member): void {
    const known = this.#of(address);
    known.silent.add(member.key);
    known.short = this.#members(known).length < SET;
  }

  listed(address: Uint8Array, member: Member, tag: Uint8Array): void {
    const { listed } = this.#of(address);
    const name = hex(tag);
    const members = listed.get(name) ?? new Set();
    if (listed.size < TAGS || listed.has(name)) listed.set(name, members.add(member.key));
  }
  listers(address: Uint8Array, tag: Uint8Array): ReadonlySet<string> {
    return this.#of(address).listed.get(hex(tag)) ?? new Set();
  }

  /** It says that a tag is missing; true where it had listed it. */
  missed(address: Uint8Array, member: Member, tag: Uint8Array): boolean {
    const { listed, phantoms } = this.#of(address);
    if (listed.get(hex(tag))?.delete(member.key) !== true) return false;
    phantoms.set(member.key, (phantoms.get(member.key) ?? 0) + 1);
    return true;
  }

  /** Eight holders confirmed a cell here once: from then on the sender counts of eight. */
  confirm(address: Uint8Array): void {
    const name = hex(address);
    this.#confirmed.delete(name);
    this.#confirmed.add(name);
    for (const oldest of this.#confirmed) {
      if (this.#confirmed.size <= CONFIRMED) break;
      this.#confirmed.delete(oldest);
    }
  }
  /** Of how many a count is: eight where eight were ever confirmed, else as many as there are. */
  of(address: Uint8Array, alive: number): number {
    return this.#confirmed.has(hex(address)) ? SET : alive;
  }

  /** Share of our addresses that each anchor holds, 0 … 1, by NodeID in hex. */
  anchorShares(): Record<string, number> {
    const used = [...this.#known.values()].filter(({ at }) => at !== undefined);
    const shares: Record<string, number> = {};
    for (const { anchors } of used) {
      for (const key of anchors) shares[key] = (shares[key] ?? 0) + 1 / used.length;
    }
    return shares;
  }

  /** True for an answer to one of our FINDs. */
  output(input: AskOutput, now: number): boolean {
    const known = this.#finds.get(input.ask);
    if (known === undefined) return false;
    if (input.type === "found") {
      for (const contact of input.contacts) this.#add(known, contact);
      this.#desk.emit({ type: "arm", timer: FIND_TIMER + hex(known.address), at: now + PATIENCE_MS });
    }
    this.#finds.delete(input.ask);
    known.finding.delete(input.ask);
    if (known.finding.size === 0) this.#done(known, now);
    return true;
  }
  /** True for a timer that was one of ours. */
  timer(timer: string, now: number): boolean {
    if (!timer.startsWith(FIND_TIMER)) return false;
    const known = this.#known.get(timer.slice(FIND_TIMER.length));
    if (known !== undefined) this.#done(known, now);
    return true;
  }

  #of(address: Uint8Array): Known {
    const name = hex(address);
    const known: Known = this.#known.get(name) ?? {
      address,
      found: new Map(),
      silent: new Set(),
      short: false,
      at: undefined,
      finding: new Set(),
      waiting: [],
      anchors: [],
      listed: new Map(),
      phantoms: new Map(),
    };
    this.#known.delete(name);
    this.#known.set(name, known);
    for (const [oldest, { waiting }] of this.#known) {
      if (this.#known.size <= REMEMBERED) break;
      if (waiting.length === 0 && oldest !== name) this.#known.delete(oldest);
    }
    return known;
  }

  #find(known: Known, now: number): void {
    const { context } = this.#desk;
    const paths = Math.max(1, Math.min(FINDS, this.#view.neighbours()));
    known.silent.clear();
    known.short = false;
    this.#desk.emit({ type: "arm", timer: FIND_TIMER + hex(known.address), at: now + GUARD_MS });
    const finds = Array.from({ length: paths }, (_, skip) => ({ skip, filter: STORE }));
    // The nearest anchors may lie far beyond the nearest nodes.
    for (const { skip, filter } of [...finds, { skip: 0, filter: ANCHORS }]) {
      const ask = context.serial();
      known.finding.add(ask);
      this.#finds.set(ask, known);
      const key = this.#blurred(known.address);
      // `except` stays zero: to name ourselves would tell who asks.
      const except = new Uint8Array(32);
      this.#desk.emit({ type: "askFind", ask, key, except, filter, order: known.address, skip });
    }
  }

  #blurred(address: Uint8Array): Uint8Array {
    const bits = Math.min(256, Math.ceil(Math.log2(Math.max(1, this.#view.nodes()))) + EXTRA_BITS);
    const key = this.#desk.context.random.bytes(32);
    for (let at = 0; at < key.length; at += 1) {
      const kept = 0xff & ~(0xff >> Math.max(0, Math.min(8, bits - 8 * at)));
      key[at] = ((address[at] ?? 0) & kept) | ((key[at] ?? 0) & ~kept);
    }
    return key;
  }

  /** Answers that still come are added for the next job. */
  #done(known: Known, now: number): void {
    this.#desk.emit({ type: "disarm", timer: FIND_TIMER + hex(known.address) });
    known.finding.clear();
    known.at = now;
    known.short = this.#members(known).length < SET;
    const waiting = known.waiting;
    known.waiting = [];
    for (const then of waiting) then(this.#candidates(known), now);
  }

  #candidates(known: Known): Member[] {
    const members = this.#members(known);
    const { anchors, others } = chooseHolders(members);
    known.anchors = [...anchors, ...others].filter(({ anchor }) => anchor).map(({ key }) => key);
    return members;
  }
  #members(known: Known): Member[] {
    const members = new Map(known.found);
    for (const contact of this.#view.known(known.address)) {
      const member = this.#member(contact);
      if (member !== undefined) members.set(member.key, member);
    }
    for (const key of known.silent) members.delete(key);
    // Made-up listings cost a fetch each. Where there are no others, a holder that lost cells is better than none.
    for (const [key, times] of known.phantoms) {
      if (times >= PHANTOMS && members.size > SET) members.delete(key);
    }
    return byDistance(known.address, members.values());
  }
  #add(known: Known, contact: Contact): void {
    const member = this.#member(contact);
    if (member === undefined) return;
    const old = known.found.get(member.key);
    if (old !== undefined && old.contact.record.seq >= contact.record.seq) return;
    if (old !== undefined || known.found.size < CANDIDATES) known.found.set(member.key, member);
  }
  #member(contact: Contact): Member | undefined {
    const { core, rules, self } = this.#desk.context;
    const member = memberOf(core, contact, rules.loopbackExempt);
    return member?.key === hex(self.nodeId) ? undefined : member;
  }
}
