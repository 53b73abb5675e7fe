/**
 * The driver of the chats: the only part of #chat that acts, over the ports (architecture.md). Used by the page and by
 * the service worker alike. It opens with the vault alone, so that the history is there before any network is; `attach`
 * gives it the network.
 */
import { Fault } from "#node/errors.ts";
import type { Clock, Core, Log, NodeId, Random } from "#node/ports.ts";
import { toHex } from "../bytes.ts";
import { minuteOf } from "../clock.ts";
import { identityFrom, newEntropy } from "../identity.ts";
import { payloadOf } from "../invite.ts";
import type { Crypto, Post, Vault } from "../ports.ts";
import { answer, type Looked, lookUp, readLink } from "./answering.ts";
import { block, unblock } from "./blocking.ts";
import { lookAtStart, lookNow, lookSoon } from "./card-rounds.ts";
import { catchUp } from "./catching.ts";
import { checkAll } from "./checking.ts";
import { continueHere } from "./continuing.ts";
import { acceptRequest, declineRequest } from "./deciding.ts";
import { deleteInTime } from "./deleting.ts";
import { heardDirect } from "./direct.ts";
import { type Arrived, background, type Engine, isSuperseded, newEngine, timeOf } from "./engine.ts";
import { erase, eraseSoon, keepErasing } from "./erasing.ts";
import { expireInTime, expireSoon } from "./expiring.ts";
import { closeInbox, readInboxForRoom, readInboxSoon } from "./inbox.ts";
import { closeInviteWatches, createInvite, keepInvites } from "./inviting.ts";
import { farewell } from "./leaving.ts";
import { look } from "./on-screen.ts";
import { acceptToken, chatOf, contactAgain, contactAll, linked } from "./online.ts";
import { checkPending } from "./pending.ts";
import { publish, published, signOwnCard } from "./publishing.ts";
import { closeWatches, pull, pullAtStart } from "./pulling.ts";
import type { ChatState, InviteState, Me, Prefs, TextRecord } from "./records.ts";
import { acknowledgeSoon, directPeer, drain } from "./sending.ts";
import { setDraft, setPrefs } from "./settings.ts";
import { stepBack } from "./stepping-back.ts";
import { Store } from "./store.ts";
import { forget, markRead, page, remove, retry, write } from "./texts.ts";
import { revokeInvite } from "./withdrawing.ts";

/** Links come and go in groups. */
const RECOUNT_MS = 15_000;

export interface ChatOptions {
  core: Core;
  crypto: Crypto;
  random: Random;
  clock: Clock;
  log: Log;
  /** Name of the network, such as nodus/1/main. */
  network: string;
  vault: Vault;
  changed: () => void;
  /** The node of this run is a LEAF (protocol.md §2), as a service worker's: contacts are never told of it, it knocks at
   * nobody, and nothing is done before `catchUp` is called. */
  leaf?: true;
  /** New texts of others, each once, after they are durable, and new requests. */
  arrived?: (news: readonly Arrived[]) => void;
}

export class Chat {
  readonly #engine: Engine;
  #ends: (() => void)[] = [];

  private constructor(engine: Engine) {
    this.#engine = engine;
  }

  static async open(options: ChatOptions): Promise<Chat> {
    const { core, crypto, random, clock, log, changed } = options;
    const context = { core, crypto, random, network: core.network(options.network) };
    const store = await Store.open(core, options.vault);
    if (store.damaged > 0) log.event("chat.damaged", { records: store.damaged });
    const engine = newEngine({
      context,
      clock,
      log,
      leaf: options.leaf ?? false,
      store,
      arrived: (news) => options.arrived?.(news),
      lost: (chat) => lookNow(engine, chat),
      changed,
    });
    store.owing = () => eraseSoon(engine);
    keepErasing(engine);
    const chat = new Chat(engine);
    engine.quiet = () => chat.#quiet();
    return chat;
  }

  get me(): Me | undefined {
    return this.#engine.store.me;
  }
  get chats(): readonly ChatState[] {
    return [...this.#engine.store.chats.values()];
  }
  get invites(): readonly InviteState[] {
    return [...this.#engine.store.invites.values()];
  }
  /** Texts that nobody has read, but for those of blocked contacts. */
  get unread(): number {
    return this.chats.reduce((sum, { blocked, unread }) => (blocked === true ? sum : sum + unread), 0);
  }
  /** The disk took nothing more when something last changed, whether the person or a message changed it. */
  get storageFull(): boolean {
    return this.#engine.store.full;
  }
  /** The disk was emptied while this ran, by the browser or the person. */
  get storageGone(): boolean {
    return this.#engine.store.gone;
  }
  /** A direct link to this contact lives. */
  direct(chat: string): boolean {
    return directPeer(this.#engine, this.#engine.store.chats.get(chat)) !== undefined;
  }
  /** The node of this contact to which a direct link lives, NodeID in hex. */
  nodeOf(chat: string): string | undefined {
    const peer = directPeer(this.#engine, this.#engine.store.chats.get(chat));
    return peer && toHex(peer);
  }
  now(): number {
    return timeOf(this.#engine);
  }

  /** Identity and first card; does nothing where there is one. */
  async createIdentity(name: string): Promise<void> {
    const engine = this.#engine;
    if (this.me !== undefined) return;
    const entropy = newEntropy(engine.context.random);
    const identity = await identityFrom(engine.context, entropy);
    await this.#settle({ identity, name, entropy }, minuteOf(timeOf(engine)));
  }
  /** The identity of these 24 words, on a device without one. What was sealed to its old devices is lost here; contacts
   * see the newer card and write anew. The words are known to be kept, so the entropy is not. */
  async restore(entropy: Uint8Array, name: string): Promise<void> {
    if (this.me !== undefined) throw new Fault("refused", "This profile has an identity already.");
    const engine = this.#engine;
    const identity = await identityFrom(engine.context, entropy);
    // The next minute: contacts take sessions of this minute for ones with the device before (renewing.ts).
    await this.#settle({ identity, name, restored: true }, minuteOf(timeOf(engine)) + 1);
  }
  async #settle(person: Pick<Me, "identity" | "name" | "entropy" | "restored">, generation: number): Promise<void> {
    const engine = this.#engine;
    await engine.store.exclusive((draft) => {
      draft.me = { ...person, generation, published: 0, retired: [] };
    });
    await signOwnCard(engine);
    if (engine.post?.online()) {
      publish(engine);
      readInboxSoon(engine);
    }
    engine.changed();
  }
  /** The words can still be shown. */
  get hasEntropy(): boolean {
    return this.me?.entropy !== undefined;
  }
  /** The person has the words: they are removed, and erased when it resolves, unless `erasing` says that they are not. */
  async confirmBackup(): Promise<void> {
    const engine = this.#engine;
    await engine.store.exclusive((draft) => {
      if (draft.me === undefined) return;
      const { entropy: _entropy, ...me } = draft.me;
      draft.me = me;
      draft.owe("secrets");
      draft.erasing = { ...draft.erasing, words: true };
    });
    engine.changed();
    await erase(engine, "secrets");
  }
  /** Confirmed words can still be read from the disk by who copies it: that is tried again. */
  get erasing(): boolean {
    return this.#engine.store.erasing.words === true;
  }
  /** Stored values that cannot be read. They are passed over, and kept. */
  get damaged(): number {
    return this.#engine.store.damaged;
  }
  /** Another device has this identity: this one sends nothing any more. */
  get superseded(): boolean {
    return isSuperseded(this.#engine);
  }
  /** This very profile runs, or ran, somewhere else: this one sends nothing until the person has said where to go on. */
  get elsewhere(): boolean {
    return this.me?.elsewhere === true && this.me.superseded !== true;
  }
  /** Here it goes on, and the other stops. The node is to come back under a new key at once (`mustChangeNodeKey`). */
  async continueHere(): Promise<void> {
    const engine = this.#engine;
    if (!(await continueHere(engine))) return;
    if (engine.post?.online() === true && !engine.leaf) this.#begin();
    engine.changed();
    await published(engine); // the other is told to stop before the node changes its key
  }
  /** What was dropped or refused in this run, by name. */
  get counters(): ReadonlyMap<string, number> {
    return this.#engine.counters;
  }
  async setName(name: string): Promise<void> {
    const engine = this.#engine;
    await engine.store.exclusive((draft) => {
      if (draft.me !== undefined) draft.me = { ...draft.me, name };
    });
    engine.changed();
    for (const chat of engine.store.chats.keys()) drain(engine, chat);
  }

  /** Does this token open a contact's link? */
  acceptToken(peer: NodeId, token: Uint8Array): boolean {
    return !this.elsewhere && acceptToken(this.#engine, peer, token);
  }
  /** From now on there is a network. */
  attach(post: Post): void {
    const engine = this.#engine;
    engine.post = post;
    if (engine.leaf) return;
    expireInTime(engine);
    keepErasing(engine);
    let online = post.online();
    this.#ends = [
      post.on("cell", ({ peer, bytes }) => {
        if (!this.elsewhere) background(engine, "direct", heardDirect(engine, peer, bytes));
      }),
      post.on("contact", ({ peer }) => {
        const chat = chatOf(engine, peer);
        if (chat !== undefined) linked(engine, chat, peer);
      }),
      post.on("twin", () => {
        if (this.me !== undefined && !this.superseded) background(engine, "twin", stepBack(engine, "elsewhere"));
      }),
      post.on("links", () => {
        const now = post.online();
        if (now && !online) this.#begin();
        online = now;
        // Who went may have held copies: they are counted soon, not only at the next round.
        if (!this.elsewhere) engine.alarms.setOnce("recount", RECOUNT_MS, () => checkAll(engine));
        engine.changed();
      }),
    ];
    if (online) this.#begin();
  }
  /** The network is there (again): fetch, find contacts, send what waits, look after what lies out there. */
  #begin(): void {
    const engine = this.#engine;
    if (this.elsewhere) return;
    pullAtStart(engine);
    expireSoon(engine);
    deleteInTime(engine);
    readInboxSoon(engine);
    contactAll(engine);
    lookAtStart(engine);
    keepInvites(engine);
    checkAll(engine);
    publish(engine);
    for (const chat of engine.store.chats.keys()) drain(engine, chat);
  }

  /** Fetches, acknowledges and sends once all that there is, and resolves when that is done or has failed. For a run of
   * seconds, after `attach` and with links; in a page it happens by itself. */
  catchUp(): Promise<{ complete: boolean }> {
    return catchUp(this.#engine);
  }
  /** The person looks at this chat now, and at `others` in other tabs; at none where nobody can see them. */
  async openChat(chat: string | undefined, others: readonly string[] = []): Promise<void> {
    const engine = this.#engine;
    for (const id of look(engine, chat, others)) {
      const { acks = [], reads = [] } = engine.store.chats.get(id) ?? {};
      engine.alarms.clear(`ack:${id}`);
      lookSoon(engine, id);
      if (acks.length + reads.length > 0) acknowledgeSoon(engine, id);
    }
    if (chat === undefined) return;
    contactAgain(this.#engine, chat);
    background(this.#engine, "pending", checkPending(this.#engine, chat));
  }
  page(chat: string, before: number, count: number): Promise<TextRecord[]> {
    return page(this.#engine, chat, before, count);
  }
  /** `id`: the message id, hex, where the caller chose it: given twice, the text is written once. */
  write(chat: string, text: string, id?: string): Promise<void> {
    return write(this.#engine, chat, text, id);
  }
  retry(chat: string, message: string): Promise<void> {
    return retry(this.#engine, chat, message);
  }
  remove(chat: string, message: string): Promise<void> {
    return remove(this.#engine, chat, message);
  }
  markRead(chat: string): Promise<void> {
    return markRead(this.#engine, chat);
  }
  /** What is written in a chat and not sent; "" where nothing is. Sending a text takes it away. */
  draft(chat: string): string {
    return this.#engine.store.unsent.get(chat) ?? "";
  }
  setDraft(chat: string, text: string): Promise<void> {
    return setDraft(this.#engine, chat, text);
  }
  get prefs(): Prefs {
    return this.#engine.store.prefs;
  }
  setPrefs(prefs: Partial<Prefs>): Promise<void> {
    return setPrefs(this.#engine, prefs);
  }
  /** No text waits that could leave: the moment for what interrupts. */
  get idle(): boolean {
    return this.superseded || this.chats.every(({ blocked, queue }) => blocked === true || queue.length === 0);
  }
  /** Nothing is asked for, taken from or sent to this contact, until they are unblocked; nobody is told. */
  async block(chat: string): Promise<void> {
    await block(this.#engine, chat);
    readInboxForRoom(this.#engine);
  }
  unblock(chat: string): Promise<void> {
    return unblock(this.#engine, chat);
  }
  /** Somebody who knew our node was blocked: another key is due at the next idle moment (protocol.md §11, Online). */
  get mustChangeNodeKey(): boolean {
    return this.#engine.store.mustChangeNodeKey;
  }
  async nodeKeyChanged(): Promise<void> {
    await this.#engine.store.exclusive((draft) => {
      draft.mustChangeNodeKey = false;
    });
    this.#engine.changed();
  }
  /** History, draft and keys leave this device; the other end is not told. */
  async deleteChat(chat: string): Promise<void> {
    await forget(this.#engine, chat);
    readInboxForRoom(this.#engine);
  }
  /** Before everything is wiped: takes back at the holders what can be taken back. Within seconds, whatever happens. */
  farewell(): Promise<void> {
    return farewell(this.#engine);
  }
  /** `again`: also where somebody else was let in by the same invite, which is refused as Fault("used-twice") without. */
  async acceptRequest(chat: string, again = false): Promise<void> {
    await acceptRequest(this.#engine, chat, again);
    readInboxForRoom(this.#engine);
  }
  async declineRequest(chat: string): Promise<void> {
    await declineRequest(this.#engine, chat);
    readInboxForRoom(this.#engine);
  }

  createInvite(): Promise<string> {
    return createInvite(this.#engine);
  }
  revokeInvite(id: string): Promise<void> {
    return revokeInvite(this.#engine, id);
  }
  /** What stands behind the "#" of the link. */
  invitePayload(state: InviteState, url?: string): string {
    const { me } = this;
    return me === undefined ? "" : payloadOf(this.#engine.context, me.identity, state.invite, url);
  }
  /** What can be said of a link without the network. */
  readLink(text: string): ReturnType<typeof readLink> {
    return readLink(this.#engine, text);
  }
  async lookUp(text: string): Promise<Looked> {
    const read = readLink(this.#engine, text);
    return read.ok ? lookUp(this.#engine, read.link) : { kind: "fault", fault: read.fault };
  }
  /** `id`: of the first text, hex, where the caller chose it: given twice, the invite is answered once. */
  async answer(found: Extract<Looked, { kind: "found" }>, text: string, id?: string): Promise<string> {
    const chat = await answer(this.#engine, found, text, id);
    background(this.#engine, "pull", pull(this.#engine, chat));
    return chat;
  }

  /** The network is gone until the next `attach`. */
  detach(): void {
    const engine = this.#engine;
    for (const end of this.#ends.splice(0)) end();
    this.#quiet();
    engine.alarms.clearAll();
    engine.post = undefined;
  }
  #quiet(): void {
    const engine = this.#engine;
    engine.alarms.clearAll();
    engine.later.clear();
    closeWatches(engine);
    closeInviteWatches(engine);
    closeInbox(engine);
  }
  /** Ends in order: nothing of the next run needs to be skipped. */
  async close(): Promise<void> {
    this.detach();
    try {
      await this.#engine.store.end();
    } catch (error) {
      // Another leads by now: its run is not ours to end, and it owes what ours left open.
      // Nor is there anything to end where all was deleted.
      if (!(error instanceof Fault && (error.code === "closed" || error.code === "storage-gone"))) throw error;
    }
  }
}
export type { Arrived, Looked };
