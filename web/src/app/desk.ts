/**
 * The leader's side of the app: the chats and the node of a profile, and one view of them for each of its tabs. The node
 * starts with the first tab, so that its proof of work is done while a name is being typed.
 * Not here: what one tab looks at (desk-view.ts), how tabs join (app.ts, tabs.ts).
 */
import type { Chat } from "#chat/driver/chat.ts";
import type { Node } from "#node/api.ts";
import type { Limits } from "#node/limits.ts";
import type { AppState } from "./api.ts";
import { brokenBy, ofDisk } from "./broken.ts";
import type { Session } from "./commands.ts";
import { DeskView } from "./desk-view.ts";
import type { Host } from "./host.ts";
import type { News, Screen } from "./notices.ts";
import type { Run } from "./run.ts";
import { expecting } from "./told.ts";

const SLOW_MS = 1_000; // work that takes longer shows its progress
const ROUND_MS = 5_000;
const FRAME_MS = 16;
/** A node that did not come is tried again so soon: meanwhile the history can be read. Tier 3. */
const AGAIN_MS = 60_000;
/** A node that just came has links to make before it goes again. Tier 3. */
const SETTLED_MS = 60_000;

export class Desk implements Run {
  readonly host: Host;
  chat: Chat | undefined;
  node: Node | undefined;
  /** ms since when the node may be expected to have links. */
  started = 0;
  /** The identity is being made: no second time, and the screen says so. */
  beginning = false;
  /** 0 … 1 of the expected work, once it takes longer than a second. */
  work: number | undefined;
  /** 0 … 1 of what an older version stored, while that is brought into the form of this one. */
  moving: number | undefined;
  /** What ends the run: nothing of it can be shown any more. */
  over: AppState | undefined;
  /** Resolves when `open` is through, whatever came of it: what is asked before waits for it. */
  readonly opened: Promise<void>;
  #opening: () => void = () => undefined;
  #closed = false;
  readonly #views = new Set<DeskView>();
  #ends: (() => void)[] = [];
  #due = false;
  #drawn = 0;
  /** Limits of this device where the person chose none. */
  #defaults: Partial<Limits> | undefined;

  constructor(host: Host) {
    this.host = host;
    this.opened = new Promise((done) => {
      this.#opening = done;
    });
  }

  /** Opens the chats; the node follows by itself. */
  async open(): Promise<void> {
    try {
      const chat = await this.host.openChat(
        () => this.changed(),
        (news) => this.#arrived(news),
        (part) => {
          this.moving = part;
          this.changed();
        },
      );
      this.moving = undefined;
      if (this.#closed) return await chat.close();
      this.chat = chat;
      this.#ends.push(this.host.every(ROUND_MS, () => this.#round()));
      if (chat.me !== undefined) this.host.device.markIdentity();
      this.changed();
      void this.#bringNode(chat);
    } catch (error) {
      if (this.#closed) return;
      expecting("start", "storage-full", "storage-gone", "unsupported")(error);
      this.stop({ phase: "broken", fault: brokenBy(error) });
    } finally {
      this.#opening();
    }
  }

  #bringing = false;
  async #bringNode(chat: Chat): Promise<void> {
    this.#bringing = true;
    try {
      await this.#startNode(chat);
    } catch (error) {
      if (this.#closed) return;
      if (ofDisk(error)) this.stop({ phase: "broken", fault: brokenBy(error) });
      else console.error(error);
    } finally {
      this.#bringing = false;
    }
  }
  async #startNode(chat: Chat): Promise<void> {
    const began = Date.now();
    this.started = began;
    const node = await this.host.startNode(chat, (tried, expected) => {
      if (Date.now() - began < SLOW_MS) return;
      this.work = Math.min(0.99, tried / expected);
      this.changed();
    });
    this.work = undefined;
    this.started = Date.now();
    if (this.#closed) return void node.close();
    this.node = node;
    const { linksMax, linksWanted, storeBytes, bytesPerSecond } = node.stats().limits;
    this.#defaults ??= { linksMax, linksWanted, storeBytes, bytesPerSecond };
    node.on("links", () => this.changed());
    node.on("skew", () => this.changed());
    this.applyPrefs();
    chat.attach(node);
    for (const view of this.#views) view.attached();
    this.changed();
    void this.host.prepareKeys(chat.mustChangeNodeKey).catch(expecting("keys", "closed", "cancelled")); // tried again at the next start
  }

  /** What the person allows the node. */
  applyPrefs(): void {
    const { caps = {}, paused } = this.chat?.prefs ?? { paused: false };
    const chosen = Object.entries(caps).filter(([, cap]) => cap !== undefined);
    this.node?.setLimits({ ...this.#defaults, ...Object.fromEntries(chosen) });
    this.node?.pause(paused);
  }

  async looks(view: Session): Promise<void> {
    // The one that was turned to last is the last of all.
    for (const known of [...this.#views]) if (known === view && this.#views.delete(known)) this.#views.add(known);
    await this.#tellLooks();
  }
  /** Chats that were last told to be looked at. */
  #looked = "[]";
  /** Which chats stand on screens that somebody sees, told to the driver when it has changed. */
  async #tellLooks(): Promise<void> {
    const seen = [...this.#views].filter(({ visible }) => visible).reverse();
    const [open, ...others] = new Set(seen.flatMap(({ screen }) => screen.chat ?? []));
    const looked = JSON.stringify(open === undefined ? [] : [open, ...others]);
    if (this.chat === undefined || looked === this.#looked) return;
    this.#looked = looked;
    await this.chat.openChat(open, others);
  }

  /** One tab's view; `changed` is called with each new state. */
  view(changed: (state: AppState) => void): DeskView {
    const view = new DeskView(this, changed, () => {
      this.#views.delete(view);
      void this.#tellLooks();
    });
    this.#views.add(view);
    return view;
  }
  wake(): void {
    this.node?.wake();
    this.changed();
  }

  /** Every view is drawn anew: at once after a while of rest, then once a frame. */
  changed(): void {
    if (this.#due) return;
    this.#due = true;
    const draw = (): void => {
      this.#due = false;
      this.#drawn = Date.now();
      if (this.chat?.storageGone === true) this.stop({ phase: "broken", fault: "storage-gone" });
      for (const view of this.#views) void view.refresh();
      this.#badge();
    };
    if (Math.abs(Date.now() - this.#drawn) > FRAME_MS) queueMicrotask(draw);
    else this.host.frame(draw);
  }

  #badged: number | undefined;
  /** The icon's number, when it is another; the page is drawn first. */
  #badge(): void {
    const unread = this.chat?.unread ?? 0;
    if (unread === this.#badged) return;
    this.#badged = unread;
    this.host.frame(() => this.host.device.badge(unread));
  }

  /** What no person has before their eyes is told by a notice. */
  #arrived(news: readonly News[]): void {
    const screens: Screen[] = [...this.#views].filter(({ visible }) => visible).map(({ screen }) => screen);
    const prefs = this.chat?.prefs;
    if (prefs !== undefined) this.host.device.notify(news, prefs, screens);
  }

  #round(): void {
    this.changed();
    void this.#tellLooks(); // a tab that crashed is seen no more
    const { chat, node } = this;
    if (chat === undefined) return;
    const gone = node === undefined && !this.#bringing && !this.#changing;
    if (gone && Date.now() - this.started > AGAIN_MS) void this.#bringNode(chat);
    const settled = Date.now() - this.started > SETTLED_MS;
    // Another node under the present key may keep this one out: then nothing is in the way of a new one.
    const free = chat.idle || node?.online() === false;
    if (chat.mustChangeNodeKey && node !== undefined && settled && free) {
      void this.#changeNodeKey(chat).catch(expecting("node key", "closed", "cancelled"));
    }
  }
  async renewNode(): Promise<void> {
    const { chat } = this;
    if (chat?.mustChangeNodeKey === true) await this.#changeNodeKey(chat);
  }
  #changing = false;
  /** Somebody who knows our node was blocked, or it runs twice: it comes back under another key. */
  async #changeNodeKey(chat: Chat): Promise<void> {
    if (this.#changing) return;
    this.#changing = true;
    try {
      await this.host.prepareKeys(true);
      await this.node?.close();
      this.node = undefined;
      chat.detach();
      await chat.nodeKeyChanged();
      await this.#bringNode(chat);
    } finally {
      this.#changing = false;
    }
  }

  /** Ends the run with a last state. */
  stop(state: AppState): void {
    this.over = state;
    void this.close();
    this.chat = undefined;
    this.node = undefined;
    for (const view of [...this.#views]) void view.refresh(); // all of them: the leading tab's ends the others when told
  }
  /** Says goodbye and ends the run in order, as far as there is time for it. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const end of this.#ends.splice(0)) end();
    await Promise.all([this.chat?.close().catch(expecting("close", "storage-full")), this.node?.close()]);
  }
}
