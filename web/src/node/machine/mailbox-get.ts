/**
 * GET by tags (protocol.md §7): our own store first, then holders that listed the tag, then the others; whatever one
 * keeps back or falsifies is asked of the next.
 *
 * 1. No cell and no tombstone is handed out whose signature (in an inbox: whose stamp) does not hold for this box, this
 *    tag and these bytes.
 * 2. A tag is settled by a cell or by its tombstone; where a stranger can write, by a cell of the owner.
 * 3. A holder is asked for a tag at most once.
 */
import type { Fetched } from "../api.ts";
import { equal, hex } from "../bytes.ts";
import type { FaultCode } from "../errors.ts";
import { type Answer, type AnswerBody, AnswerCode, type NodeId, PlaceKind, Signer } from "../messages.ts";
import { cellHash, HEADER_BYTES, isCellSize, priceAt, putBytes, tagOf } from "./cells.ts";
import { authorityOf, type Opened, readerOf, signRead } from "./mailbox-box.ts";
import type { Asker, Flight } from "./mailbox-desk.ts";
import type { Member } from "./mailbox-members.ts";
import { provesDeletion } from "./mailbox-proof.ts";
import { Round } from "./mailbox-round.ts";
import { isOurs, type Office } from "./mailbox-sweep.ts";

/** Candidates may be this old, ms. */
const AGE_MS = 10 * 60_000;
/** Tags of one request. */
const TAGS = 30;
/** Cells, or tombstones, handed out under one tag. */
const PER_TAG = 4;
/** Answers to one request: more is not from a holder that keeps to the protocol. */
const ANSWERS = TAGS * 2 * PER_TAG;

interface Want {
  tag: Uint8Array;
  cells: Map<string, Fetched["cells"][number]>;
  tombstones: Map<string, { header: Uint8Array; reason: number }>;
  tried: Set<string>;
  /** Requests in flight that name it. */
  out: number;
}
/** One request for some of the tags. */
interface Errand {
  /** undefined: our own holder. */
  member: Member | undefined;
  wants: Want[];
  answers: number;
}

export class GetJob {
  readonly #office: Office;
  readonly #call: number;
  readonly #opened: Opened;
  readonly #wants: Want[];
  /** Only the owner's cell settles a tag: others can write under the same one. */
  readonly #ownerOnly: boolean;
  readonly #answered = new Set<string>();
  #round: Round | undefined;
  #errands = 0;
  #ownAsked = false;
  #ownHeard = false;
  #reason: FaultCode = "unanswered";

  constructor(office: Office, call: number, opened: Opened, tags: readonly Uint8Array[]) {
    this.#office = office;
    this.#call = call;
    this.#opened = opened;
    const distinct = new Map(tags.map((tag) => [hex(tag), tag]));
    this.#wants = [...distinct.values()].map((tag) => ({
      tag,
      cells: new Map(),
      tombstones: new Map(),
      tried: new Set(),
      out: 0,
    }));
    this.#ownerOnly = opened.box.kind === PlaceKind.invite && readerOf(opened.box, "get") !== Signer.owner;
  }

  start(now: number): void {
    if (this.#office.holds()) {
      this.#ownAsked = true;
      for (const wants of chunks(this.#wants)) this.#send(undefined, wants, now);
    }
    this.#office.finder.want(this.#opened.address, AGE_MS, now, (members, then) => {
      this.#round = new Round(members);
      this.#pump(then);
    });
  }

  #pump(now: number): void {
    const round = this.#round;
    if (round === undefined || (this.#ownAsked && !this.#ownHeard)) return;
    if (!isOurs(this.#reason)) {
      for (const [member, wants] of this.#plan(round)) {
        for (const chunk of chunks(wants)) this.#send(member, chunk, now);
      }
    }
    if (this.#errands > 0) return;
    const { desk, over } = this.#office;
    if (this.#answered.size > 0 || this.#found()) desk.emit({ type: "done", call: this.#call, value: this.#value() });
    else {
      const sentence = "None of the nodes that would hold this address answered.";
      desk.emit({ type: "failed", call: this.#call, code: this.#reason, sentence });
    }
    over(this.#call);
  }

  /** Whom to ask for which tags now. */
  #plan(round: Round): Map<Member, Want[]> {
    const plan = new Map<Member, Want[]>();
    const open = this.#wants.filter((want) => want.out === 0 && !this.#isSettled(want));
    for (const [at, want] of open.entries()) {
      const listed = this.#office.finder.listers(this.#opened.address, want.tag);
      const untried = round.members.filter(({ key }) => !want.tried.has(key));
      const listers = untried.filter(({ key }) => listed.has(key));
      const lister = listers[Math.floor(at / TAGS) % Math.max(1, listers.length)];
      // Not listed: an anchor and another, then all that are left at once, so that nothing costs more than three turns.
      const chosen = lister !== undefined ? [lister] : untried.slice(0, want.tried.size === 0 ? 2 : undefined);
      for (const member of chosen) plan.set(member, [...(plan.get(member) ?? []), want]);
    }
    return plan;
  }

  #send(member: Member | undefined, wants: Want[], now: number): void {
    const { desk } = this.#office;
    const errand: Errand = { member, wants, answers: 0 };
    this.#errands += 1;
    for (const want of wants) {
      want.out += 1;
      if (member !== undefined) want.tried.add(member.key);
    }
    const asker: Asker = {
      address: this.#opened.address,
      lane: "read",
      heard: (flight, answer, then) => this.#heard(errand, flight, answer, then),
      silent: (_flight, reason, then) => this.#silent(errand, reason, then),
      lost: (_flight, then) => this.#end(errand, then),
    };
    const { place } = this.#opened;
    const tags = wants.map(({ tag }) => tag);
    const avoid = this.#round?.members.map(({ contact }) => contact.nodeId) ?? [];
    desk.ask(
      {
        asker,
        member,
        open: true,
        avoid,
        build: (innerId: Uint8Array, holder: NodeId, sent: number) => {
          const signed = signRead(desk.context, this.#opened, "get", holder, innerId, sent);
          return { op: "get", innerId, place, sent, tags, ...signed };
        },
      },
      now,
    );
  }

  #heard(errand: Errand, flight: Flight, { code, body }: Answer, now: number): void {
    const { member } = errand;
    errand.answers += 1;
    const isGood = code === AnswerCode.ok && this.#take(errand, body);
    if (isGood && member !== undefined) this.#answered.add(member.key);
    if (!isGood && member !== undefined) this.#round?.leave(member);
    const isLast = code !== AnswerCode.ok || !("left" in body) || body.left === 0 || errand.answers >= ANSWERS;
    if (!isLast) return;
    this.#office.desk.release(flight, now);
    this.#end(errand, now);
  }
  #silent(errand: Errand, reason: FaultCode, now: number): void {
    const { member } = errand;
    if (member !== undefined) {
      this.#reason = reason;
      this.#round?.leave(member);
      if (!isOurs(reason) && errand.answers === 0) this.#office.finder.silent(this.#opened.address, member);
    }
    this.#end(errand, now);
  }
  #end(errand: Errand, now: number): void {
    this.#errands -= 1;
    for (const want of errand.wants) want.out -= 1;
    if (errand.member === undefined) this.#ownHeard = this.#wants.every(({ out }) => out === 0);
    this.#pump(now);
  }

  /** False for anything that a holder could not have been given by an author or owner. */
  #take(errand: Errand, body: AnswerBody): boolean {
    const isGood = this.#check(errand, body);
    if (!isGood) this.#office.desk.count("mailbox.lied");
    return isGood;
  }
  #check({ wants, member }: Errand, body: AnswerBody): boolean {
    const { core, network } = this.#office.desk.context;
    const { box, address } = this.#opened;
    const wanted = (tag: Uint8Array): Want | undefined => wants.find((want) => equal(want.tag, tag));
    if (body.kind === "missing") {
      const want = wanted(body.tag);
      // In an inbox a stronger stamp may have come between listing and fetching.
      const isPhantom = want !== undefined && member !== undefined && box.kind !== PlaceKind.inbox;
      if (isPhantom && this.#office.finder.missed(address, member, want.tag)) {
        this.#office.desk.count("mailbox.phantom");
      }
      return want !== undefined;
    }
    if (body.kind === "cell") {
      const { cell, signer, sig, stamp } = body;
      const want = isCellSize(cell.length) ? wanted(tagOf(cell)) : undefined;
      if (want === undefined || !core.decode("cellHeader", cell.subarray(0, HEADER_BYTES)).ok) return false;
      const hash = cellHash(core, cell);
      const stampBits = core.stampBits(network, address, tagOf(cell), hash, stamp);
      if (box.kind === PlaceKind.inbox) {
        if (signer !== Signer.none || stampBits < priceAt(box.kind, cell.length)) return false;
      } else {
        const pk = authorityOf(box, signer)?.pk;
        if (pk === undefined || !core.verify(pk, sig, "put", network, putBytes(address, hash))) return false;
      }
      want.cells.set(hex(hash), { cell, signer, stampBits });
      return true;
    }
    if (body.kind !== "tombstone") return false;
    const { header, reason } = body;
    const want = wanted(tagOf(header));
    if (want === undefined || !provesDeletion(this.#office.desk.context, this.#opened, body)) return false;
    this.#office.proved.add(address, header);
    want.tombstones.set(hex(header), { header, reason });
    return true;
  }

  #isSettled({ cells, tombstones }: Want): boolean {
    if (tombstones.size > 0) return true;
    return this.#ownerOnly ? [...cells.values()].some(({ signer }) => signer === Signer.owner) : cells.size > 0;
  }
  #found(): boolean {
    return this.#ownHeard && this.#wants.some(({ cells, tombstones }) => cells.size > 0 || tombstones.size > 0);
  }
  #value(): Fetched {
    const cells = this.#wants.flatMap((want) => {
      const ofOwnerFirst = [...want.cells.values()].sort((a, b) => b.signer - a.signer || b.stampBits - a.stampBits);
      return ofOwnerFirst.slice(0, PER_TAG);
    });
    const tombstones = this.#wants.flatMap((want) => [...want.tombstones.values()].slice(0, PER_TAG));
    const missing = this.#wants.filter((want) => want.cells.size + want.tombstones.size === 0).map(({ tag }) => tag);
    // Our own store is a holder, too, where it has what was asked for.
    return { cells, tombstones, missing, answered: Math.max(this.#answered.size, this.#found() ? 1 : 0) };
  }
}

const chunks = (wants: readonly Want[]): Want[][] =>
  Array.from({ length: Math.ceil(wants.length / TAGS) }, (_, at) => wants.slice(at * TAGS, (at + 1) * TAGS));
