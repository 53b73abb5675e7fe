/** LIST and HAVE: what the holders of an address say of its cells. The union is taken; copies are counted by holder. */
import type { Listed } from "../api.ts";
import { hex } from "../bytes.ts";
import { type Answer, AnswerCode, type CellHeader, CellState, type NodeId, type Request } from "../messages.ts";
import type { Core } from "../ports.ts";
import { HEADER_BYTES } from "./cells.ts";
import { listRequest, type Opened } from "./mailbox-box.ts";
import type { Member } from "./mailbox-members.ts";
import type { Round } from "./mailbox-round.ts";
import { type Office, SweepJob, type Verdict } from "./mailbox-sweep.ts";

/** Candidates may be this old, ms. */
const AGE_MS = 10 * 60_000;
/** More than this no holder keeps at one address. */
const ENTRIES = 512;
/** Of all holders together, a lying one included. */
const ROWS = 4 * ENTRIES;

interface Row {
  header: Uint8Array;
  parsed: CellHeader;
  held: Set<string>;
  deleted: Set<string>;
}

/** The union of listings. Holders are named by key; our own counts for nothing but that the entry is there. */
export class Listing {
  readonly #rows = new Map<string, Row>();

  /** Headers that were not known as held before. */
  add(core: Core, member: Member | undefined, entries: readonly { header: Uint8Array; state: number }[]): Uint8Array[] {
    const news: Uint8Array[] = [];
    for (const { header, state } of entries.slice(0, ENTRIES)) {
      const name = hex(header);
      const row = this.#rows.get(name) ?? (this.#rows.size < ROWS ? this.#row(core, header) : undefined);
      if (row === undefined || (state !== CellState.held && state !== CellState.deleted)) continue;
      if (!this.#rows.has(name) && state === CellState.held) news.push(row.header);
      this.#rows.set(name, row);
      if (member !== undefined) (state === CellState.held ? row.held : row.deleted).add(member.key);
    }
    return news;
  }

  entries(): Listed["entries"] {
    return [...this.#rows.values()].map(({ header, parsed, held, deleted }) => ({
      header,
      parsed,
      held: held.size,
      deleted: deleted.size,
    }));
  }

  #row(core: Core, bytes: Uint8Array): Row | undefined {
    const decoded = bytes.length === HEADER_BYTES ? core.decode("cellHeader", bytes) : undefined;
    if (!decoded?.ok) return undefined;
    return { header: bytes.slice(), parsed: decoded.value, held: new Set(), deleted: new Set() };
  }
}

export class ListJob extends SweepJob {
  readonly lane = "read";
  readonly #breadth: "two" | "all";
  readonly #listing = new Listing();
  #ownHeard = false;

  constructor(office: Office, call: number, opened: Opened, breadth: "two" | "all") {
    super(office, call, opened);
    this.#breadth = breadth;
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
      entries: this.#listing.entries(),
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
  readonly #held = new Set<string>();
  readonly #deleted = new Set<string>();

  constructor(office: Office, call: number, opened: Opened, tag: Uint8Array, hash: Uint8Array) {
    super(office, call, opened);
    this.#tag = tag;
    this.#hash = hash;
  }
  start(now: number): void {
    this.find(AGE_MS, now);
  }

  protected request(innerId: Uint8Array): Request {
    return { op: "have", innerId, place: this.opened.place, tag: this.#tag, hash: this.#hash };
  }
  protected take(member: Member | undefined, { code, body }: Answer): Verdict {
    if (member === undefined || code !== AnswerCode.ok || body.kind !== "state") return "unfit";
    if (body.state === CellState.held) this.#held.add(member.key);
    if (body.state === CellState.deleted) this.#deleted.add(member.key);
    return "member";
  }
  protected value(round: Round): { held: number; deleted: number; of: number } {
    const of = this.office.finder.of(this.address, round.alive);
    return { held: this.#held.size, deleted: this.#deleted.size, of };
  }
}
