/** The invite that one tab has opened: looked up with patience, since a node that just started has no link yet. */
import { toHex } from "#chat/bytes.ts";
import type { Looked } from "#chat/driver/chat.ts";
import type { InviteFault, InvitePreview } from "./api.ts";
import type { Host } from "./host.ts";
import { shownName } from "./names.ts";
import type { Run } from "./run.ts";

/** Without a link for longer, the person is told. */
export const JOINING_MS = 10_000;
const LINK_MS = 500;
/** An invite that nobody knows is looked up again so often, so far apart, before the person is told. */
const LOOKS = 3;
const LOOK_AGAIN_MS = 1_500;
/** A look later may find more. */
const VAGUE: readonly InviteFault[] = ["unreachable", "not-found", "failed"];

interface Opened {
  link: string;
  view: InvitePreview;
  found?: Extract<Looked, { kind: "found" }>;
}

export class Preview {
  readonly #desk: Run;
  #opened: Opened | undefined;

  constructor(desk: Run) {
    this.#desk = desk;
  }
  get view(): InvitePreview | undefined {
    return this.#opened?.view;
  }
  get found(): Opened["found"] {
    return this.#opened?.found;
  }

  async open(link: string): Promise<void> {
    this.#opened = { view: { kind: "looking" }, link };
    this.#desk.changed();
    await this.#lookUp();
  }
  close(): void {
    this.#opened = undefined;
    this.#desk.changed();
  }
  /** The network is there: an invite that waited for it is looked up. */
  async attached(): Promise<void> {
    if (this.view?.kind === "looking") await this.#lookUp();
  }

  async #lookUp(): Promise<void> {
    const opened = this.#opened;
    const { chat } = this.#desk;
    if (opened === undefined || chat === undefined) return;
    const read = chat.readLink(opened.link);
    const { known } = read;
    if (known?.through) return this.#set({ ...opened, view: { kind: "known", chat: known.chat } });
    if (read.ok && this.#desk.node === undefined) return;
    const looked = read.ok
      ? await this.#patiently(() => chat.lookUp(opened.link))
      : ({ kind: "fault", fault: read.fault } as const);
    if (this.#opened !== opened) return;
    if (known !== undefined && isUsed(looked)) this.#set({ ...opened, view: { kind: "known", chat: known.chat } });
    else if (looked.kind === "fault") this.#set({ ...opened, view: looked });
    else {
      const view = {
        kind: "found",
        name: shownName(looked.name),
        identity: toHex(looked.link.identityId),
        ends: looked.ends,
      } as const;
      this.#set({ ...opened, found: looked, view });
    }
  }
  #set(opened: Opened): void {
    this.#opened = opened;
    this.#desk.changed();
  }
  async #patiently(look: () => Promise<Looked>): Promise<Looked> {
    const { host } = this.#desk;
    for (let waited = 0; waited < JOINING_MS * 3 && !this.#desk.node?.online(); waited += LINK_MS) {
      await pause(host, LINK_MS);
    }
    for (let tries = 0; ; tries++) {
      const looked = await look();
      const vague = looked.kind === "fault" && VAGUE.includes(looked.fault);
      if (!vague || tries === LOOKS) return looked;
      await pause(host, LOOK_AGAIN_MS);
    }
  }
}

/** Over, as far as the network says: whoever has the chat has most likely used it. */
function isUsed(looked: Looked): boolean {
  if (looked.kind === "found") return "card" in looked.to;
  return ["used", "expired", "revoked", "not-found"].includes(looked.fault);
}

export function pause(host: Host, ms: number): Promise<void> {
  return new Promise((done) => {
    const end = host.every(ms, () => {
      end();
      done();
    });
  });
}
