/**
 * What the driver keeps in the vault, one record a key, and the keys. Chats are named by random ids, so that no key at
 * rest tells who they are with. Everything here is plain data; `json.ts` turns it into bytes.
 *
 *     me                      identity, name, own card
 *     run                     was the last run ended in order?
 *     prefs                   what the person set
 *     node-key                is there while a new one is due
 *     erasing                 what is removed and not erased yet
 *     chat/<chat>             contact, pairs, what is due
 *     text/<chat>/<number>    one text, numbered in the order of the chat
 *     draft/<chat>            what is written there and not sent
 *     parcel/<tag>            one cell of ours, until its texts are acknowledged
 *     invite/<id>             one invite of ours
 *     deletion/<id>           one cell that was read, to be deleted at its holders at a time of its own
 */
import type { Contact } from "../contact.ts";
import type { Identity } from "../identity.ts";
import type { Invite } from "../invite.ts";
import type { Pair } from "../pair.ts";
import type { Box, Part } from "../ports.ts";
import type { Prekeys } from "../prekey.ts";

/** Why a text waits longer than moments, or for good. */
export type Waiting = "offline" | "no-peers" | "quota" | "full" | "price" | "busy" | "fault" | "superseded" | "blocked";
export type Failure = "not-fetched";
export type Delivery =
  | { kind: "queued"; reason?: Waiting }
  | { kind: "stored"; held: number; of: number; until: number }
  | { kind: "delivered"; at: number }
  | { kind: "read"; at: number }
  | { kind: "failed"; reason: Failure };
export type Path = "direct" | "relayed" | "mailbox";

export interface TextRecord {
  /** Message id, hex. */
  id: string;
  /** Place in the chat. */
  number: number;
  mine: boolean;
  text: string;
  /** Network time in ms: of the author, and when it came here. */
  sent: number;
  arrived: number;
  path?: Path;
  /** Own texts only. */
  delivery?: Delivery;
  /** Own texts only: ms, network time, when each state was first reached. */
  times?: { stored?: number; delivered?: number; read?: number };
  /** Own texts only: full lives of cells that ended without an acknowledgement. */
  lives?: number;
  /** Own texts only: th, hex, of the pair on which the other end fetched a cell of it, as its tombstone shows. */
  fetched?: string;
  /** Removed here by the person: the id stays, so that a late copy is not shown again. */
  gone?: true;
}

/** A cell of ours on its way. It never changes: stored again means the same bytes. */
export interface Parcel {
  /** Tag of the cell, hex. */
  tag: string;
  chat: string;
  /** `first`: a first contact in an invite's box, or in the inbox of `day`; `pair`: a session cell in the pair box of `day`. */
  kind: "first" | "pair";
  /** Through a card: its inbox key, and the work that it asks. */
  inbox?: { pk: Uint8Array; bits: number };
  /** th of the pair, hex. */
  pair: string;
  day: number;
  cell: Uint8Array;
  /** Numbers of the texts in it that are not acknowledged; empty from the start for bare acknowledgements. */
  texts: readonly number[];
  /** 6-hour unit. */
  expiry: number;
  /** Valid receipts of current holders at the last look, and of how many; 0 of 0 before the first. */
  held: number;
  of: number;
  /** ms when it was made, and when it was last put. */
  made: number;
  put: number;
  /** It goes over a direct link, or went. */
  direct?: true;
  /** ms when a holder first said that the owner had fetched it. */
  fetched?: number;
}

/** The person of this profile. */
export interface Me {
  identity: Identity;
  name: string;
  /** Until the backup is confirmed. */
  entropy?: Uint8Array;
  /** Minutes since 2026-01-01 when the identity was made here. */
  generation: number;
  card?: OwnCard;
  /** Generation under which a card of this device was published: from then on a higher one is another device's. */
  published?: number;
  /** Another device has this identity now: this one reads, and sends and publishes nothing. */
  superseded?: true;
  /** This very profile runs, or ran, somewhere else: the same, until the person says where to go on. */
  elsewhere?: true;
  /** H(card) of the cards that were signed here last, newest last: none of them tells of another device. */
  signed?: readonly Uint8Array[];
  /** It came from its words: contacts are not here before they write. */
  restored?: true;
  /** Superseded prekeys, until 8 days after. */
  retired: readonly RetiredCard[];
}
/** Nothing leaves this device. */
export const isHeldBack = (me: Me | undefined): boolean => me?.superseded === true || me?.elsewhere === true;
/** What opens first contacts that were sealed to a card before. */
export interface RetiredCard {
  prekeys: Prekeys;
  since: number;
  /** H(card); none where version 0.1.0 retired it. */
  hash?: Uint8Array;
  /** th of first contacts opened with these prekeys: they do nothing again. */
  opened?: readonly Uint8Array[];
}
export interface OwnCard {
  bytes: Uint8Array;
  prekeys: Prekeys;
  /** ms of signing, and when it was last put. */
  signed: number;
  put: number;
  /** As in `RetiredCard`. */
  opened?: readonly Uint8Array[];
}

/** What happened to the chat itself; `at` in ms, network time. */
export interface NoteRecord {
  at: number;
  kind: "renewed";
}

/** Where a cell lay that was read: the box of a pair (th, hex) and day, the inbox of a day, an invite's address. */
export type ReadAt = { pair: string; day: number } | { inbox: number } | { invite: string };
/** Read, and still to be deleted at its holders. */
export interface ReadCell {
  at: ReadAt;
  header: Uint8Array; // 20
}
/** What a decision left to be deleted, at a time that does not tell when it was made. */
export interface Deletion {
  id: string;
  header: Uint8Array; // 20
  /** ms, network time. */
  due: number;
  at: ReadAt;
  /** Of a pair, whose keys may be gone by then. */
  box?: Box;
}

export interface ChatState {
  id: string;
  contact: Contact;
  pairs: readonly Pair[];
  /** Number of the next text. */
  next: number;
  /** Time in the newest own text, ms. */
  sent?: number;
  unread: number;
  /** What the list shows. */
  last?: TextRecord;
  /** Own texts that wait for a cell, in order, and those that are in one. */
  queue: readonly number[];
  waiting: readonly number[];
  /** Message ids, hex, to be acknowledged and to be reported as read. */
  acks: readonly string[];
  reads: readonly string[];
  /** Nothing is asked for, taken from or sent to them. */
  blocked?: true;
  /** Our name as last told to them. */
  toldName?: string;
  /** The invite of ours through which they came. */
  invite?: string;
  /** The invite of theirs that we answered, until they answer: link payload and bundle, to put the first contact again. */
  answered?: { link: string; bundle: Uint8Array; tag: Uint8Array };
  /** What became of that invite. */
  fault?: "used" | "revoked" | "expired";
  /** The highest card of theirs that was seen: no lower one is believed. */
  pinned?: { generation: number; seq: number };
  /** ms when their card was last asked for, and when last at all its holders. */
  looked?: number;
  lookedWhole?: number;
  /** th, hex, of the pair that leads nowhere while it is the one that counts: a new session is to be begun. */
  lost?: string;
  /** ms of the renewals of the last day, by who began. */
  renewals?: { ours: readonly number[]; theirs: readonly number[] };
  /** What the chat shows between its texts. */
  notes?: readonly NoteRecord[];
  /** Cells of a request that were read: they stay at their holders until the person decides. */
  undecided?: readonly ReadCell[];
}

export interface InviteState {
  id: string;
  invite: Invite;
  /** Copies of its bundle at the last put, and when that was, ms. */
  held: number;
  of: number;
  put: number;
  /** Tags, hex, of the cells at its address that were looked at. */
  seen: readonly string[];
  /** A further first contact came after it was used. */
  twice?: true;
  /** Who answered it first (IdentityID, hex), and that somebody else answered it, too. */
  answerer?: string;
  shared?: true;
  /** It is over, and its bundles (headers) are still to be deleted at their holders. */
  withdrawing?: { reason: number; headers: readonly Uint8Array[] };
}

/** What the person allows this node; the defaults of the device hold where nothing is set. */
export interface Caps {
  linksMax?: number | undefined;
  /** Bytes of cells kept for others, in all. */
  storeBytes?: number | undefined;
  /** On each link. */
  bytesPerSecond?: number | undefined;
}
export interface Prefs {
  /** Notices of new texts, once the person asked for them; with name and text only where they said so. */
  notices: boolean;
  noticeContent: boolean;
  /** The node carries and keeps nothing for others. */
  paused: boolean;
  caps?: Caps;
  /** ms when the person was asked for a backup, and when they put it off. */
  backupAsked?: number;
  backupDeferred?: number;
}

/** What was removed stays on the disk, and can be opened, until its part of the vault is made anew. */
export interface ErasingRecord {
  /** Removals since that was last done. */
  owed: Record<Part, number>;
  /** ms when it was last done. */
  done: Record<Part, number>;
  /** The 24 words are among what is owed. */
  words?: true;
}

/** Texts of a request that are fetched before the person decides: the rest waits in its box. Tier 3. */
const REQUEST_TEXTS = 64;
/** Its cells that are read before then, with texts or without: each is remembered until the decision. Tier 3. */
export const REQUEST_CELLS = 128;
/** Blocked, or a request that has said enough to be decided on: nothing of it is fetched. */
export const isShut = ({ blocked, contact, next, undecided = [] }: ChatState): boolean =>
  blocked === true || (contact.phase === "request" && (next >= REQUEST_TEXTS || undecided.length >= REQUEST_CELLS));

/** Did others answer the invite of this request? asked: they did; accepted: one of them was let in. */
export function sharedLink(chat: ChatState, invites: readonly InviteState[]): "asked" | "accepted" | undefined {
  const state = chat.contact.phase === "request" ? invites.find(({ id }) => id === chat.invite) : undefined;
  if (state?.invite.phase === "used") return "accepted";
  return state?.shared === true ? "asked" : undefined;
}

export const ME = "me";
export const RUN = "run";
export const PREFS = "prefs";
export const NODE_KEY = "node-key";
export const ERASING = "erasing";
export const CHATS = "chat/";
export const DRAFTS = "draft/";
export const PARCELS = "parcel/";
export const INVITES = "invite/";
export const DELETIONS = "deletion/";
export const chatKey = (chat: string): string => CHATS + chat;
export const draftKey = (chat: string): string => DRAFTS + chat;
export const parcelKey = (tag: string): string => PARCELS + tag;
export const inviteKey = (invite: string): string => INVITES + invite;
export const deletionKey = (id: string): string => DELETIONS + id;
export const textPrefix = (chat: string): string => `text/${chat}/`;
export const textKey = (chat: string, number: number): string => textPrefix(chat) + number.toString().padStart(10, "0");
