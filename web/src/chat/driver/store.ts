/**
 * Personal state in memory and on disk. `exclusive` is the only way to change it: one change at a time, on a draft
 * that becomes the state only after the vault has it durably (protocol.md §11, Order on disk). What fails leaves
 * everything as it was.
 *
 * Invariants:
 * 1. Memory never holds what the disk does not.
 * 2. A session's step is on disk before the cell made with it exists outside the draft.
 */
import { Fault } from "#node/errors.ts";
import type { Change, Core } from "#node/ports.ts";
import { toHex } from "../bytes.ts";
import type { Part, Vault } from "../ports.ts";
import { decodeChat, decodeInviteState, decodeMe, encodeChat, encodeInviteState, encodeMe } from "./codec.ts";
import { History } from "./history.ts";
import { pack, unpack } from "./json.ts";
import { DEFAULT_PREFS, prefsOf } from "./prefs.ts";
import { Queue } from "./queue.ts";
import {
  CHATS,
  type ChatState,
  chatKey,
  DRAFTS,
  draftKey,
  ERASING,
  type ErasingRecord,
  INVITES,
  type InviteState,
  inviteKey,
  ME,
  type Me,
  NODE_KEY,
  PARCELS,
  type Parcel,
  PREFS,
  type Prefs,
  parcelKey,
  RUN,
  type TextRecord,
  textKey,
  textPrefix,
} from "./records.ts";

const NOTHING_ERASED: ErasingRecord = { owed: { secrets: 0, history: 0 }, done: { secrets: 0, history: 0 } };

/** Where it is not known. */
const ALL_OWED: ErasingRecord = { ...NOTHING_ERASED, owed: { secrets: 1, history: 1 }, words: true };

interface Run {
  clean: boolean;
  owed?: readonly string[];
}

export class Store {
  readonly core: Core;
  readonly #vault: Vault;
  readonly #queue = new Queue();
  #ended = false;
  me: Me | undefined;
  readonly chats = new Map<string, ChatState>();
  readonly parcels = new Map<string, Parcel>();
  readonly invites = new Map<string, InviteState>();
  /** What is written and not sent, by chat. */
  readonly unsent = new Map<string, string>();
  prefs: Prefs = DEFAULT_PREFS;
  /** Somebody who knew our node was blocked: it needs another key. */
  mustChangeNodeKey = false;
  /** Texts of the chats that were needed in this run, whole once `loaded`. */
  readonly texts = new Map<string, { history: History; loaded: Promise<History> }>();
  /** Pairs whose sending chain skips ahead before its first send, th in hex: after a run that did not end in order, all,
   * until they did, through however many runs that sent nothing on them. */
  readonly owed = new Set<string>();
  /** Tags, hex, of the cells that an earlier run left on their way. */
  readonly inherited = new Set<string>();
  erasing: ErasingRecord = NOTHING_ERASED;
  /** Called when something was removed that is to be erased. */
  owing: () => void = () => undefined;
  #full = false;
  /** The disk was emptied by somebody else: nothing that is here can be kept any more. */
  gone = false;
  /** Records that could not be read. */
  damaged = 0;

  private constructor(core: Core, vault: Vault) {
    this.core = core;
    this.#vault = vault;
  }

  static async open(core: Core, vault: Vault): Promise<Store> {
    const store = new Store(core, vault);
    await store.#load();
    return store;
  }

  exclusive<T>(change: (draft: Draft) => Promise<T> | T): Promise<T> {
    return this.#queue.run(async () => {
      const draft = new Draft(this);
      const result = await change(draft);
      const changes = draft.changes();
      if (changes.length > 0 && this.#ended) throw new Fault("closed", "This run has ended.");
      if (changes.length > 0) await this.#save(changes);
      draft.apply();
      if (draft.owes) this.owing();
      return result;
    });
  }

  async #save(changes: readonly Change[]): Promise<void> {
    try {
      await this.#vault.save(changes);
      this.#full = false;
    } catch (error) {
      const code = error instanceof Fault ? error.code : undefined;
      this.#full = code === "storage-full";
      this.gone = code === "storage-gone";
      throw error;
    }
  }

  /** The last change found no room on the disk, or one before is still looking for it. */
  get full(): boolean {
    return this.#full || this.#vault.full === true;
  }

  /** See `Vault.renew`; false where this vault cannot. */
  async renew(part: Part): Promise<boolean> {
    await this.#vault.renew?.(part);
    return this.#vault.renew !== undefined;
  }

  /** All texts of a chat; read from disk once. */
  history(chat: string): Promise<History> {
    const kept = this.texts.get(chat);
    if (kept !== undefined) return kept.loaded;
    const history = new History();
    const loaded = this.#loadTexts(chat, history);
    this.texts.set(chat, { history, loaded });
    loaded.catch(() => this.texts.delete(chat));
    return loaded;
  }
  async #loadTexts(chat: string, history: History): Promise<History> {
    for await (const { value } of this.#vault.range(textPrefix(chat))) {
      const record = value && unpack<TextRecord>(this.core, value);
      if (record === undefined) this.damaged++;
      else history.load(record);
    }
    return history;
  }
  /** Some texts, without reading all the others from the disk. */
  async some(chat: string, numbers: readonly number[]): Promise<TextRecord[]> {
    const load = async (number: number) => {
      const value = await this.#loadOne(textKey(chat, number));
      return value && unpack<TextRecord>(this.core, value);
    };
    return (await Promise.all(numbers.map(load))).filter((record) => record !== undefined);
  }

  /** The end of a run in order: whoever leads next, page or worker, skips no more than what is still owed. */
  async end(): Promise<void> {
    await this.#queue.run(async () => {
      this.#ended = true;
      const run: Run = { clean: true, owed: this.#pairs().filter((th) => this.owed.has(th)) };
      await this.#vault.save([{ key: RUN, value: pack(this.core, run) }]);
    });
  }
  #pairs(): string[] {
    return [...this.chats.values()].flatMap(({ pairs }) => pairs.map(({ th }) => toHex(th)));
  }

  async #load(): Promise<void> {
    const me = await this.#vault.load(ME);
    this.me = me && decodeMe(this.core, me);
    // Nobody is to begin anew over a person who cannot be read.
    if (me !== undefined && this.me === undefined) throw new Fault("storage-broken", "The own identity is damaged.");
    await this.#each(
      CHATS,
      (bytes) => decodeChat(this.core, bytes),
      (chat) => this.chats.set(chat.id, chat),
    );
    await this.#each(
      INVITES,
      (bytes) => decodeInviteState(this.core, bytes),
      (it) => this.invites.set(it.id, it),
    );
    await this.#each(
      PARCELS,
      (bytes) => unpack<Parcel>(this.core, bytes),
      (parcel) => {
        this.parcels.set(parcel.tag, parcel);
        this.inherited.add(parcel.tag);
      },
    );
    await this.#each(
      DRAFTS,
      (bytes) => unpack<{ chat: string; text: string }>(this.core, bytes),
      ({ chat, text }) => this.unsent.set(chat, text),
    );
    this.mustChangeNodeKey = (await this.#loadOne(NODE_KEY)) !== undefined;
    this.prefs = prefsOf(this.core, await this.#loadOne(PREFS));
    let { damaged } = this;
    const erasing = await this.#loadOne(ERASING);
    const nothing = erasing === undefined && damaged === this.damaged;
    this.erasing = (erasing && unpack<ErasingRecord>(this.core, erasing)) ?? (nothing ? NOTHING_ERASED : ALL_OWED);
    damaged = this.damaged;
    const stored = await this.#loadOne(RUN);
    const run = stored === undefined ? { clean: damaged === this.damaged } : unpack<Run>(this.core, stored);
    for (const th of run?.clean === true ? (run.owed ?? []) : this.#pairs()) this.owed.add(th);
    this.damaged += this.#vault.damaged ?? 0;
    await this.#vault.save([{ key: RUN, value: pack(this.core, { clean: false } satisfies Run) }]);
  }
  /** One that cannot be opened counts as damaged, and is as if it were not there. */
  async #loadOne(key: string): Promise<Uint8Array | undefined> {
    try {
      return await this.#vault.load(key);
    } catch (error) {
      for await (const entry of this.#vault.range(key)) {
        if (entry.key !== key || entry.value !== undefined) continue;
        this.damaged++;
        return undefined;
      }
      throw error;
    }
  }

  async #each<T>(prefix: string, decode: (bytes: Uint8Array) => T | undefined, take: (record: T) => void) {
    for await (const { value } of this.#vault.range(prefix)) {
      const record = value && decode(value);
      if (record === undefined) this.damaged++;
      else take(record);
    }
  }
}

/** Changes that are not yet durable. Reads see them; nobody else does. */
export class Draft {
  readonly #store: Store;
  #me: Me | undefined;
  readonly #chats = new Map<string, ChatState | undefined>();
  readonly #parcels = new Map<string, Parcel | undefined>();
  readonly #invites = new Map<string, InviteState | undefined>();
  readonly #texts = new Map<string, { chat: string; record: TextRecord }>();
  /** The same by chat and message id. */
  readonly #byId = new Map<string, TextRecord>();
  readonly #unsent = new Map<string, string | undefined>();
  #prefs: Prefs | undefined;
  #mustChangeNodeKey: boolean | undefined;
  #erasing: ErasingRecord | undefined;
  readonly #forgotten: { key: string; chat: string }[] = [];

  constructor(store: Store) {
    this.#store = store;
  }

  get me(): Me | undefined {
    return this.#me ?? this.#store.me;
  }
  set me(me: Me) {
    this.#me = me;
  }

  get prefs(): Prefs {
    return this.#prefs ?? this.#store.prefs;
  }
  set prefs(prefs: Prefs) {
    this.#prefs = prefs;
  }
  set mustChangeNodeKey(must: boolean) {
    this.#mustChangeNodeKey = must;
  }
  get erasing(): ErasingRecord {
    return this.#erasing ?? this.#store.erasing;
  }
  set erasing(erasing: ErasingRecord) {
    this.#erasing = erasing;
  }
  /** Something goes with this change that is to be erased. */
  owes = false;
  owe(part: Part): void {
    this.owes = true;
    const { owed } = this.erasing;
    this.erasing = { ...this.erasing, owed: { ...owed, [part]: owed[part] + 1 } };
  }
  unsent(chat: string): string {
    return (this.#unsent.has(chat) ? this.#unsent.get(chat) : this.#store.unsent.get(chat)) ?? "";
  }
  setUnsent(chat: string, text: string): void {
    if (this.unsent(chat) !== text) this.#unsent.set(chat, text === "" ? undefined : text);
  }

  chat(id: string): ChatState | undefined {
    return this.#chats.has(id) ? this.#chats.get(id) : this.#store.chats.get(id);
  }
  setChat(chat: ChatState): void {
    this.#chats.set(chat.id, chat);
  }
  invite(id: string): InviteState | undefined {
    return this.#invites.has(id) ? this.#invites.get(id) : this.#store.invites.get(id);
  }
  setInvite(state: InviteState): void {
    this.#invites.set(state.id, state);
  }
  parcel(tag: string): Parcel | undefined {
    return this.#parcels.has(tag) ? this.#parcels.get(tag) : this.#store.parcels.get(tag);
  }
  setParcel(parcel: Parcel): void {
    this.#parcels.set(parcel.tag, parcel);
  }
  removeParcel(tag: string): void {
    this.#parcels.set(tag, undefined);
  }
  parcelsOf(chat: string): Parcel[] {
    const all = new Map<string, Parcel | undefined>([...this.#store.parcels, ...this.#parcels]);
    return [...all.values()].filter((parcel) => parcel?.chat === chat) as Parcel[];
  }

  async text(chat: string, number: number): Promise<TextRecord | undefined> {
    return this.#texts.get(textKey(chat, number))?.record ?? (await this.#store.history(chat)).byNumber.get(number);
  }
  async textById(chat: string, id: string): Promise<TextRecord | undefined> {
    return this.#byId.get(`${chat}/${id}`) ?? (await this.#store.history(chat)).byId.get(id);
  }
  setText(chat: string, record: TextRecord): void {
    this.#texts.set(textKey(chat, record.number), { chat, record });
    this.#byId.set(`${chat}/${record.id}`, record);
  }
  /** The texts as they were before this change. */
  history(chat: string): Promise<History> {
    return this.#store.history(chat);
  }

  /** The chat, its texts, its draft and its cells on the way are gone with this change. */
  async forgetChat(id: string): Promise<void> {
    this.owe("secrets");
    this.owe("history");
    this.#chats.set(id, undefined);
    this.setUnsent(id, "");
    for (const parcel of this.parcelsOf(id)) this.removeParcel(parcel.tag);
    for (const number of (await this.#store.history(id)).byNumber.keys()) {
      this.#forgotten.push({ key: textKey(id, number), chat: id });
    }
  }

  changes(): Change[] {
    const { core } = this.#store;
    const changes: Change[] = [];
    const note = (key: string, value: Uint8Array | undefined) => changes.push({ key, value });
    if (this.#me !== undefined) note(ME, encodeMe(core, this.#me));
    for (const [id, chat] of this.#chats) note(chatKey(id), chat && encodeChat(core, chat));
    for (const [id, state] of this.#invites) note(inviteKey(id), state && encodeInviteState(core, state));
    for (const [tag, parcel] of this.#parcels) note(parcelKey(tag), parcel && pack(core, parcel));
    if (this.#prefs !== undefined) note(PREFS, pack(core, this.#prefs));
    if (this.#erasing !== undefined) note(ERASING, pack(core, this.#erasing));
    if (this.#mustChangeNodeKey !== undefined) {
      note(NODE_KEY, this.#mustChangeNodeKey ? pack(core, { due: true }) : undefined);
    }
    for (const [chat, text] of this.#unsent) {
      note(draftKey(chat), text === undefined ? undefined : pack(core, { chat, text }));
    }
    for (const [key, { record }] of this.#texts) note(key, pack(core, record));
    for (const { key } of this.#forgotten) note(key, undefined);
    return changes;
  }

  apply(): void {
    const store = this.#store;
    if (this.#me !== undefined) store.me = this.#me;
    merge(store.chats, this.#chats);
    merge(store.parcels, this.#parcels);
    merge(store.invites, this.#invites);
    merge(store.unsent, this.#unsent);
    if (this.#prefs !== undefined) store.prefs = this.#prefs;
    if (this.#erasing !== undefined) store.erasing = this.#erasing;
    store.mustChangeNodeKey = this.#mustChangeNodeKey ?? store.mustChangeNodeKey;
    for (const { chat, record } of this.#texts.values()) store.texts.get(chat)?.history.set(record);
    for (const { chat } of this.#forgotten) store.texts.delete(chat);
  }
}

function merge<T>(into: Map<string, T>, changes: ReadonlyMap<string, T | undefined>): void {
  for (const [key, value] of changes) {
    if (value === undefined) into.delete(key);
    else into.set(key, value);
  }
}
