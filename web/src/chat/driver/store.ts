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
import { decodeChat, decodeInviteState, decodeMe } from "./codec.ts";
import { Draft, type Durable } from "./draft.ts";
import { History } from "./history.ts";
import { pack, unpack } from "./json.ts";
import { DEFAULT_PREFS, prefsOf } from "./prefs.ts";
import { Queue } from "./queue.ts";
import {
  CHATS,
  type ChatState,
  DELETIONS,
  type Deletion,
  DRAFTS,
  ERASING,
  type ErasingRecord,
  INVITES,
  type InviteState,
  ME,
  type Me,
  NODE_KEY,
  PARCELS,
  type Parcel,
  PREFS,
  type Prefs,
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

export class Store implements Durable {
  readonly core: Core;
  readonly #vault: Vault;
  readonly #queue = new Queue();
  #ended = false;
  me: Me | undefined;
  readonly chats = new Map<string, ChatState>();
  readonly parcels = new Map<string, Parcel>();
  readonly invites = new Map<string, InviteState>();
  readonly deletions = new Map<string, Deletion>();
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
      DELETIONS,
      (bytes) => unpack<Deletion>(this.core, bytes),
      (deletion) => this.deletions.set(deletion.id, deletion),
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
