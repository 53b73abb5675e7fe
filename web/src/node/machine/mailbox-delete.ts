/** DELETE (protocol.md §7): the owner's signature over the header, made once, shown to all eight holders of the address. */
import { type Answer, AnswerCode, type Request } from "../messages.ts";
import type { Opened } from "./mailbox-box.ts";
import type { Member } from "./mailbox-members.ts";
import type { Round } from "./mailbox-round.ts";
import { type Office, SweepJob, type Verdict } from "./mailbox-sweep.ts";

/** Candidates may be this old, ms. */
const AGE_MS = 10 * 60_000;

export class DeleteJob extends SweepJob {
  readonly lane = "put";
  readonly #header: Uint8Array;
  readonly #reason: number;
  readonly #sig: Uint8Array;
  readonly #ended = new Set<string>();

  /** `sig` as `signDelete` gave it. */
  constructor(office: Office, call: number, opened: Opened, header: Uint8Array, reason: number, sig: Uint8Array) {
    super(office, call, opened);
    this.#header = header;
    this.#reason = reason;
    this.#sig = sig;
  }
  start(now: number): void {
    this.office.proved.add(this.address, this.#header);
    this.askOwn(now);
    this.find(AGE_MS, now);
  }

  protected request(innerId: Uint8Array): Request {
    const { place } = this.opened;
    return { op: "delete", innerId, place, header: this.#header, reason: this.#reason, sig: this.#sig };
  }
  protected take(member: Member | undefined, { code }: Answer): Verdict {
    // Past is as good as deleted: the holder drops it by itself.
    const isEnded = code === AnswerCode.ok || code === AnswerCode.past;
    if (member !== undefined && isEnded) this.#ended.add(member.key);
    return "member";
  }
  protected value(round: Round): { answered: number; of: number } {
    return { answered: this.#ended.size, of: this.office.finder.of(this.address, round.alive) };
  }
}
