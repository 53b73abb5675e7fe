/**
 * The app of one tab: it leads the profile, or shows what the leading tab says, and becomes the leader when that one is
 * closed, crashes or freezes. What the person does waits for a leader rather than getting lost in between.
 */
import { FIRST_TEXT_LIMIT, TEXT_LIMIT } from "#chat/limits.ts";
import type { App, AppState, Caps, DeviceView, InvitePreview, Prefs, WordsRead } from "./api.ts";
import { brokenBy, ofDisk } from "./broken.ts";
import { type Args, type Call, type CommandName, fateOf, type Left, type Result, type Session } from "./commands.ts";
import type { Desk } from "./desk.ts";
import type { Host } from "./host.ts";
import { RemoteSession, serveTabs } from "./tabs.ts";
import { expecting } from "./told.ts";

/** A leader answers a sign of life at once. Tier 3. */
const PING_MS = 1_000;
/** A leader that says nothing for so long is frozen: a visible tab takes its place. Tier 3. */
const SILENCE_MS = 5_000;

/** After the first paint. */
const loadDesk = (): Promise<typeof import("./desk.ts")> => import("./desk.ts");

export class NodusApp implements App {
  readonly #host: Host;
  readonly #heard = new Set<() => void>();
  readonly #tab: string;
  state: AppState = { phase: "starting", step: "opening" };
  readonly textLimit: number = TEXT_LIMIT;
  readonly firstTextLimit: number = FIRST_TEXT_LIMIT;
  /** Own epoch while this tab leads, and the newest that it has heard of. */
  #leads: number | undefined;
  #epoch = 0;
  #desk: Desk | undefined;
  #session: Session | undefined;
  /** Commands of the moment in which nobody leads. */
  #queue: Call[] = [];
  #ends: (() => void)[] = [];
  /** What this tab asked of itself as the leader and is not through: the next leader does it where the page goes before. */
  readonly #begun = new Set<Left>();
  /** Chats whose draft was given here: what was left behind of them is older. */
  readonly #typed = new Set<string>();
  /** The last draft that was given. */
  #saved: Promise<void> = Promise.resolve();
  /** The answer to an invite that was given last. */
  #first: { invite: string | undefined; text: string; id: string } | undefined;
  /** What this tab looks at: told to each leader. */
  #looks: { chat?: string | undefined; invite?: string; node: boolean } = { node: false };

  constructor(host: Host) {
    this.#host = host;
    this.#tab = host.messageId();
  }

  /** Runs the app; `link`: the invite with which the page was opened. */
  async start(link: string | undefined): Promise<void> {
    const { device } = this.#host;
    device.onChanged(() => this.#say());
    device.onHidden(() => this.#waits());
    const missing = this.#host.missing();
    if (missing !== undefined) return this.#set({ phase: "unsupported", missing });
    this.#host.onLost(() => this.#lost());
    this.#host.onOnline(() => this.#desk?.wake());
    this.#host.onVisible(() => this.#session && tell(this.#session.call("look", this.#host.visible())));
    this.#host.onLeave(() => {
      if (this.#desk !== undefined && this.state.phase === "ready") this.#host.leaveBehind([...this.#begun]);
      void this.#desk?.close();
      this.#session?.end();
    });
    const invite = link ?? this.#host.keptInvite;
    if (invite !== undefined) this.#rememberInvite(invite);
    if (!device.marked) await this.#welcome(invite !== undefined);
    await this.#join();
  }

  /** Nobody lives here as far as is known: a name can be given while all else is loaded. */
  async #welcome(invited: boolean): Promise<void> {
    this.#set({ phase: "first-run", ...(invited ? { invite: { kind: "looking" } } : {}) });
    await this.#host.painted();
  }

  async #join(): Promise<void> {
    loadDesk().catch(() => undefined); // beside what leading needs; told where it is waited for
    try {
      const epoch = await this.#host.lead("now", new AbortController().signal);
      if (epoch === "held") this.#follow();
      else await this.#lead(epoch);
    } catch (error) {
      this.#fail(error);
    }
  }
  /** Nothing can be shown here; another tab may fare better. */
  #fail(error: unknown): void {
    expecting("start", "storage-full", "storage-gone", "unsupported")(error);
    this.#leave();
    this.#leads = undefined;
    tell(this.#host.release());
    this.#set({ phase: "broken", fault: brokenBy(error) });
  }

  async #lead(epoch: number): Promise<void> {
    this.#leave();
    this.#leads = epoch;
    this.#epoch = epoch;
    const { Desk } = await loadDesk();
    if (this.#leads !== epoch) return;
    const desk = new Desk(this.#host);
    this.#desk = desk;
    const view = desk.view((state) => {
      if (this.#desk === desk) this.#follows(state); // not what a leader that was left behind still had to read
    });
    this.#ends.push(() => view.end(), serveTabs(desk, this.#host.tabs, epoch));
    const left = this.#host.takeLeft();
    await desk.open();
    if (this.#desk === desk) this.#use(view);
    void left.then((all) => this.#finish(view, all));
  }
  /** What a page before this one had begun. */
  #finish(view: Session, left: readonly Left[]): void {
    for (const { name, args } of left) {
      const older = name === "setDraft" && this.#typed.has(args[0] as string);
      if (!older) tell(view.call(name, ...(args as Args<typeof name>)));
    }
  }

  /** Shows what the leader says, and leads when that one is gone. */
  #follow(): void {
    this.#leave();
    const stop = new AbortController();
    const greeted = (): void => queueMicrotask(() => this.#show(remote));
    const told = (state: AppState): void => this.#follows(state);
    const remote = new RemoteSession(this.#host.tabs, this.#tab, this.#epoch, told, greeted);
    const lead = (epoch: number | "held"): void => {
      if (epoch !== "held") this.#lead(epoch).catch((error: unknown) => this.#fail(error));
    };
    // What failed while waiting is tried once more by stealing.
    this.#host.lead("wait", stop.signal).then(lead, () => undefined);
    const steal = (): void => {
      stop.abort();
      this.#host.lead("steal", new AbortController().signal).then(lead, (error: unknown) => {
        if (ofDisk(error)) this.#fail(error);
        else this.#follow(); // another tab was first
      });
    };
    const known = (): void => {
      this.#epoch = remote.epoch;
    };
    this.#ends.push(() => stop.abort(), this.#watch(remote, steal), known);
    this.#use(remote);
  }

  /** Calls `steal` once the leader has been silent while somebody looked at this tab; a sleep of our own does not count. */
  #watch(remote: RemoteSession, steal: () => void): () => void {
    let since = Date.now();
    let before = since;
    const end = this.#host.every(PING_MS, () => {
      const now = Date.now();
      if (!this.#host.visible() || now - before > 2 * PING_MS) since = now;
      before = now;
      remote.ping();
      if (now - Math.max(since, remote.heard) < SILENCE_MS) return;
      end();
      steal();
    });
    return end;
  }

  /** Another tab took this one's place, believing it frozen: from now on it is a view. */
  #lost(): void {
    if (this.#leads === undefined) return;
    this.#leads = undefined;
    void this.#desk?.close();
    this.#desk = undefined;
    void this.#host.release();
    this.#follow();
  }
  #use(session: Session): void {
    this.#session = session;
    if (this.#desk !== undefined) this.#show(session); // a remote leader asks for it
    for (const { name, args, done, failed } of this.#queue.splice(0)) {
      session.call(name, ...(args as Args<typeof name>)).then(done, failed);
    }
  }
  #leave(): void {
    this.#queue.push(...(this.#session?.end() ?? []));
    this.#session = undefined;
    for (const end of this.#ends.splice(0)) end();
  }

  #show(session: Session): void {
    const { chat, invite, node } = this.#looks;
    tell(session.call("look", this.#host.visible()));
    if (chat !== undefined) tell(session.call("openChat", chat));
    if (invite !== undefined) tell(session.call("openInvite", invite));
    if (node) tell(session.call("showNode", true));
  }
  #follows(state: AppState): void {
    if (state.phase === "deleted") this.#leave(); // nobody leads an empty profile into being again
    if ("invite" in state && isOver(state.invite)) this.#host.keptInvite = undefined;
    this.#set(state);
  }

  #call<K extends CommandName>(name: K, ...args: Args<K>): Result<K> {
    if (this.#session !== undefined) return this.#begin({ name, args }, this.#session.call(name, ...args));
    const answer = new Promise<unknown>((done, failed) => this.#queue.push({ name, args, done, failed }));
    return answer as Result<K>;
  }

  #begin<R extends Promise<unknown>>(left: Left, result: R): R {
    if (this.#desk === undefined || fateOf(left.name) !== "again") return result;
    const over = (): unknown => this.#begun.delete(left);
    this.#begun.add(left);
    result.then(over, over);
    return result;
  }

  subscribe(changed: () => void): () => void {
    this.#heard.add(changed);
    return () => this.#heard.delete(changed);
  }

  begin = (name: string): Promise<void> => this.#call("begin", name);
  restore = (words: string, name: string): Promise<void> => this.#call("restore", words, name);
  setName = (name: string): Promise<void> => this.#call("setName", name);
  openChat = (id: string | undefined): Promise<void> => {
    this.#looks = { ...this.#looks, chat: id };
    return this.#call("openChat", id);
  };
  loadOlder = (): Promise<void> => this.#call("loadOlder");
  markRead = (chat: string): Promise<void> => this.#call("markRead", chat);
  send = (chat: string, text: string): Promise<void> => this.#call("send", chat, text, this.#host.messageId());
  retry = (chat: string, message: string): Promise<void> => this.#call("retry", chat, message);
  deleteMessage = (chat: string, message: string): Promise<void> => this.#call("deleteMessage", chat, message);
  acceptRequest = (chat: string, again = false): Promise<void> => this.#call("acceptRequest", chat, again);
  declineRequest = (chat: string): Promise<void> => this.#call("declineRequest", chat);
  /** Resolves when the last draft that was given is on disk. */
  get drafted(): Promise<void> {
    return this.#saved;
  }
  setDraft = (chat: string, text: string): Promise<void> => {
    this.#typed.add(chat);
    this.#saved = this.#call("setDraft", chat, text);
    this.#saved.catch(() => undefined); // told by whoever waits for it
    return this.#saved;
  };
  block = (chat: string): Promise<void> => this.#call("block", chat);
  unblock = (chat: string): Promise<void> => this.#call("unblock", chat);
  deleteChat = (chat: string): Promise<void> => this.#call("deleteChat", chat);
  setPrefs = (prefs: Partial<Prefs>): Promise<void> => this.#call("setPrefs", prefs);

  createInvite = (): Promise<string> => this.#call("createInvite");
  revokeInvite = (id: string): Promise<void> => this.#call("revokeInvite", id);
  openInvite = (link: string): Promise<void> => {
    this.#rememberInvite(link);
    return this.#call("openInvite", link);
  };
  acceptInvite = async (text: string): Promise<string> => {
    const chat = await this.#call("acceptInvite", text, this.#firstId(text));
    this.#forgetInvite();
    return chat;
  };
  /** The same for the same answer to the same invite: whether the first try was done may be unknown. */
  #firstId(text: string): string {
    const { invite } = this.#looks;
    if (this.#first?.invite !== invite || this.#first?.text !== text) {
      this.#first = { invite, text, id: this.#host.messageId() };
    }
    return this.#first.id;
  }
  dismissInvite = (): void => {
    this.#forgetInvite();
    tell(this.#call("dismissInvite"));
  };
  #rememberInvite(link: string): void {
    this.#looks = { ...this.#looks, invite: link };
    this.#host.keptInvite = link;
  }
  #forgetInvite(): void {
    const { invite: _invite, ...looks } = this.#looks;
    this.#looks = looks;
    this.#host.keptInvite = undefined;
  }

  backupWords = (): Promise<readonly string[] | undefined> => this.#call("backupWords");
  confirmBackup = (proof: string | true): Promise<boolean> => this.#call("confirmBackup", proof);
  deferBackup = (): Promise<void> => this.#call("deferBackup");
  readWords = async (text: string): Promise<WordsRead> => (await this.#host.words()).read(text);
  continueHere = (): Promise<void> => this.#call("continueHere");
  deleteEverything = (): Promise<void> => this.#call("deleteEverything");

  showNode = (on: boolean): void => {
    this.#looks = { ...this.#looks, node: on };
    tell(this.#call("showNode", on));
  };
  pauseNode = (on: boolean): Promise<void> => this.#call("pauseNode", on);
  setCaps = (caps: Caps): Promise<void> => this.#call("setCaps", caps);

  get device(): DeviceView {
    return this.#host.device.view;
  }
  install = (): Promise<boolean> => this.#host.device.install();
  keepStorage = (): Promise<boolean> => this.#host.device.keepStorage();
  allowNotices = (): Promise<boolean> => this.#host.device.allowNotices();
  applyUpdate = (): Promise<void> => this.#host.device.applyUpdate();

  /** Own texts that no holder has yet. */
  #waits(): boolean {
    return this.state.phase === "ready" && this.state.chats.some(({ last }) => last?.delivery?.kind === "queued");
  }

  #set(state: AppState): void {
    this.state = state;
    this.#say();
  }
  #say(): void {
    for (const heard of this.#heard) heard();
  }
}

/** A look later would find no more; what was not reached may be there then. */
const isOver = (invite: InvitePreview | undefined): boolean =>
  invite?.kind === "known" ||
  (invite?.kind === "fault" && !["unreachable", "not-found", "failed"].includes(invite.fault));

/** Where nobody waits for the answer: what fails is said again to the next leader. */
const tell = (told: Promise<unknown>): void =>
  void told.catch(expecting("command", "closed", "refused", "used-twice", "storage-full", "storage-gone"));
