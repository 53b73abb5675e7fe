/**
 * What proves that a cell was deleted: its owner's signature over this address, this header and a reason (protocol.md
 * §7). A holder that says "deleted" without showing it is asked for the tombstone (GET of the tag, at that same holder);
 * what it cannot show is not believed, and it is passed over.
 *
 * 1. Nothing is reported as deleted that no owner's signature proves.
 * 2. A holder is asked for proof only while it has given all that it was asked for before, ≤ 30 tags at a time: a liar
 *    costs one request.
 * 3. A deletion once proved, whoever proved it, is not asked for again.
 */
import { hex } from "../bytes.ts";
import { AnswerCode, type NodeId, type Request, Signer } from "../messages.ts";
import { deleteBytes, tagOf } from "./cells.ts";
import { authorityOf, type Opened, readerOf, signRead } from "./mailbox-box.ts";
import type { Asker, MailboxContext } from "./mailbox-desk.ts";
import type { Member } from "./mailbox-members.ts";
import type { Office } from "./mailbox-sweep.ts";

/** Tags of one request. */
const TAGS = 30;
/** Answers that a holder gives to one tag at most. */
const PER_TAG = 8;
/** Deletions remembered as proved, of all addresses: ~250 B each. */
const REMEMBERED = 4_096;

/** Counts each holder that called a cell deleted and could not show it. */
export const UNPROVED = "mailbox.unproved";

/** Does this signature prove that the box's owner deleted the cell of this header? */
export const provesDeletion = (
  { core, network }: MailboxContext,
  { box, address }: Opened,
  { header, reason, sig }: { header: Uint8Array; reason: number; sig: Uint8Array },
): boolean => {
  const owner = authorityOf(box, Signer.owner)?.pk;
  return owner !== undefined && core.verify(owner, sig, "delete", network, deleteBytes(address, header, reason));
};

/** Deletions that were proved, the least recently used first. */
export class ProvedDeletions {
  readonly #names = new Set<string>();

  add(address: Uint8Array, header: Uint8Array): void {
    const name = hex(address) + hex(header);
    this.#names.delete(name);
    this.#names.add(name);
    for (const oldest of this.#names) {
      if (this.#names.size <= REMEMBERED) break;
      this.#names.delete(oldest);
    }
  }
  has(address: Uint8Array, header: Uint8Array): boolean {
    return this.#names.has(hex(address) + hex(header));
  }
}

/** What a holder showed for all that it was asked to prove; silence proves nothing and is no lie. */
export type Shown = "proved" | "unproved" | "silent";

/** The holders of one job that owe a proof. */
export class Doubts {
  readonly #office: Office;
  readonly #opened: Opened;
  readonly #over: (member: Member, shown: Shown, now: number) => void;
  /** By holder: tags that it called deleted, in hex. */
  readonly #owed = new Map<string, { member: Member; tags: Map<string, Uint8Array> }>();
  readonly #asked = new Set<string>();

  /** `over` hears what came of each request for proof. */
  constructor(office: Office, opened: Opened, over: (member: Member, shown: Shown, now: number) => void) {
    this.#office = office;
    this.#opened = opened;
    this.#over = over;
  }

  /** Can its tombstones be asked for at all? The writer of an inbox may not. */
  get mayAsk(): boolean {
    return readerOf(this.#opened.box, "get") !== undefined;
  }
  get isOpen(): boolean {
    return this.#owed.size > 0;
  }
  add(member: Member, tag: Uint8Array): void {
    const owed = this.#owed.get(member.key) ?? { member, tags: new Map() };
    owed.tags.set(hex(tag), tag);
    this.#owed.set(member.key, owed);
  }
  /** Asks of whom nothing is asked yet; true while something is open. */
  settle(avoid: readonly NodeId[], now: number): boolean {
    for (const { member, tags } of [...this.#owed.values()]) {
      if (this.#asked.has(member.key)) continue;
      this.#asked.add(member.key);
      this.#ask(member, [...tags.values()].slice(0, TAGS), avoid, now);
    }
    return this.#owed.size > 0;
  }

  #ask(member: Member, tags: readonly Uint8Array[], avoid: readonly NodeId[], now: number): void {
    const { desk } = this.#office;
    const missing = new Set(tags.map(hex));
    let answers = 0;
    let isLast = false;
    const asker: Asker = {
      address: this.#opened.address,
      lane: "read",
      heard: (flight, { code, body }, then) => {
        answers += 1;
        if (code === AnswerCode.ok && body.kind === "tombstone" && this.#holds(body)) {
          missing.delete(hex(tagOf(body.header)));
        }
        isLast ||= !("left" in body) || body.left === 0;
        // Answers travel apart, and the last may come first: no fewer come than there are tags.
        const isDone = code !== AnswerCode.ok || (isLast && answers >= tags.length) || answers >= tags.length * PER_TAG;
        if (missing.size > 0 && !isDone) return;
        desk.release(flight, then);
        this.#end(member, tags, missing.size === 0 ? "proved" : "unproved", then);
      },
      silent: (_flight, _reason, then) => this.#end(member, tags, "silent", then),
      lost: (_flight, then) => this.#end(member, tags, "silent", then),
    };
    const { place } = this.#opened;
    const build = (innerId: Uint8Array, holder: NodeId, sent: number): Request => {
      const signed = signRead(desk.context, this.#opened, "get", holder, innerId, sent);
      return { op: "get", innerId, place, sent, tags: [...tags], ...signed };
    };
    desk.ask({ asker, member, open: true, avoid, build }, now);
  }

  #holds(tombstone: { header: Uint8Array; reason: number; sig: Uint8Array }): boolean {
    if (!provesDeletion(this.#office.desk.context, this.#opened, tombstone)) return false;
    this.#office.proved.add(this.#opened.address, tombstone.header);
    return true;
  }
  /** Who did not show all is asked no more. */
  #end(member: Member, tags: readonly Uint8Array[], shown: Shown, now: number): void {
    this.#asked.delete(member.key);
    const owed = this.#owed.get(member.key);
    for (const tag of tags) owed?.tags.delete(hex(tag));
    if (shown !== "proved" || owed?.tags.size === 0) this.#owed.delete(member.key);
    if (shown === "unproved") this.#office.desk.count(UNPROVED);
    this.#over(member, shown, now);
  }
}
