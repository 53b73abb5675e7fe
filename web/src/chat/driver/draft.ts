/** One change of the personal state, before it is durable (store.ts). */
import type { Change, Core } from "#node/ports.ts";
import type { Part } from "../ports.ts";
import { encodeChat, encodeInviteState, encodeMe } from "./codec.ts";
import type { History } from "./history.ts";
import { pack } from "./json.ts";
import {
  type ChatState,
  chatKey,
  type Deletion,
  deletionKey,
  draftKey,
  ERASING,
  type ErasingRecord,
  type InviteState,
  inviteKey,
  ME,
  type Me,
  NODE_KEY,
  type Parcel,
  PREFS,
  type Prefs,
  parcelKey,
  type TextRecord,
  textKey,
} from "./records.ts";

/** The state that is on the disk; `store.ts` has it. */
export interface Durable {
  readonly core: Core;
  me: Me | undefined;
  readonly chats: Map<string, ChatState>;
  readonly parcels: Map<string, Parcel>;
  readonly invites: Map<string, InviteState>;
  readonly deletions: Map<string, Deletion>;
  readonly unsent: Map<string, string>;
  prefs: Prefs;
  erasing: ErasingRecord;
  mustChangeNodeKey: boolean;
  readonly texts: Map<string, { history: History; loaded: Promise<History> }>;
  history(chat: string): Promise<History>;
}

/** Changes that are not yet durable. Reads see them; nobody else does. */
export class Draft {
  readonly #store: Durable;
  #me: Me | undefined;
  readonly #chats = new Map<string, ChatState | undefined>();
  readonly #parcels = new Map<string, Parcel | undefined>();
  readonly #invites = new Map<string, InviteState | undefined>();
  readonly #deletions = new Map<string, Deletion | undefined>();
  readonly #texts = new Map<string, { chat: string; record: TextRecord }>();
  /** The same by chat and message id. */
  readonly #byId = new Map<string, TextRecord>();
  readonly #unsent = new Map<string, string | undefined>();
  #prefs: Prefs | undefined;
  #mustChangeNodeKey: boolean | undefined;
  #erasing: ErasingRecord | undefined;
  readonly #forgotten: { key: string; chat: string }[] = [];

  constructor(store: Durable) {
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
  setDeletion(deletion: Deletion): void {
    this.#deletions.set(deletion.id, deletion);
  }
  removeDeletion(id: string): void {
    this.#deletions.set(id, undefined);
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
    for (const [id, deletion] of this.#deletions) note(deletionKey(id), deletion && pack(core, deletion));
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
    merge(store.deletions, this.#deletions);
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
