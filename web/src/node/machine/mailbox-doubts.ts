/**
 * The holders of one job that owe a proof of what they called deleted: each is asked for the tombstones, by GET of the
 * tags at that same holder. What it cannot show is not believed, and it is passed over.
 *
 * 1. A holder is asked on only while it has shown all that it was asked for before, ≤ 30 tags at a time: a liar costs one
 *    request.
 */
import { hex } from "../bytes.ts";
import { AnswerCode, type NodeId, type Request } from "../messages.ts";
import { tagOf } from "./cells.ts";
import { type Opened, readerOf, signRead } from "./mailbox-box.ts";
import type { Asker } from "./mailbox-desk.ts";
import type { Member } from "./mailbox-members.ts";
import { provesDeletion, UNPROVED } from "./mailbox-proof.ts";
import type { Office } from "./mailbox-sweep.ts";

/** Tags of one request. */
const TAGS = 30;
/** Answers that a holder gives to one tag at most. */
const PER_TAG = 8;

/** What a holder showed for all that it was asked to prove; silence proves nothing and is no lie. */
export type Shown = "proved" | "unproved" | "silent";

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
