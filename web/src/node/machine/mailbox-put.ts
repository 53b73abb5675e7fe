/**
 * PUT (protocol.md §7): one signature and one stamp for all holders, then receipts until eight hold the cell or nobody
 * is left.
 *
 * 1. A receipt counts only if its signature names this cell and the node that was asked; one a node, our own never.
 * 2. The stamp has the bits that every holder asks here, or more where the caller says so (an inbox's card does). A price
 *    above that is met once, only within what a browser can search, and a high one only where most holders ask it.
 * 3. Only silence or a full disk sends the cell on to the next candidate: a limit of the address would be met there too,
 *    and readers do not look so far.
 */
import type { Placement } from "../api.ts";
import { equal } from "../bytes.ts";
import { type Answer, type AnswerBody, AnswerCode, type NodeId, type Request } from "../messages.ts";
import type { WorkJob } from "../ports.ts";
import { cellHash, expiryOf, HEADER_BYTES, HIGHEST_PRICE, priceAt, storedBytes, tagOf } from "./cells.ts";
import { type Opened, type Signed, signPut } from "./mailbox-box.ts";
import { Doubts, type Shown } from "./mailbox-doubts.ts";
import type { Member } from "./mailbox-members.ts";
import { SET } from "./mailbox-members.ts";
import { provesDeletion, UNPROVED } from "./mailbox-proof.ts";
import type { Round } from "./mailbox-round.ts";
import { type Office, SweepJob, type Verdict } from "./mailbox-sweep.ts";

/** Candidates may be this old, ms. */
const AGE_MS = 5 * 60_000;
/** A price that only a few name is met up to here: 2^18 hashes are ~30 ms of a browser's worker (tier 3). */
const CHEAP_BITS = 18;

export class PutJob extends SweepJob {
  readonly lane = "put";
  readonly #cell: Uint8Array;
  readonly #hash: Uint8Array;
  readonly #signed: Signed;
  readonly #held = new Set<string>();
  readonly #refused = new Map<number, number>();
  /** Asked for more bits than the stamp has; asked again once it has them. */
  #parked: { member: Member; bits: number }[] = [];
  readonly #doubts: Doubts;
  #bits: number;
  #searches = 0;
  #solve = 0;
  #stamp: bigint | undefined;

  /** `signed` as `signPut` gave it for this cell; `bits` ≤ HIGHEST_PRICE. */
  constructor(office: Office, call: number, opened: Opened, cell: Uint8Array, signed: Signed, bits: number) {
    super(office, call, opened);
    this.#cell = cell;
    this.#hash = cellHash(office.desk.context.core, cell);
    this.#signed = signed;
    this.#doubts = new Doubts(office, opened, (member, shown, now) => this.#shown(member, shown, now));
    this.#bits = Math.max(bits, priceAt(opened.box.kind, cell.length));
  }
  start(now: number): void {
    this.#search();
    this.find(AGE_MS, now);
  }

  static sign(office: Office, opened: Opened, cell: Uint8Array, signer: number): Signed | undefined {
    const { context } = office.desk;
    return signPut(context, opened, signer, cellHash(context.core, cell));
  }

  /** True where that search was this job's. */
  solved(solve: number, nonce: bigint | undefined, now: number): boolean {
    if (solve !== this.#solve) return false;
    this.#solve = 0;
    if (nonce === undefined && this.#stamp === undefined) this.fail("cancelled");
    else if (nonce !== undefined) {
      this.#stamp = nonce;
      const again = this.#parked;
      this.#parked = [];
      for (const { member } of again) this.send(member, now);
      this.pump(now);
    } else this.#giveUp(now);
    return true;
  }

  protected request(innerId: Uint8Array): Request {
    const { place } = this.opened;
    return { op: "put", innerId, place, ...this.#signed, stamp: this.#stamp ?? 0n, cell: this.#cell };
  }
  protected override next(round: Round): Member[] {
    return this.#stamp === undefined ? [] : round.unasked;
  }
  protected override unfinished(now: number): boolean {
    if (this.#doubts.settle(this.round?.members.map(({ contact }) => contact.nodeId) ?? [], now)) return true;
    if (this.#solve !== 0) return true;
    if (this.#parked.length === 0) return false;
    const most = this.#priceToPay();
    const dear = this.#parked.filter(({ bits }) => bits > most);
    this.#parked = this.#parked.filter(({ bits }) => bits <= most);
    this.#refuse(AnswerCode.price, dear.length);
    if (this.#parked.length === 0) return false;
    this.#bits = Math.max(...this.#parked.map(({ bits }) => bits));
    this.#search();
    return true;
  }
  /** What one names costs all of our time: it is paid where most ask for more, and else where it costs next to nothing. */
  #priceToPay(): number {
    const named = this.#parked.map(({ bits }) => bits).sort((a, b) => a - b);
    const isCommon = 2 * named.length > (this.round?.alive ?? 0);
    return isCommon ? (named[Math.floor(0.75 * (named.length - 1))] ?? 0) : CHEAP_BITS;
  }

  protected take(member: Member | undefined, answer: Answer): Verdict {
    if (member === undefined) return "unfit";
    const verdict = this.#judge(member, answer);
    const { round } = this;
    if (round !== undefined) this.progress(this.#placement(round.members.length));
    return verdict;
  }
  #judge(member: Member, { code, body }: Answer): Verdict {
    if (code === AnswerCode.ok) {
      if (body.kind === "stored" && this.#isValid(member, body)) {
        this.#held.add(member.key);
        return "member";
      }
      this.office.desk.count("mailbox.lied");
      return "unfit";
    }
    if (code === AnswerCode.price && body.kind === "price" && this.#canMeet(body.bits)) {
      this.#parked.push({ member, bits: body.bits });
      return "member";
    }
    if (code === AnswerCode.deleted) return this.#deleted(member, body);
    this.#refuse(code);
    return code === AnswerCode.full ? "replaced" : "member";
  }
  /** Believed with the owner's signature alone, which versions before the proof give only to GET. */
  #deleted(member: Member, body: AnswerBody): Verdict {
    const { desk, proved } = this.office;
    const header = this.#cell.slice(0, HEADER_BYTES);
    if (body.kind === "ended" && provesDeletion(desk.context, this.opened, { ...body, header })) {
      proved.add(this.address, header);
      this.#refuse(AnswerCode.deleted);
      return "member";
    }
    if (body.kind === "none" && this.#doubts.mayAsk) {
      this.#doubts.add(member, tagOf(header).slice());
      return "member";
    }
    desk.count(UNPROVED);
    return "unfit";
  }
  #shown(member: Member, shown: Shown, now: number): void {
    const isOurs = this.office.proved.has(this.address, this.#cell.subarray(0, HEADER_BYTES));
    if (shown === "proved" && isOurs) this.#refuse(AnswerCode.deleted);
    else this.round?.leave(member);
    this.pump(now);
  }
  #refuse(code: number, by = 1): void {
    if (by > 0) this.#refused.set(code, (this.#refused.get(code) ?? 0) + by);
  }
  #canMeet(bits: number): boolean {
    return this.#searches === 1 && bits > this.#bits && bits <= HIGHEST_PRICE;
  }
  #isValid(
    member: Member,
    receipt: {
      address: Uint8Array;
      tag: Uint8Array;
      hash: Uint8Array;
      expiry: number;
      holder: Uint8Array;
      sig: Uint8Array;
    },
  ): boolean {
    const { core, network } = this.office.desk.context;
    const { nodeId, record } = member.contact;
    const header = this.#cell.subarray(0, HEADER_BYTES);
    const expected = {
      address: this.address,
      tag: tagOf(header),
      hash: this.#hash,
      expiry: expiryOf(header),
      holder: nodeId,
    };
    return (
      equal(receipt.holder, nodeId as NodeId) &&
      equal(receipt.hash, this.#hash) &&
      core.verify(record.edPk, receipt.sig, "stored", network, storedBytes(expected))
    );
  }

  #search(): void {
    const { core, network, serial } = this.office.desk.context;
    const tag = tagOf(this.#cell.subarray(0, HEADER_BYTES));
    const job: WorkJob = core.stampWork(network, this.address, tag, this.#hash, this.#bits);
    this.#searches += 1;
    this.#solve = serial();
    this.office.desk.emit({ type: "solve", solve: this.#solve, job });
  }
  /** The second search was cancelled: what it was for counts as refused. */
  #giveUp(now: number): void {
    this.#refuse(AnswerCode.price, this.#parked.length);
    this.#parked = [];
    this.pump(now);
  }

  protected value(round: Round): Placement {
    if (this.#held.size >= SET) this.office.finder.confirm(this.address);
    return this.#placement(round.alive);
  }
  #placement(alive: number): Placement {
    return {
      held: this.#held.size,
      of: this.office.finder.of(this.address, Math.max(alive, this.#held.size)),
      refused: [...this.#refused].map(([code, count]) => ({ code, count })),
    };
  }
}
