/**
 * The mailbox of this node's own person (protocol.md §7, the author's and reader's side): put, list, get, have, watch and
 * delete, each a job over the holders of one address. Not here: keeping cells (holder*.ts), how a request travels (ask),
 * what is in a cell (#chat).
 *
 * 1. Every call ends with one `done` or `failed`; a watch with `unwatch`.
 * 2. Nothing is handed out or counted that no signature proves; listings and notices are hints.
 * 3. Jobs, watches, waiting requests and requests in flight are bounded; beyond that a call fails as busy or limit.
 */
import type { FaultCode } from "../errors.ts";
import type { Command, Effect, Input } from "../event.ts";
import { PlaceKind } from "../messages.ts";
import { HEADER_BYTES, HIGHEST_PRICE, isCellSize, TAG_BYTES } from "./cells.ts";
import type { Machine } from "./machine.ts";
import { openBox, signDelete } from "./mailbox-box.ts";
import { CardJob } from "./mailbox-card.ts";
import { DeleteJob } from "./mailbox-delete.ts";
import { Desk, type MailboxContext } from "./mailbox-desk.ts";
import { Finder, type MailboxView } from "./mailbox-finder.ts";
import { GetJob } from "./mailbox-get.ts";
import { HaveJob, ListJob } from "./mailbox-list.ts";
import { ProvedDeletions } from "./mailbox-proof.ts";
import { PutJob } from "./mailbox-put.ts";
import { mayRead, type Office } from "./mailbox-sweep.ts";
import { WATCH_TIMER, WatchJob } from "./mailbox-watch.ts";

export type { MailboxContext, MailboxView };

type Call = Extract<Command, { type: "put" | "list" | "get" | "have" | "watch" | "delete" }>;
type Job = PutJob | ListJob | HaveJob | GetJob | CardJob | DeleteJob;

const JOBS = 128;
/** By recency; the rest are listed every 10 minutes by whoever calls. */
const WATCHES = 64;
/** Tags of one call. */
const TAGS = 1_024;

const FAULTS = {
  malformed: "The box, cell, header or price is not one that a holder takes.",
  refused: "The caller does not hold the key that this needs.",
  busy: "Too many calls wait; try again when one finished.",
  limit: "No more than 64 boxes are watched at a time.",
} as const satisfies Partial<Record<FaultCode, string>>;
type Flaw = keyof typeof FAULTS;

export class Mailbox implements Machine {
  readonly name = "mailbox";
  readonly hears = [
    "put",
    "list",
    "get",
    "have",
    "watch",
    "unwatch",
    "delete",
    "asked",
    "found",
    "askFailed",
    "askLost",
    "solved",
    "linkUp",
    "slept",
  ] as const;
  readonly #desk: Desk;
  readonly #finder: Finder;
  readonly #office: Office;
  readonly #jobs = new Map<number, Job>();
  readonly #watches = new Map<number, WatchJob>();

  constructor(context: MailboxContext, view: MailboxView) {
    this.#desk = new Desk(context);
    this.#finder = new Finder(this.#desk, view);
    this.#office = {
      desk: this.#desk,
      finder: this.#finder,
      proved: new ProvedDeletions(),
      holds: () => view.holds(),
      over: (call) => void this.#jobs.delete(call),
    };
  }

  /** Each anchor's share of the addresses we used lately, 0 … 1, by NodeID in hex. */
  anchorShares(): Record<string, number> {
    return this.#finder.anchorShares();
  }

  step(input: Input, now: number): readonly Effect[] {
    switch (input.type) {
      case "put":
      case "list":
      case "get":
      case "have":
      case "watch":
      case "delete":
        this.#open(input, now);
        break;
      case "unwatch":
        this.#watches.get(input.call)?.close(now);
        this.#watches.delete(input.call);
        break;
      case "asked":
      case "found":
      case "askFailed":
      case "askLost":
        if (!this.#finder.output(input, now)) this.#desk.output(input, now);
        break;
      case "solved":
        for (const job of this.#jobs.values())
          if (job instanceof PutJob && job.solved(input.solve, input.nonce, now)) break;
        break;
      case "linkUp":
        for (const watch of this.#watches.values()) watch.returned(now);
        break;
      case "slept":
        for (const watch of this.#watches.values()) watch.slept(now);
        break;
      case "timer":
        this.#timer(input.timer, now);
        break;
      default:
        break;
    }
    return this.#desk.flush();
  }

  #timer(timer: string, now: number): void {
    if (this.#finder.timer(timer, now) || this.#desk.timer(timer, now)) return;
    if (timer.startsWith(WATCH_TIMER)) this.#watches.get(Number(timer.slice(WATCH_TIMER.length)))?.due(now);
  }

  #open(command: Call, now: number): void {
    const { call } = command;
    if (command.type === "watch" ? this.#watches.size >= WATCHES : this.#jobs.size >= JOBS) {
      this.#refuse(call, command.type === "watch" ? "limit" : "busy");
      return;
    }
    const job = this.#job(command);
    if (typeof job === "string") {
      this.#refuse(call, job);
      return;
    }
    if (job instanceof WatchJob) this.#watches.set(call, job);
    else this.#jobs.set(call, job);
    job.start(now);
  }

  #job(command: Call): Job | WatchJob | Flaw {
    const office = this.#office;
    const { call } = command;
    const opened = openBox(this.#desk.context, command.box);
    if (opened === undefined) return "malformed";
    switch (command.type) {
      case "put": {
        const { cell, signer, stampBits } = command;
        const isPayable = Number.isInteger(stampBits) && stampBits >= 0 && stampBits <= HIGHEST_PRICE;
        if (!isCellSize(cell.length) || !isPayable) return "malformed";
        const signed = PutJob.sign(office, opened, cell, signer);
        return signed ? new PutJob(office, call, opened, cell, signed, stampBits) : "refused";
      }
      case "list":
        return mayRead(opened, "list") ? new ListJob(office, call, opened, { breadth: "all", ...command }) : "refused";
      case "watch":
        return mayRead(opened, "watch") ? new WatchJob(office, call, opened) : "refused";
      case "get":
        if (command.box.kind === PlaceKind.card) return new CardJob(office, call, opened, command.breadth ?? "all");
        if (
          command.tags.length === 0 ||
          command.tags.length > TAGS ||
          command.tags.some((tag) => tag.length !== TAG_BYTES)
        )
          return "malformed";
        return mayRead(opened, "get") ? new GetJob(office, call, opened, command.tags) : "refused";
      case "have":
        if (command.tag.length !== TAG_BYTES || command.hash.length !== 32) return "malformed";
        return new HaveJob(office, call, opened, command);
      case "delete": {
        const { header, reason } = command;
        if (header.length !== HEADER_BYTES) return "malformed";
        const sig = signDelete(this.#desk.context, opened, header, reason);
        return sig ? new DeleteJob(office, call, opened, header, reason, sig) : "refused";
      }
    }
  }

  #refuse(call: number, code: Flaw): void {
    this.#desk.emit({ type: "failed", call, code, sentence: FAULTS[code] });
  }
}
