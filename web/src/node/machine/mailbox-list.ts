/** LIST and HAVE: what the holders of an address say of its cells. The union is taken; copies are counted by holder, and
 * a deletion only where its owner's signature was shown (mailbox-doubts.ts). */
import type { Listed } from "../api.ts";
import { equal } from "../bytes.ts";
import { type Answer, AnswerCode, CellState, type NodeId, type Request } from "../messages.ts";
import { CELL_UNITS_AHEAD, headerOf, tagOf, unitOf } from "./cells.ts";
import { listRequest, type Opened } from "./mailbox-box.ts";
import type { Flight } from "./mailbox-desk.ts";
import { Doubts, type Shown } from "./mailbox-doubts.ts";
import { Listing } from "./mailbox-listing.ts";
import type { Member } from "./mailbox-members.ts";
import { provesDeletion, UNPROVED } from "./mailbox-proof.ts";
import type { Round } from "./mailbox-round.ts";
import { type Office, SweepJob, type Verdict } from "./mailbox-sweep.ts";

/** Candidates may be this old, ms. */
const AGE_MS = 10 * 60_000;

export class ListJob extends SweepJob {
  readonly lane = "read";
  readonly #breadth: "two" | "all";
  readonly #listing = new Listing();
  readonly #prove: readonly Uint8Array[] | undefined;
  readonly #doubts: Doubts;
  #ownHeard = false;

  /** `prove`: tags whose deletion matters to the caller; without it all. */
  constructor(
    office: Office,
    call: number,
    opened: Opened,
    { breadth, prove }: { breadth: "two" | "all"; prove?: readonly Uint8Array[] | undefined },
  ) {
    super(office, call, opened);
    this.#breadth = breadth;
    this.#prove = prove;
    this.#doubts = new Doubts(office, opened, (member, shown, now) => {
      // Whoever does not show what it says is not believed in anything else either.
      if (shown !== "proved") {
        this.#listing.forget(member);
        this.round?.leave(member);
      }
      this.pump(now);
    });
  }
  start(now: number): void {
    this.askOwn(now);
    this.find(AGE_MS, now);
  }

  protected request(innerId: Uint8Array, holder: NodeId, sent: number): Request {
    return listRequest(this.office.desk.context, this.opened, "list", holder, innerId, sent);
  }
  protected override next(round: Round): Member[] {
    if (this.#breadth === "all") return round.unasked;
    return round.unasked.slice(0, Math.max(0, 2 - round.pending - round.alive));
  }
  protected override get suffices(): boolean {
    return this.#ownHeard;
  }
  protected override unfinished(now: number): boolean {
    if (!this.#doubts.isOpen) {
      const settled = (header: Uint8Array): boolean => !this.#matters(header) || this.#isProved(header);
      for (const { header, claimant } of this.#listing.unproved(settled)) this.#doubts.add(claimant, tagOf(header));
    }
    return this.#doubts.settle(this.round?.members.map(({ contact }) => contact.nodeId) ?? [], now);
  }
  #matters(header: Uint8Array): boolean {
    return this.#prove?.some((tag) => equal(tag, tagOf(header))) ?? true;
  }
  #isProved(header: Uint8Array): boolean {
    return this.office.proved.has(this.address, header);
  }

  protected take(member: Member | undefined, { code, body }: Answer): Verdict {
    if (code !== AnswerCode.ok || body.kind !== "listed") return "unfit";
    const { core } = this.office.desk.context;
    this.#listing.add(core, member, body.entries);
    if (member === undefined) this.#ownHeard = true;
    else for (const { header } of body.entries) this.office.finder.listed(this.address, member, header.subarray(4));
    return "member";
  }

  protected value(round: Round): Listed {
    const members = this.#breadth === "all" ? round.alive : round.members.length;
    return {
      entries: this.#listing.entries((header) => this.#isProved(header)),
      asked: round.asked,
      answered: round.alive,
      of: this.office.finder.of(this.address, members),
    };
  }
}

/** For whoever may not LIST: a first contact's writer asks for the cell it knows. */
export class HaveJob extends SweepJob {
  readonly lane = "read";
  readonly #tag: Uint8Array;
  readonly #hash: Uint8Array;
  readonly #expiry: number | undefined;
  readonly #held = new Set<string>();
  readonly #deleted = new Set<string>();
  readonly #doubts: Doubts;

  /** Without `expiry` every one that a holder takes now is tried. */
  constructor(
    office: Office,
    call: number,
    opened: Opened,
    { tag, hash, expiry }: { tag: Uint8Array; hash: Uint8Array; expiry?: number | undefined },
  ) {
    super(office, call, opened);
    this.#tag = tag;
    this.#hash = hash;
    this.#expiry = expiry;
    this.#doubts = new Doubts(office, opened, (member, shown, now) => this.#shown(member, shown, now));
  }
  start(now: number): void {
    this.find(AGE_MS, now);
  }

  protected request(innerId: Uint8Array): Request {
    return { op: "have", innerId, place: this.opened.place, tag: this.#tag, hash: this.#hash };
  }
  protected override unfinished(now: number): boolean {
    return this.#doubts.settle(this.round?.members.map(({ contact }) => contact.nodeId) ?? [], now);
  }
  protected take(member: Member | undefined, { code, body }: Answer, _flight: Flight, now: number): Verdict {
    if (member === undefined || code !== AnswerCode.ok) return "unfit";
    if (body.kind === "ended") return this.#ended(member, body, now);
    if (body.kind !== "state") return "unfit";
    if (body.state === CellState.held) this.#held.add(member.key);
    if (body.state !== CellState.deleted) return "member";
    // As versions before the proof say it: a hint.
    if (this.#doubts.mayAsk) {
      this.#doubts.add(member, this.#tag);
      return "member";
    }
    this.office.desk.count(UNPROVED);
    return "unfit";
  }
  #ended(member: Member, { reason, sig }: { reason: number; sig: Uint8Array }, now: number): Verdict {
    const { context } = this.office.desk;
    for (const header of this.#headers(now)) {
      if (!provesDeletion(context, this.opened, { header, reason, sig })) continue;
      this.office.proved.add(this.address, header);
      this.#deleted.add(member.key);
      return "member";
    }
    this.office.desk.count(UNPROVED);
    return "unfit";
  }
  #shown(member: Member, shown: Shown, now: number): void {
    // What it showed may end another cell of this tag: that is no lie, and says nothing of ours.
    const isOurs = this.#headers(now).some((header) => this.office.proved.has(this.address, header));
    if (shown === "proved" && isOurs) this.#deleted.add(member.key);
    if (shown !== "proved") this.round?.leave(member);
    this.pump(now);
  }
  /** Headers that the cell meant may have. */
  #headers(now: number): Uint8Array[] {
    const { core, time } = this.office.desk.context;
    const first = unitOf(time.network(now));
    const expiries =
      this.#expiry === undefined
        ? Array.from({ length: CELL_UNITS_AHEAD + 1 }, (_, at) => first + CELL_UNITS_AHEAD - at)
        : [this.#expiry];
    return expiries.map((expiry) => headerOf(core, expiry, this.#tag));
  }
  protected value(round: Round): { held: number; deleted: number; of: number } {
    const of = this.office.finder.of(this.address, round.alive);
    return { held: this.#held.size, deleted: this.#deleted.size, of };
  }
}
