/**
 * The app between interface and chats: one state, rebuilt after each change, and the commands that change it. The node
 * starts with the page, so that its proof of work is done while a name is being typed.
 */
import type { Chat, Looked } from "#chat/driver/chat.ts";
import type { Node } from "#node/api.ts";
import { Fault } from "#node/errors.ts";
import type { App, AppState, DeviceView, InvitePreview, OpenChat, ReadyState } from "./api.ts";
import type { Host } from "./host.ts";
import { shownName } from "./names.ts";
import { byRecency, chatView, connectionOf, inviteView, messageView, nodeView } from "./views.ts";

const PAGE = 60; // texts loaded at once
const JOINING_MS = 10_000; // without a link for longer, the person is told
const SLOW_MS = 1_000; // work that takes longer shows its progress
const SKEW_TOLD_MS = 600_000;
const NODE_VIEW_MS = 1_000;
/** An invite that nobody knows is looked up again so often, so far apart, before the person is told. */
const LOOKS = 3;
const LOOK_AGAIN_MS = 1_500;

const missing = (): Promise<never> => Promise.reject(new Fault("unsupported", "Not here yet."));
type Found = Extract<Looked, { kind: "found" }>;

export class NodusApp implements App {
  readonly #host: Host;
  readonly #heard = new Set<() => void>();
  state: AppState = { phase: "starting", step: "opening" };
  #chat: Chat | undefined;
  #node: Node | undefined;
  #linked = 0;
  #started = 0;
  #open: { id: string; count: number } | undefined;
  #shown: OpenChat | undefined;
  #preview: { view: InvitePreview; link: string; found?: Found } | undefined;
  #beginning = false;
  #work: number | undefined;
  #endNodeView: (() => void) | undefined;
  #due = false;

  constructor(host: Host) {
    this.#host = host;
  }

  /** Runs the app; `link`: the invite with which the page was opened. */
  async start(link: string | undefined): Promise<void> {
    const missing = this.#host.missing();
    if (missing !== undefined) return this.#set({ phase: "unsupported", missing });
    this.#host.onLost(() => this.#stop({ phase: "starting", step: "opening" }));
    this.#host.onOnline(() => {
      this.#node?.wake();
      this.#changed();
    });
    this.#host.onLeave(() => this.#close());
    if (link !== undefined) this.#preview = { view: { kind: "looking" }, link };
    await this.#run(false);
  }

  async #run(take: boolean): Promise<void> {
    try {
      if ((await this.#host.lead(take)) === "held") return this.#set({ phase: "starting", step: "opening" });
      this.#chat = await this.#host.openChat(() => this.#changed());
      this.#host.every(NODE_VIEW_MS * 5, () => this.#changed());
      void this.#startNode(this.#chat).catch((error: unknown) => {
        const disk = error instanceof Fault && error.code.startsWith("storage-");
        if (!disk) throw error; // without a part that did not load there is no node, yet the history can be read
        this.#stop({ phase: "broken", fault: brokenBy(error) });
      });
      this.#changed();
      if (this.#preview !== undefined) void this.#lookUp();
    } catch (error) {
      this.#set({ phase: "broken", fault: brokenBy(error) });
    }
  }

  async #startNode(chat: Chat): Promise<void> {
    this.#started = Date.now();
    const began = Date.now();
    const node = await this.#host.startNode(chat, (tried, expected) => {
      if (Date.now() - began < SLOW_MS) return;
      this.#work = Math.min(0.99, tried / expected);
      this.#changed();
    });
    this.#work = undefined;
    this.#started = Date.now();
    this.#node = node;
    node.on("links", () => this.#changed());
    node.on("skew", () => this.#changed());
    chat.attach(node);
    this.#changed();
    if (this.#preview?.view.kind === "looking") void this.#lookUp();
  }

  subscribe(changed: () => void): () => void {
    this.#heard.add(changed);
    return () => this.#heard.delete(changed);
  }

  async begin(name: string): Promise<void> {
    const chat = this.#chat;
    if (chat === undefined || this.#beginning) return;
    this.#beginning = true;
    this.#changed();
    try {
      await this.#saving(() => chat.createIdentity(name.trim()));
    } catch (error) {
      if (brokenBy(error) !== "storage-full") throw error;
      this.#stop({ phase: "broken", fault: "storage-full" }); // there is nothing yet that could go on without room
    } finally {
      this.#beginning = false;
      this.#changed();
    }
  }
  async setName(name: string): Promise<void> {
    await this.#saving(() => this.#the.setName(name.trim()));
  }

  async openChat(id: string | undefined): Promise<void> {
    this.#open = id === undefined ? undefined : { id, count: PAGE };
    this.#shown = undefined;
    await this.#the.openChat(id);
    await this.#refresh();
  }
  async loadOlder(): Promise<void> {
    if (this.#open !== undefined) this.#open = { ...this.#open, count: this.#open.count + PAGE };
    await this.#refresh();
  }
  markRead(chat: string): Promise<void> {
    return this.#saving(() => this.#the.markRead(chat));
  }
  send(chat: string, text: string): Promise<void> {
    return this.#saving(() => this.#the.write(chat, text));
  }
  retry(chat: string, message: string): Promise<void> {
    return this.#saving(() => this.#the.retry(chat, message));
  }
  deleteMessage(chat: string, message: string): Promise<void> {
    return this.#saving(() => this.#the.remove(chat, message));
  }
  acceptRequest(chat: string): Promise<void> {
    return this.#saving(() => this.#the.acceptRequest(chat));
  }
  declineRequest(chat: string): Promise<void> {
    return this.#saving(() => this.#the.declineRequest(chat));
  }
  createInvite(): Promise<string> {
    return this.#saving(() => this.#the.createInvite());
  }
  revokeInvite(id: string): Promise<void> {
    return this.#saving(() => this.#the.revokeInvite(id));
  }

  async openInvite(link: string): Promise<void> {
    this.#preview = { view: { kind: "looking" }, link };
    this.#changed();
    await this.#lookUp();
  }
  async acceptInvite(text: string): Promise<string> {
    const found = this.#preview?.found;
    if (found === undefined) throw new Fault("malformed", "No invite is open.");
    const id = await this.#saving(() => this.#the.answer(found, text.trim()));
    this.#preview = undefined;
    this.#changed();
    return id;
  }
  dismissInvite(): void {
    this.#preview = undefined;
    this.#changed();
  }

  readonly device: DeviceView = { install: "none", notices: "unsupported", update: false };
  setDraft(): void {}
  block = missing;
  unblock = missing;
  deleteChat = missing;
  setPrefs = missing;
  backupWords = missing;
  confirmBackup = missing;
  deferBackup = missing;
  readWords = missing;
  restore = missing;
  deleteEverything = missing;
  pauseNode = missing;
  setCaps = missing;
  install = missing;
  keepStorage = missing;
  allowNotices = missing;
  applyUpdate = missing;

  showNode(on: boolean): void {
    this.#endNodeView?.();
    this.#endNodeView = on ? this.#host.every(NODE_VIEW_MS, () => this.#changed()) : undefined;
    this.#changed();
  }
  get textLimit(): number {
    return this.#chat?.limits.text ?? 0;
  }
  get firstTextLimit(): number {
    return this.#chat?.limits.first ?? 0;
  }

  get #the(): Chat {
    if (this.#chat === undefined) throw new Fault("closed", "The app is not running in this tab.");
    return this.#chat;
  }

  /** A full disk is told for as long as it lasts; nothing was changed by what did not fit. */
  async #saving<T>(act: () => Promise<T>): Promise<T> {
    try {
      return await act();
    } finally {
      this.#changed();
    }
  }

  async #lookUp(): Promise<void> {
    const preview = this.#preview;
    const chat = this.#chat;
    if (preview === undefined || chat === undefined) return;
    const read = chat.readLink(preview.link);
    if (read.ok && this.#node === undefined) return;
    const looked = read.ok
      ? await this.#patiently(() => chat.lookUp(preview.link))
      : ({ kind: "fault", fault: read.fault } as const);
    if (this.#preview !== preview) return;
    this.#preview =
      looked.kind === "found"
        ? { ...preview, found: looked, view: { kind: "found", name: shownName(looked.name), ends: looked.ends } }
        : { ...preview, view: looked };
    this.#changed();
  }
  /** A node that just started has no link yet, and may not have found the holders with its first. */
  async #patiently(look: () => Promise<Looked>): Promise<Looked> {
    for (let waited = 0; waited < JOINING_MS * 3 && !this.#node?.online(); waited += 500) await this.#pause(500);
    for (let tries = 0; ; tries++) {
      const looked = await look();
      const vague = looked.kind === "fault" && (looked.fault === "unreachable" || looked.fault === "not-found");
      if (!vague || tries === LOOKS) return looked;
      await this.#pause(LOOK_AGAIN_MS);
    }
  }
  #pause(ms: number): Promise<void> {
    return new Promise((done) => {
      const end = this.#host.every(ms, () => {
        end();
        done();
      });
    });
  }

  #changed(): void {
    if (this.#due) return;
    this.#due = true;
    this.#host.frame(() => {
      this.#due = false;
      void this.#refresh();
    });
  }

  async #refresh(): Promise<void> {
    const chat = this.#chat;
    if (chat === undefined) return;
    if (chat.me === undefined || this.#beginning) return this.#set(this.#before());
    const open = this.#open;
    if (open !== undefined && chat.chats.some((state) => state.id === open.id)) {
      const texts = await chat.page(open.id, Number.MAX_SAFE_INTEGER, open.count + 1);
      if (this.#open?.id !== open.id) return;
      const more = texts.length > open.count;
      this.#shown = { id: open.id, messages: (more ? texts.slice(1) : texts).map(messageView), notes: [], more };
    } else this.#shown = undefined;
    this.#set(this.#ready(chat));
  }

  #before(): AppState {
    if (this.#beginning) {
      return { phase: "starting", step: "keys", ...(this.#work === undefined ? {} : { progress: this.#work }) };
    }
    return { phase: "first-run", ...(this.#preview === undefined ? {} : { invite: this.#preview.view }) };
  }

  #ready(chat: Chat): ReadyState {
    const { me } = chat;
    const { skew = 0, timeSure = true } = this.#node?.stats() ?? {};
    const links = (state: Parameters<typeof inviteView>[0]) =>
      `${this.#host.base}#${chat.invitePayload(state, this.#host.anchor)}`;
    const invites = [...chat.invites].sort((a, b) => b.invite.created - a.invite.created);
    if (this.#node?.online()) this.#linked = Date.now();
    const joining = Date.now() - Math.max(this.#started, this.#linked) < JOINING_MS;
    return {
      phase: "ready",
      me: { name: me?.name ?? "", identity: hex(me?.identity.id) },
      connection: connectionOf(this.#node, this.#host.online(), joining),
      ...(Math.abs(skew) > SKEW_TOLD_MS ? { skew, ...(timeSure ? {} : { skewDoubted: true as const }) } : {}),
      storageFull: chat.storageFull,
      chats: [...chat.chats].sort(byRecency).map((state) => chatView(chat, state)),
      ...(this.#shown === undefined ? {} : { open: this.#shown }),
      invites: invites.map((state) => inviteView(state, links(state), chat.now())),
      ...(this.#preview === undefined ? {} : { invite: this.#preview.view }),
      ...(this.#endNodeView === undefined || this.#node === undefined ? {} : { node: nodeView(this.#node) }),
      backup: "confirmed",
      superseded: false,
      prefs: { notices: false, noticeContent: false },
      leads: true,
      version: this.#host.version,
      build: "",
    };
  }

  /** Another tab leads now: its epoch fences ours, so nothing of ours can be saved any more. */
  #stop(state: AppState): void {
    this.#close();
    this.#chat = undefined;
    this.#node = undefined;
    this.#set(state);
  }
  /** Says goodbye and ends the run in order, as far as there is time for it. */
  #close(): void {
    void this.#chat?.close().catch(() => undefined);
    void this.#node?.close();
  }

  #set(state: AppState): void {
    this.state = state;
    for (const heard of this.#heard) heard();
  }
}

function brokenBy(error: unknown): "storage-broken" | "storage-full" | "newer-version" {
  if (error instanceof Fault && error.code === "storage-full") return "storage-full";
  if (error instanceof Fault && error.code === "unsupported") return "newer-version";
  return "storage-broken";
}
function hex(bytes: Uint8Array | undefined): string {
  return Array.from(bytes ?? [], (byte) => byte.toString(16).padStart(2, "0")).join("");
}
