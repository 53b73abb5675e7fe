/**
 * A job that asks the holders of one address, each the same thing: PUT, LIST, HAVE, DELETE and GET of a card differ in
 * what they ask and what they make of it.
 *
 * 1. A holder that fails leaves, and the next candidate is asked, until the set has answered or nobody is left.
 * 2. The job ends once, with one outcome, when no flight of it is left and nobody is to be asked.
 */
import type { FaultCode } from "../errors.ts";
import type { Answer, NodeId, Request } from "../messages.ts";
import { type Opened, readerOf } from "./mailbox-box.ts";
import type { Asker, Desk, Flight } from "./mailbox-desk.ts";
import type { Finder } from "./mailbox-finder.ts";
import type { Member } from "./mailbox-members.ts";
import type { ProvedDeletions } from "./mailbox-proof.ts";
import { Round } from "./mailbox-round.ts";

/** What every job of the mailbox is made of. */
export interface Office {
  readonly desk: Desk;
  readonly finder: Finder;
  readonly proved: ProvedDeletions;
  /** Does our own node hold, so that we read there too? */
  readonly holds: () => boolean;
  /** The job is over; its outcome was emitted. */
  readonly over: (call: number) => void;
}
/** What a holder's answer means for its place in the set: a member, out of it, or none that counts. */
export type Verdict = "member" | "replaced" | "unfit";

/** Faults of our own side: they say nothing about the holder. */
const OURS: ReadonlySet<FaultCode> = new Set(["no-link", "busy", "backpressure", "limit", "cancelled", "closed"]);
export const isOurs = (reason: FaultCode): boolean => OURS.has(reason);

const SENTENCES: Partial<Record<FaultCode, string>> = {
  "no-link": "No link lives; it can be asked again when one does.",
  busy: "Too much waits to be sent; try again when something finished.",
};

export abstract class SweepJob implements Asker {
  abstract readonly lane: "put" | "read";
  readonly call: number;
  protected readonly office: Office;
  protected readonly opened: Opened;
  /** undefined until candidates are known. */
  protected round: Round | undefined;
  #flights = 0;
  #reason: FaultCode = "unanswered";
  #isOver = false;

  constructor(office: Office, call: number, opened: Opened) {
    this.office = office;
    this.call = call;
    this.opened = opened;
  }
  get address(): Uint8Array {
    return this.opened.address;
  }

  /** Called once, after the job was entered in the books. */
  abstract start(now: number): void;
  protected abstract request(innerId: Uint8Array, holder: NodeId, sent: number): Request;
  /** `member` undefined: our own holder. */
  protected abstract take(member: Member | undefined, answer: Answer, flight: Flight, now: number): Verdict;
  protected abstract value(round: Round): unknown;
  /** Another part of the job is still to come, although nobody is left to be asked now. */
  protected unfinished(_now: number): boolean {
    return false;
  }
  /** Whom to ask now. */
  protected next(round: Round): Member[] {
    return round.unasked;
  }
  /** More than one answer may come to each request. */
  protected get isOpen(): boolean {
    return false;
  }
  /** Is there an outcome although no holder but our own answered? */
  protected get suffices(): boolean {
    return false;
  }

  /** Finds candidates no older than `age` ms, then asks. */
  protected find(age: number, now: number): void {
    this.office.finder.want(this.address, age, now, (members, then) => {
      this.round = new Round(members);
      this.pump(then);
    });
  }
  protected askOwn(now: number): void {
    if (this.office.holds()) this.send(undefined, now);
  }

  protected pump(now: number): void {
    const { round } = this;
    if (round === undefined || this.#isOver) return;
    // A fault of our own side would meet the next candidates too.
    for (const member of isOurs(this.#reason) ? [] : this.next(round)) {
      round.ask(member);
      this.send(member, now);
    }
    if (this.#flights > 0 || this.unfinished(now)) return;
    if (round.heard > 0 || this.suffices) this.finish({ type: "done", call: this.call, value: this.value(round) });
    else this.fail(this.#reason);
  }
  protected send(member: Member | undefined, now: number): void {
    this.#flights += 1;
    const avoid = this.round?.members.map(({ contact }) => contact.nodeId) ?? [];
    const build = (innerId: Uint8Array, holder: NodeId, sent: number): Request => this.request(innerId, holder, sent);
    this.office.desk.ask({ asker: this, member, open: this.isOpen, avoid, build }, now);
  }
  protected progress(value: unknown): void {
    this.office.desk.emit({ type: "progress", call: this.call, value });
  }
  protected fail(code: FaultCode): void {
    const sentence = SENTENCES[code] ?? "None of the nodes that would hold this address answered.";
    this.finish({ type: "failed", call: this.call, code, sentence });
  }
  protected finish(
    outcome:
      | { type: "done"; call: number; value: unknown }
      | { type: "failed"; call: number; code: FaultCode; sentence: string },
  ): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.office.desk.emit(outcome);
    this.office.over(this.call);
  }

  heard(flight: Flight, answer: Answer, now: number): void {
    const { member } = flight;
    const verdict = this.take(member, answer, flight, now);
    if (!this.landed(flight, answer)) return;
    this.#flights -= 1;
    if (flight.open) this.office.desk.release(flight, now);
    if (member !== undefined) {
      if (verdict !== "unfit") this.round?.answer(member);
      if (verdict !== "member") this.round?.leave(member);
    }
    this.pump(now);
  }
  /** Was this the last answer to the request? */
  protected landed(flight: Flight, answer: Answer): boolean {
    const { body } = answer;
    return !flight.open || !("left" in body) || body.left === 0;
  }

  silent({ member }: Flight, reason: FaultCode, now: number): void {
    this.#flights -= 1;
    this.#reason = reason;
    if (member !== undefined) {
      this.round?.leave(member);
      if (!isOurs(reason)) this.office.finder.silent(this.address, member);
    }
    this.pump(now);
  }
  lost({ member }: Flight, now: number): void {
    this.#flights -= 1;
    if (member !== undefined) this.round?.leave(member);
    this.pump(now);
  }
}

/** Can the caller sign this read at all? */
export const mayRead = (opened: Opened, op: "list" | "get" | "watch"): boolean =>
  readerOf(opened.box, op) !== undefined;
