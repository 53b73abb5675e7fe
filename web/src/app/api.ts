/**
 * What the interface may see and ask for. `App` is the one object that `ui` gets: a state to draw and commands to
 * give. States are true states (README of the design): nothing here says more than the protocol proved.
 */

/** Delivery of an own text (product.md 4). */
export type Delivery =
  /** Waiting here; `reason` says why when it is not only a matter of moments. */
  | {
      kind: "queued";
      reason?: "offline" | "no-peers" | "quota" | "full" | "price" | "busy" | "fault" | "superseded" | "blocked";
    }
  /** Signed receipts of distinct current holders. `until` = ms, network time. */
  | { kind: "stored"; held: number; of: number; until: number }
  | { kind: "delivered"; at: number }
  | { kind: "read"; at: number }
  /** Given up for a reason that waiting will not mend; Retry sends it again. */
  | { kind: "failed"; reason: "not-fetched" };
/** How a text travelled. */
export type Path = "direct" | "relayed" | "mailbox";

export interface MessageView {
  /** Message id, hex. */
  id: string;
  mine: boolean;
  text: string;
  /** Network time in ms, of the sender; when it came here. */
  sent: number;
  arrived: number;
  /** Only for own messages. */
  delivery?: Delivery;
  path?: Path;
  /** Only for own messages: when each state was first reached, network time in ms. */
  times?: { stored?: number; delivered?: number; read?: number };
}
/** What happened to the chat itself, shown between its messages. */
export interface NoteView {
  id: string;
  /** renewed: a new session began, as after a restore of either side. */
  kind: "renewed";
  at: number;
}

export type ChatPhase =
  | "open"
  /** The other side has not answered the first contact yet. */
  | "pending"
  /** They wrote first; waits for our decision. */
  | "request";

export interface ChatView {
  /** Stable id of the chat, hex. */
  id: string;
  name: string;
  /** IdentityID of the contact, hex. */
  identity: string;
  phase: ChatPhase;
  /** Node of the contact is linked directly now. */
  direct: boolean;
  unread: number;
  last?: { text: string; at: number; mine: boolean; delivery?: Delivery };
  /** The invite through which it began is over, in a sentence's key. */
  inviteFault?: InviteFault;
  /** Requests only: others answered the same one-time link. asked: they ask, too, or did; accepted: one of them was let
   * in, and this one only is where `acceptRequest` is told so. */
  sharedLink?: "asked" | "accepted";
  /** A text begun and not sent, as last saved. */
  draft?: string;
  /** Nothing is asked for, taken from or sent to this contact. */
  blocked: boolean;
}
export interface OpenChat {
  id: string;
  /** Oldest first. */
  messages: readonly MessageView[];
  notes: readonly NoteView[];
  /** Older messages exist than `messages` holds: `loadOlder`. */
  more: boolean;
}

export type InviteFault =
  | "malformed"
  | "foreign-network"
  | "expired"
  | "used"
  | "revoked"
  | "own"
  | "not-found"
  | "unreachable"
  /** Our own fault: it says nothing of the invite. */
  | "failed";
export interface InviteView {
  id: string;
  link: string;
  created: number;
  ends: number;
  /** shared: two people answered, and nobody was let in yet. */
  state: "preparing" | "ready" | "shared" | "accepted" | "used-twice" | "expired" | "revoked";
  /** Copies of the bundle that holders acknowledged. */
  held: number;
  of: number;
}
/** What an opened invite shows before it is accepted. */
export type InvitePreview =
  | { kind: "looking" }
  | { kind: "found"; name: string; identity: string; ends: number }
  /** It was used, and the chat that came of it is here: there is where it leads to. */
  | { kind: "known"; chat: string }
  | { kind: "fault"; fault: InviteFault };

export type Connection = "online" | "connecting" | "device-offline" | "no-peers" | "no-anchors";

export interface LinkView {
  peer: string;
  carrier: string;
  anchor: boolean;
  sibling: boolean;
  age: number;
  roundTrip: number | undefined;
  bytesIn: number;
  bytesOut: number;
  /** The contact whose node this is, where it is one. */
  chat?: string;
}
/** What the person allows this node; undefined where the default of the device holds. */
export interface Caps {
  linksMax?: number | undefined;
  /** Bytes of cells kept for others, in all. */
  storeBytes?: number | undefined;
  /** Bytes a second on each link. */
  bytesPerSecond?: number | undefined;
}
export interface NodeView {
  nodeId: string;
  uptime: number;
  links: readonly LinkView[];
  knownPeers: number;
  knownAnchors: number;
  /** Fewer than 16 anchors known: they hold most mail. */
  fewAnchors: boolean;
  cellsKept: number;
  bytesKept: number;
  storing: boolean;
  /** How many of those cells lie in each of 64 equal slices of the keyspace. */
  keptAt: readonly number[];
  /** Forwarded for others. */
  carried: { frames: number; bytes: number };
  paused: boolean;
  caps: Caps;
  /** What holds now, caps applied. */
  limits: { linksMax: number; storeBytes: number; bytesPerSecond: number };
  counters: Readonly<Record<string, number>>;
}

export interface Prefs {
  /** Notices of new messages while the app is out of sight. */
  notices: boolean;
  /** Notices name the sender and show the text; without, they say that there is a message. */
  noticeContent: boolean;
}
/** not-yet: nothing was sent; due: asked for; later: dismissed once; confirmed: the words are gone from here. */
export type Backup = "not-yet" | "due" | "later" | "confirmed";

/** 24 words as far as they are typed. */
export interface WordsRead {
  /**
   * Each word as read, completed where its letters allow only one; `known` false where no word begins so. `suggestions`,
   * the likeliest first, only where the word does not stand for one: several begin so, or none does.
   */
  words: readonly { text: string; known: boolean; suggestions?: readonly string[] }[];
  /** complete: 24 known words whose checksum holds. checksum: 24 known words, yet one is wrong or two are swapped. */
  state: "incomplete" | "unknown-word" | "checksum" | "too-many" | "complete";
}

/** What this tab and its device can do: the same in every tab, also before there is an identity. */
export interface DeviceView {
  /** prompt: the browser offers an install button; guide: it can be installed by hand (iOS); installed: this window is. */
  install: "prompt" | "guide" | "installed" | "none";
  /** The browser promised not to evict this site's data; undefined until asked. */
  persisted?: boolean;
  /** Bytes. */
  usage?: number;
  quota?: number;
  notices: "unsupported" | "default" | "granted" | "denied";
  /** A newer version of the app is installed and waits. */
  update: boolean;
}

export type AppState =
  /** Set-up in the background; progress 0 … 1 of the expected work, after a second. */
  | { phase: "starting"; step: "opening" | "moving" | "keys" | "work" | "joining"; progress?: number }
  /** Plain http from another host, or a browser without what is needed. */
  | { phase: "unsupported"; missing: "secure-context" | "wasm" | "indexeddb" | "locks" }
  | { phase: "broken"; fault: "storage-broken" | "storage-full" | "storage-gone" | "newer-version" | "not-loaded" }
  /** No identity yet. `invite`: opened with an invite, shown with its preview. */
  | {
      phase: "first-run";
      invite?: InvitePreview;
      /** There was an identity here, and the browser has thrown its data away. */
      evicted?: true;
    }
  /** Everything here was deleted by the person. */
  | { phase: "deleted" }
  | ReadyState;
export interface ReadyState {
  phase: "ready";
  me: { name: string; identity: string };
  connection: Connection;
  /** Device clock off by this many ms (only when > 10 min). */
  skew?: number;
  /** Too few nodes vouch for that, and until then others refuse this one. */
  skewDoubted?: true;
  /** Confirmed words can still be read from the disk by who copies it; erasing them is tried again. */
  erasing?: true;
  /** Stored values that cannot be read: passed over, and kept. */
  damaged?: number;
  /** The disk took nothing more: what that means is said once, nothing was lost. */
  storageFull: boolean;
  chats: readonly ChatView[];
  open?: OpenChat;
  invites: readonly InviteView[];
  /** An invite link was opened: shown before it is accepted. */
  invite?: InvitePreview;
  /** Filled while `showNode(true)`. */
  node?: NodeView;
  backup: Backup;
  /** The identity was restored on another device: this one no longer sends. */
  superseded: boolean;
  /** This very profile runs, or ran, somewhere else: this one sends nothing until the person says where to go on. */
  elsewhere?: true;
  /** The identity came from its words: contacts appear as they write. */
  restored?: true;
  prefs: Prefs;
  /** This tab is the node; the others show what it says. */
  leads: boolean;
  /** Version of the app, and the hash of what it was built from. */
  version: string;
  build: string;
}

export interface App {
  readonly state: AppState;
  /** Called after each change, at most once a frame. Returns its end. */
  subscribe(changed: () => void): () => void;

  /** First run: makes the identity (or goes on when it is being made). */
  begin(name: string): Promise<void>;
  setName(name: string): Promise<void>;
  openChat(id: string | undefined): Promise<void>;
  loadOlder(): Promise<void>;
  /** What is on the screen was read: sends READ for it. */
  markRead(chat: string): Promise<void>;
  send(chat: string, text: string): Promise<void>;
  /** A failed text goes out again under its id. */
  retry(chat: string, message: string): Promise<void>;
  /** A queued text never leaves; a later one is only removed here. */
  deleteMessage(chat: string, message: string): Promise<void>;
  /** Answers a request chat. `again`: also where its `sharedLink` is "accepted"; rejects with Fault("used-twice") without. */
  acceptRequest(chat: string, again?: boolean): Promise<void>;
  declineRequest(chat: string): Promise<void>;

  /** A one-time invite; appears in `invites` at once as "preparing". Resolves with its id. */
  createInvite(): Promise<string>;
  revokeInvite(id: string): Promise<void>;
  /** Looks an invite link up; `state.invite` follows. */
  openInvite(link: string): Promise<void>;
  /** Accepts the opened invite with a first text; resolves with the chat's id. */
  acceptInvite(text: string): Promise<string>;
  dismissInvite(): void;

  /** What is in the composer of a chat. Resolves when it is on the disk. */
  setDraft(chat: string, text: string): Promise<void>;
  block(chat: string): Promise<void>;
  unblock(chat: string): Promise<void>;
  /** The chat and its history leave this device. */
  deleteChat(chat: string): Promise<void>;
  setPrefs(prefs: Partial<Prefs>): Promise<void>;

  /** The 24 words, until the backup is confirmed. */
  backupWords(): Promise<readonly string[] | undefined>;
  /** `proof`: the words pasted back, or true where the person ticks that they are kept. False: these are other words. */
  confirmBackup(proof: string | true): Promise<boolean>;
  deferBackup(): Promise<void>;
  readWords(text: string): Promise<WordsRead>;
  /** First run with the words of an identity. Rejects with Fault("malformed") where they are none. */
  restore(words: string, name: string): Promise<void>;
  /** Where the profile runs somewhere else: it goes on here, and the other stops. */
  continueHere(): Promise<void>;
  /** Withdraws what others keep as far as it can be, then wipes everything of this profile. */
  deleteEverything(): Promise<void>;

  showNode(on: boolean): void;
  /** Paused, the node carries and keeps nothing for others; own messages go on. */
  pauseNode(on: boolean): Promise<void>;
  setCaps(caps: Caps): Promise<void>;

  readonly device: DeviceView;
  /** Each of the following belongs into a click. Resolves with whether it was granted. */
  install(): Promise<boolean>;
  keepStorage(): Promise<boolean>;
  allowNotices(): Promise<boolean>;
  /** Starts the newer version; drafts are saved before. */
  applyUpdate(): Promise<void>;
  /** What a text sends at most, in UTF-8 bytes. */
  readonly textLimit: number;
  /** The same for the text that answers an invite: it shares its cell with keys and signatures. */
  readonly firstTextLimit: number;
}
