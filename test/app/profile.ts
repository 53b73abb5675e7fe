/**
 * A profile with several tabs, in fake time: the app itself in each, over a lock, a channel between tabs and a disk that
 * fences as the real ones do. A tab can be closed, crash, freeze and wake. Not here: chats and a node that do anything.
 */
import { vi } from "vitest";
import type { ReadyState } from "#app/api.ts";
import { NodusApp } from "#app/app.ts";
import type { Left } from "#app/commands.ts";
import type { Device } from "#app/device.ts";
import type { Host } from "#app/host.ts";
import type { Screen } from "#app/notices.ts";
import type { Chat, Looked } from "#chat/driver/chat.ts";
import type { ChatState, TextRecord } from "#chat/driver/records.ts";
import type { Node } from "#node/api.ts";
import { Fault } from "#node/errors.ts";

export const FRIEND = "ab".repeat(16);
const MESSAGE_MS = 1;
const DISK_MS = 2;
const KEYS_MS = 500;

type Heard = (message: unknown) => void;
interface Waiting {
  tab: Tab;
  granted: () => void;
}

/** What the tabs share. */
export class Profile {
  readonly tabs: Tab[] = [];
  ids = 0;
  readonly disk = {
    epoch: 0,
    me: true,
    texts: [] as TextRecord[],
    drafts: new Map<string, string>(),
    invites: 0,
    gone: false,
    /** The profile runs somewhere else. */
    elsewhere: false,
    /** A new node key is due. */
    nodeKeyDue: false,
    /** Ids of first texts that answered an invite. */
    answers: [] as string[],
  };
  /** What closed tabs left behind, held outside of all. */
  readonly left: Left[] = [];
  /** Time until it is handed out. */
  leftMs = 0;
  /** Time until a leader has its epoch, and until it has read the chats. */
  raiseMs = 10;
  openMs = 300;
  /** Portions of what an older version stored. */
  moves = 0;
  /** Nothing can be written any more. */
  diskBroken = false;
  #holder: Tab | undefined;
  #waiting: Waiting[] = [];

  /** `kept`: what this tab had before a reload. */
  async open(link?: string, kept?: string): Promise<Tab> {
    const tab = new Tab(this);
    tab.keptInvite = kept;
    this.tabs.push(tab);
    await tab.app.start(link);
    return tab;
  }
  /** Those that run and believe to lead. */
  get leaders(): Tab[] {
    return this.tabs.filter((tab) => tab.awake && tab.ready?.leads === true);
  }
  /** Nodes that run, in all tabs. */
  get nodes(): number {
    return this.tabs.reduce((sum, tab) => sum + (tab.alive ? tab.nodes : 0), 0);
  }
  say(from: Tab, message: unknown): void {
    const copy = structuredClone(message);
    for (const tab of this.tabs) if (tab !== from) setTimeout(() => tab.hear(copy), MESSAGE_MS);
  }

  async lead(tab: Tab, how: "now" | "wait" | "steal", stop: AbortSignal): Promise<number | "held"> {
    if (how === "now" && this.#holder !== undefined) return "held";
    if (how === "wait" && this.#holder !== undefined) {
      await new Promise<void>((granted, refused) => {
        const one = { tab, granted };
        this.#waiting.push(one);
        stop.addEventListener("abort", () => {
          this.#waiting = this.#waiting.filter((other) => other !== one);
          refused(new Error("aborted"));
        });
      });
    }
    const before = this.#holder;
    this.#holder = tab;
    if (before !== undefined && before !== tab) before.soon(() => before.lose());
    await pass(this.raiseMs);
    if (this.diskBroken) {
      this.release(tab);
      throw new Fault("storage-broken", "The browser's database failed.");
    }
    if (this.#holder !== tab) throw new Error("stolen");
    this.disk.epoch += 1;
    tab.epoch = this.disk.epoch;
    return tab.epoch;
  }
  release(tab: Tab): void {
    if (this.#holder !== tab) return;
    this.#holder = undefined;
    const next = this.#waiting.shift();
    if (next === undefined) return;
    this.#holder = next.tab;
    next.tab.soon(next.granted);
  }
}

export class Tab {
  readonly app: NodusApp;
  readonly profile: Profile;
  alive = true;
  visible = true;
  epoch = 0;
  /** Time until texts are read. */
  pageMs = 0;
  /** Time from when an answer to an invite is on the disk until that is told. */
  answerMs = 0;
  /** Nodes that were started here, in all. */
  starts = 0;
  /** Of the next start of a node. */
  fault: Error | undefined;
  /** What could be seen in all tabs when something came. */
  readonly screens: (readonly Screen[])[] = [];
  /** Chats that its driver was told to be looked at. */
  looksAt: string[] = [];
  /** Somebody wrote, and this tab leads. */
  arrive: () => void = () => undefined;
  /** Nodes that were started here and not closed. */
  nodes = 0;
  /** What becomes of an invite that is looked up. */
  /** The chat that there is with whom the invite is of. */
  known: { chat: string; through: boolean } | undefined;
  looked: Looked = { kind: "found", name: "Ben", ends: 0, link: { identityId: new Uint8Array(32) } } as Looked;
  /** What a reload of this tab finds. */
  keptInvite: string | undefined;
  #frozen = false;
  #held: (() => void)[] = [];
  readonly #heard = new Set<Heard>();
  lose: () => void = () => undefined;
  leave: () => void = () => undefined;
  #shown: () => void = () => undefined;

  constructor(profile: Profile) {
    this.profile = profile;
    this.app = new NodusApp(hostOf(this));
  }
  get awake(): boolean {
    return this.alive && !this.#frozen;
  }
  get ready(): ReadyState | undefined {
    return this.app.state.phase === "ready" ? this.app.state : undefined;
  }
  /** Texts of the open chat, as they are drawn. */
  get words(): string[] {
    return this.ready?.open?.messages.map(({ text }) => text) ?? [];
  }
  id(): string {
    return `id ${this.profile.ids++}`;
  }
  /** Runs at once, or when the tab wakes; never in one that is gone. */
  soon(run: () => void): void {
    if (this.#frozen) this.#held.push(run);
    else if (this.alive) run();
  }
  hear(message: unknown): void {
    this.soon(() => {
      for (const heard of this.#heard) heard(message);
    });
  }
  hears(heard: Heard): () => void {
    this.#heard.add(heard);
    return () => this.#heard.delete(heard);
  }

  show(visible: boolean): void {
    this.visible = visible;
    this.#shown();
  }
  onShown(heard: () => void): void {
    this.#shown = heard;
  }
  freeze(): void {
    this.#frozen = true;
  }
  /** One after the other. `order`: what waited may come in any, as it comes from several sources. */
  async wake(order: (held: (() => void)[]) => (() => void)[] = (held) => held): Promise<void> {
    this.#frozen = false;
    for (const run of order(this.#held.splice(0))) {
      await pass(1);
      this.soon(run);
    }
  }
  crash(): void {
    this.alive = false;
    this.profile.release(this);
  }
  close(): void {
    this.leave();
    this.crash();
  }
}

const pass = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));
/** Lets fake time go by. */
export const later = (ms: number): Promise<unknown> => vi.advanceTimersByTimeAsync(ms);

function hostOf(tab: Tab): Host {
  const { profile } = tab;
  const never = (): never => {
    throw new Error("not in these tests");
  };
  return {
    version: "0",
    build: "0",
    base: "https://chat.example.org/",
    anchor: undefined,
    device: { ...DEVICE, notify: (_news, _prefs, screens) => void tab.screens.push(screens) },
    get keptInvite() {
      return tab.keptInvite;
    },
    set keptInvite(link) {
      tab.keptInvite = link;
    },
    tabs: { say: (message) => profile.say(tab, message), onMessage: (heard) => tab.hears(heard) },
    missing: () => undefined,
    lead: (how, stop) => profile.lead(tab, how, stop),
    onLost: (heard) => {
      tab.lose = heard;
    },
    async openChat(changed, arrived, moving) {
      for (let part = 1; part <= profile.moves; part++) {
        moving(part / profile.moves);
        await pass(profile.openMs);
      }
      await pass(profile.openMs);
      tab.arrive = () => arrived([]);
      return chatOf(tab, changed);
    },
    async startNode() {
      await pass(profile.openMs);
      const { fault } = tab;
      tab.fault = undefined;
      if (fault !== undefined) throw fault;
      tab.nodes += 1;
      tab.starts += 1;
      return nodeOf(tab);
    },
    prepareKeys: async () => undefined,
    words: async () => ({ encode: never, decode: () => new Uint8Array(32), read: never }),
    release: async () => profile.release(tab),
    closeDisk: async () => undefined,
    online: () => true,
    onOnline: () => undefined,
    onLeave: (heard) => {
      tab.leave = heard;
    },
    leaveBehind: (left) => profile.left.push(...structuredClone(left)),
    async takeLeft() {
      const left = profile.left.splice(0);
      if (profile.leftMs > 0) await pass(profile.leftMs);
      return left;
    },
    painted: async () => undefined,
    visible: () => tab.visible,
    onVisible: (heard) => tab.onShown(heard),
    messageId: () => tab.id(),
    frame: (run) => void setTimeout(() => tab.soon(run), 16),
    every: (ms, run) => {
      const timer = setInterval(() => tab.soon(run), ms);
      return () => clearInterval(timer);
    },
  };
}

const DEVICE = {
  view: { install: "none", notices: "unsupported", update: false },
  onChanged: () => undefined,
  onHidden: () => undefined,
  notify: () => undefined,
  seen: () => undefined,
  wipe: async () => undefined,
  badge: () => undefined,
  markIdentity: () => undefined,
  marked: true,
} as unknown as Device;

/** Reads the disk of the profile, and writes to it while nobody leads after this tab. */
function chatOf(tab: Tab, changed: () => void): Chat {
  const { disk } = tab.profile;
  const { epoch } = tab;
  const texts = [...disk.texts];
  const save = async (change: () => void): Promise<void> => {
    await pass(DISK_MS);
    if (disk.gone) throw new Fault("storage-gone", "What this profile had stored was deleted meanwhile.");
    if (disk.epoch !== epoch) throw new Fault("closed", "Another tab or worker of this profile leads now.");
    change();
    changed();
  };
  const friend = {
    id: FRIEND,
    contact: { name: "Ben", phase: "open", created: 0, keys: { id: new Uint8Array(32) } },
    unread: 0,
    notes: [],
    queue: [],
  };
  return {
    me: disk.me ? { name: "Ann", identity: { id: new Uint8Array(32) } } : undefined,
    chats: [friend as unknown as ChatState],
    invites: [],
    prefs: { notices: false, noticeContent: false, paused: false },
    get storageGone() {
      return disk.gone;
    },
    now: () => Date.now(),
    direct: () => false,
    draft: (chat: string) => disk.drafts.get(chat) ?? "",
    async page() {
      const read = [...texts];
      if (tab.pageMs > 0) await pass(tab.pageMs);
      return read;
    },
    get elsewhere() {
      return disk.elsewhere;
    },
    get superseded() {
      return disk.elsewhere;
    },
    get mustChangeNodeKey() {
      return disk.nodeKeyDue;
    },
    continueHere: () =>
      save(() => {
        if (disk.elsewhere) disk.nodeKeyDue = true;
        disk.elsewhere = false;
      }),
    nodeKeyChanged: () =>
      save(() => {
        disk.nodeKeyDue = false;
      }),
    answer: async (_found: unknown, _text: string, id: string) => {
      await save(() => disk.answers.push(id));
      await pass(tab.answerMs);
      return FRIEND;
    },
    readLink: () => ({ ok: true, ...(tab.known && { known: tab.known }) }),
    lookUp: async () => tab.looked,
    async openChat(chat: string | undefined, others: readonly string[]) {
      tab.looksAt = chat === undefined ? [] : [chat, ...others];
    },
    write: (_chat: string, text: string, id: string) =>
      save(() => {
        if (disk.texts.some((known) => known.id === id)) return;
        const record = { id, number: disk.texts.length, mine: true, text, sent: 0, arrived: 0 };
        disk.texts.push(record);
        texts.push(record);
      }),
    setDraft: (chat: string, text: string) => save(() => disk.drafts.set(chat, text)),
    async createInvite() {
      await save(() => {
        disk.invites += 1;
      });
      return `invite ${disk.invites}`;
    },
    createIdentity: () => pass(KEYS_MS),
    restore: () => pass(KEYS_MS),
    farewell: async () => undefined,
    attach: () => undefined,
    detach: () => undefined,
    close: async () => undefined,
  } as unknown as Chat;
}
function nodeOf(tab: Tab): Node {
  const limits = { linksMax: 1, linksWanted: 1, storeBytes: 1, bytesPerSecond: 1 };
  let open = true;
  return {
    online: () => true,
    on: () => () => undefined,
    stats: () => ({ limits, links: [{ anchor: true }] }),
    setLimits: () => undefined,
    pause: () => undefined,
    wake: () => undefined,
    async close() {
      if (open) tab.nodes -= 1;
      open = false;
    },
  } as unknown as Node;
}
