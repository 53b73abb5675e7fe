/**
 * WATCH (protocol.md §7): a lease at two holders, one an anchor, renewed before it ends. Whatever gets lost on the way
 * (a NOTIFY, a holder's memory, a neighbour) is made good by the listing of the next renewal.
 *
 * 1. Each header is told once, however many holders tell of it and however often.
 * 2. Old leases are released only when the new ones have answered.
 * 3. Between steps, either something is in flight or the timer of the next attempt is armed.
 */
import type { Listed } from "../api.ts";
import type { FaultCode } from "../errors.ts";
import { type Answer, AnswerCode, CellState, type NodeId, type Request } from "../messages.ts";
import { unit } from "./chance.ts";
import { listRequest, type Opened } from "./mailbox-box.ts";
import type { Asker, Flight } from "./mailbox-desk.ts";
import { Listing } from "./mailbox-listing.ts";
import type { Member } from "./mailbox-members.ts";
import { Round } from "./mailbox-round.ts";
import { isOurs, type Office } from "./mailbox-sweep.ts";

const MINUTE_MS = 60_000;
/** A lease lives 10 minutes; renewed after 7 to 9. */
const RENEW_MS = 7 * MINUTE_MS;
const RENEW_SPREAD_MS = 2 * MINUTE_MS;
/** Without any lease: tried again after this, twice as long each time, up to the longest. */
const RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 5 * MINUTE_MS;
/** After a link came back, or a sleep. */
const RETURN_MS = 1_000;
/** Candidates may be this old: a renewal alone is no reason to look for holders again. */
const AGE_MS = 30 * MINUTE_MS;
const LEASES = 2;
/** Neighbours that may be lost between two renewals before the watch waits for its timer. */
const REASKS = 6;
/** Headers one lease may tell of: as many as an address takes. */
const NOTICES = 512;
export const WATCH_TIMER = "mailbox:watch:";

interface Lease {
  /** undefined: our own holder. */
  member: Member | undefined;
  asker: Asker;
  state: "asked" | "live" | "over";
  notices: number;
  /** Beyond the first. */
  listings: number;
}

export class WatchJob {
  readonly #office: Office;
  readonly #call: number;
  readonly #opened: Opened;
  readonly #listing = new Listing();
  #leases: Lease[] = [];
  #old: Lease[] = [];
  #round: Round | undefined;
  #isTold = false;
  #isClosed = false;
  #isFinding = false;
  #failures = 0;
  #reasks = 0;

  constructor(office: Office, call: number, opened: Opened) {
    this.#office = office;
    this.#call = call;
    this.#opened = opened;
  }

  start(now: number): void {
    this.#begin(now);
  }
  /** The timer of this watch. */
  due(now: number): void {
    this.#begin(now);
  }
  /** A link came: a watch without a lease tries soon, those with one have no reason to. */
  returned(now: number): void {
    if (this.#isIdle && !this.#leases.some(({ state }) => state === "live")) {
      this.#arm(now + unit(this.#office.desk.context.random) * RETURN_MS);
    }
  }
  /** Notices that came meanwhile are lost, and perhaps the leases: listed anew soon. */
  slept(now: number): void {
    this.#failures = 0;
    if (this.#isIdle) this.#arm(now + unit(this.#office.desk.context.random) * RETURN_MS);
  }
  close(now: number): void {
    this.#isClosed = true;
    this.#office.desk.emit({ type: "disarm", timer: WATCH_TIMER + this.#call });
    for (const lease of [...this.#old, ...this.#leases]) this.#release(lease, now);
  }

  get #isIdle(): boolean {
    return !this.#isFinding && this.#leases.every(({ state }) => state !== "asked");
  }

  #begin(now: number): void {
    if (this.#isFinding || this.#isClosed) return;
    this.#isFinding = true;
    this.#reasks = 0;
    this.#office.finder.want(this.#opened.address, AGE_MS, now, (members, then) => {
      this.#isFinding = false;
      if (this.#isClosed) return;
      this.#round = new Round(members);
      this.#old.push(...this.#leases);
      this.#leases = [];
      if (this.#office.holds()) this.#ask(undefined, then);
      this.#pump(then);
    });
  }

  #pump(now: number): void {
    const round = this.#round;
    if (round === undefined || this.#isClosed) return;
    for (let next = this.#next(round); next !== undefined; next = this.#next(round)) {
      round.ask(next);
      this.#ask(next, now);
    }
    if (this.#isIdle) this.#settle(now);
  }
  /** Of the two, one is an anchor where there is any. */
  #next(round: Round): Member | undefined {
    const taken = this.#leases.filter(({ member, state }) => member !== undefined && state !== "over");
    if (taken.length >= LEASES) return undefined;
    const wantsAnchor = !taken.some(({ member }) => member?.anchor);
    return round.unasked.find(({ anchor }) => anchor === wantsAnchor) ?? round.unasked[0];
  }

  #settle(now: number): void {
    const { desk, finder } = this.#office;
    const live = this.#leases.filter(({ member, state }) => member !== undefined && state === "live");
    if (live.length > 0) for (const lease of this.#old.splice(0)) this.#release(lease, now);
    if (!this.#isTold) {
      this.#isTold = true;
      const round = this.#round;
      const value: Listed = {
        entries: this.#listing.entries((header) => this.#office.proved.has(this.#opened.address, header)),
        asked: round?.asked ?? 0,
        answered: round?.heard ?? 0,
        of: finder.of(this.#opened.address, round?.members.length ?? 0),
      };
      desk.emit({ type: "done", call: this.#call, value });
    }
    const chance = unit(desk.context.random);
    this.#failures = live.length > 0 ? 0 : this.#failures + 1;
    const retry = Math.min(LONGEST_RETRY_MS, RETRY_MS * 2 ** (this.#failures - 1));
    this.#arm(now + (live.length > 0 ? RENEW_MS + chance * RENEW_SPREAD_MS : retry * (0.5 + chance)));
  }
  #arm(at: number): void {
    this.#office.desk.emit({ type: "arm", timer: WATCH_TIMER + this.#call, at });
  }

  #ask(member: Member | undefined, now: number): void {
    const { desk } = this.#office;
    const asker: Asker = {
      address: this.#opened.address,
      lane: "read",
      heard: (flight, answer, then) => this.#heard(lease, flight, answer, then),
      silent: (_flight, reason, then) => this.#silent(lease, reason, then),
      lost: (_flight, then) => this.#lost(lease, then),
    };
    const lease: Lease = { member, asker, state: "asked", notices: 0, listings: 0 };
    this.#leases.push(lease);
    const avoid = this.#round?.members.map(({ contact }) => contact.nodeId) ?? [];
    const build = (innerId: Uint8Array, holder: NodeId, sent: number): Request =>
      listRequest(desk.context, this.#opened, "watch", holder, innerId, sent);
    desk.ask({ asker, member, open: true, avoid, build }, now);
  }

  #heard(lease: Lease, flight: Flight, { code, body }: Answer, now: number): void {
    if (code === AnswerCode.ok && body.kind === "notify" && lease.notices < NOTICES) this.#notified(lease, body.header);
    else if (code === AnswerCode.ok && body.kind === "listed" && lease.state === "asked")
      this.#listed(lease, flight, body.entries, now);
    // A neighbour that was slow brings the listing again.
    else if (code === AnswerCode.ok && body.kind === "listed" && ++lease.listings <= REASKS) return;
    else {
      if (code === AnswerCode.ok) this.#office.desk.count("mailbox.lied");
      this.#release(lease, now);
      if (lease.member !== undefined) this.#round?.leave(lease.member);
      this.#pump(now);
    }
  }
  #listed(lease: Lease, flight: Flight, entries: readonly { header: Uint8Array; state: number }[], now: number): void {
    const { desk, finder } = this.#office;
    const { member } = lease;
    const news = this.#listing.add(desk.context.core, member, entries);
    if (this.#isTold) this.#tell(news);
    if (member !== undefined) {
      this.#round?.answer(member);
      for (const { header } of entries) finder.listed(this.#opened.address, member, header.subarray(4));
    }
    lease.state = "live";
    desk.listen(flight, now);
    this.#pump(now);
  }
  #notified(lease: Lease, header: Uint8Array): void {
    lease.notices += 1;
    const { core } = this.#office.desk.context;
    const news = this.#listing.add(core, lease.member, [{ header, state: CellState.held }]);
    if (lease.member !== undefined) this.#office.finder.listed(this.#opened.address, lease.member, header.subarray(4));
    if (this.#isTold) this.#tell(news);
  }
  #tell(headers: readonly Uint8Array[]): void {
    for (const value of headers) this.#office.desk.emit({ type: "progress", call: this.#call, value });
  }

  #silent(lease: Lease, reason: FaultCode, now: number): void {
    const wasLive = lease.state === "live";
    lease.state = "over";
    if (this.#isClosed || this.#old.includes(lease)) return;
    if (wasLive) {
      this.#again(lease, now);
      return;
    }
    if (lease.member !== undefined) {
      this.#round?.leave(lease.member);
      if (isOurs(reason)) this.#round = new Round([]);
      else this.#office.finder.silent(this.#opened.address, lease.member);
    }
    this.#pump(now);
  }
  #lost(lease: Lease, now: number): void {
    lease.state = "over";
    if (!this.#isClosed && !this.#old.includes(lease)) this.#again(lease, now);
  }
  /** At once through another neighbour; the holder is not to blame. */
  #again(lease: Lease, now: number): void {
    this.#reasks += 1;
    if (lease.member !== undefined && this.#reasks <= REASKS) this.#ask(lease.member, now);
    else if (lease.member !== undefined) this.#round?.leave(lease.member);
    this.#pump(now);
  }

  #release(lease: Lease, now: number): void {
    lease.state = "over";
    this.#office.desk.drop(lease.asker, now);
  }
}
