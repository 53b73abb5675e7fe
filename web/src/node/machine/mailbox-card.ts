/**
 * GET of a card (protocol.md §10): from all eight holders, or an anchor and another, without a signature; every card whose
 * Ed25519 signature holds is handed on, since only the reader can check the other one.
 */
import type { Fetched } from "../api.ts";
import { hex } from "../bytes.ts";
import { type Answer, AnswerCode, type NodeId, type Request, Signer } from "../messages.ts";
import { cellHash, tagOf } from "./cells.ts";
import { below } from "./chance.ts";
import { CARDS_KEPT, checkCard } from "./holder-card.ts";
import { type Opened, signRead } from "./mailbox-box.ts";
import type { Flight } from "./mailbox-desk.ts";
import type { Member } from "./mailbox-members.ts";
import type { Round } from "./mailbox-round.ts";
import { type Office, SweepJob, type Verdict } from "./mailbox-sweep.ts";

/** Candidates may be this old, ms. */
const AGE_MS = 10 * 60_000;

export class CardJob extends SweepJob {
  readonly lane = "read";
  readonly #cells = new Map<string, Fetched["cells"][number]>();
  /** Answers of each flight: a holder has two cards to give. */
  readonly #answers = new Map<number, number>();
  readonly #breadth: "two" | "all";
  #ownHeard = false;

  constructor(office: Office, call: number, opened: Opened, breadth: "two" | "all") {
    super(office, call, opened);
    this.#breadth = breadth;
  }
  start(now: number): void {
    this.askOwn(now);
    this.find(AGE_MS, now);
  }

  protected override get isOpen(): boolean {
    return true;
  }
  protected override get suffices(): boolean {
    return this.#ownHeard;
  }
  /** Of two, another two each time: no holder that keeps an old card stands before the others for good. */
  protected override next(round: Round): Member[] {
    if (this.#breadth === "all") return round.unasked;
    const { anchors, others } = round.set;
    const asked = (from: readonly Member[]): Member | undefined => {
      const left = from.filter((member) => round.unasked.includes(member));
      return left[below(this.office.desk.context.random, left.length)];
    };
    const first = [asked(anchors), asked(others)].filter((member) => member !== undefined);
    const more = round.unasked.filter((member) => !first.includes(member));
    return [...first, ...more].slice(0, Math.max(0, 2 - round.pending - round.alive));
  }
  protected request(innerId: Uint8Array, holder: NodeId, sent: number): Request {
    const signed = signRead(this.office.desk.context, this.opened, "get", holder, innerId, sent);
    return { op: "get", innerId, place: this.opened.place, sent, tags: [], ...signed };
  }

  protected take(member: Member | undefined, { code, body }: Answer, flight: Flight, now: number): Verdict {
    if (code !== AnswerCode.ok) return "unfit";
    if (member === undefined) this.#ownHeard = true;
    const answers = (this.#answers.get(flight.ask) ?? 0) + 1;
    this.#answers.set(flight.ask, answers);
    if (body.kind === "missing") return "member";
    if (body.kind !== "cell" || answers > CARDS_KEPT) return "unfit";
    const { core, network, time } = this.office.desk.context;
    const card = checkCard(core, network, this.address, body.cell, time.network(now));
    if ("refused" in card) {
      this.office.desk.count("mailbox.lied");
      return "unfit";
    }
    const { cell, stamp } = body;
    const hash = cellHash(core, cell);
    const stampBits = core.stampBits(network, this.address, tagOf(cell), hash, stamp);
    this.#cells.set(hex(hash), { cell, signer: Signer.none, stampBits });
    return "member";
  }
  /** A holder has two cards; whatever it says is left, a third answer is not waited for. */
  protected override landed(flight: Flight, answer: Answer): boolean {
    if (!super.landed(flight, answer) && (this.#answers.get(flight.ask) ?? 0) < CARDS_KEPT) return false;
    this.#answers.delete(flight.ask);
    return true;
  }
  protected value(round: Round): Fetched {
    return { cells: [...this.#cells.values()], tombstones: [], missing: [], answered: round.heard };
  }
}
