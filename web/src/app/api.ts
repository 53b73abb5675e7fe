/**
 * What the interface may see and ask for. `App` is the one object that `ui` gets: a state to draw and commands to
 * give. States are true states (README of the design): nothing here says more than the protocol proved.
 */

/** Delivery of an own text (product.md 4). */
export type Delivery =
  /** Waiting here; `reason` says why when it is not only a matter of moments. */
  | { kind: "queued"; reason?: "offline" | "no-peers" | "quota" | "full" | "price" | "busy" | "superseded" }
  /** Signed receipts of distinct current holders. `until` = ms, network time. */
  | { kind: "stored"; held: number; of: number; until: number }
  | { kind: "delivered"; at: number }
  | { kind: "read"; at: number }
  /** Given up for a reason that waiting will not mend; Retry sends it again. */
  | { kind: "failed"; reason: "not-fetched" | "too-large" | "contact-gone" | "storage-full" };
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
  phase: ChatPhase;
  /** Node of the contact is linked directly now. */
  direct: boolean;
  unread: number;
  last?: { text: string; at: number; mine: boolean; delivery?: Delivery };
  /** The invite through which it began is over, in a sentence's key. */
  inviteFault?: InviteFault;
}
export interface OpenChat {
  id: string;
  /** Oldest first. */
  messages: readonly MessageView[];
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
  | "unreachable";
export interface InviteView {
  id: string;
  link: string;
  created: number;
  ends: number;
  state: "preparing" | "ready" | "accepted" | "used-twice" | "expired" | "revoked";
  /** Copies of the bundle that holders acknowledged. */
  held: number;
  of: number;
}
/** What an opened invite shows before it is accepted. */
export type InvitePreview =
  | { kind: "looking" }
  | { kind: "found"; name: string; ends: number }
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
  counters: Readonly<Record<string, number>>;
}

export type AppState =
  /** Set-up in the background; progress 0 … 1 of the expected work, after a second. */
  | { phase: "starting"; step: "opening" | "keys" | "work" | "joining"; progress?: number }
  /** Another tab of this profile is the node. */
  | { phase: "other-tab" }
  /** Plain http from another host, or a browser without what is needed. */
  | { phase: "unsupported"; missing: "secure-context" | "wasm" | "indexeddb" | "locks" }
  | { phase: "broken"; fault: "storage-broken" | "storage-full" | "newer-version" }
  /** No identity yet. `invite`: opened with an invite, shown with its preview. */
  | { phase: "first-run"; invite?: InvitePreview }
  | ReadyState;
export interface ReadyState {
  phase: "ready";
  me: { name: string; identity: string };
  connection: Connection;
  /** Device clock off by this many ms (only when > 10 min). */
  skew?: number;
  /** Too few nodes vouch for that, and until then others refuse this one. */
  skewDoubted?: true;
  /** The disk took nothing more: what that means is said once, nothing was lost. */
  storageFull: boolean;
  chats: readonly ChatView[];
  open?: OpenChat;
  invites: readonly InviteView[];
  /** An invite link was opened: shown before it is accepted. */
  invite?: InvitePreview;
  /** Filled while `showNode(true)`. */
  node?: NodeView;
  /** Version and build of the shell. */
  version: string;
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
  /** Answers a request chat. */
  acceptRequest(chat: string): Promise<void>;
  declineRequest(chat: string): Promise<void>;

  /** A one-time invite; appears in `invites` at once as "preparing". Resolves with its id. */
  createInvite(): Promise<string>;
  revokeInvite(id: string): Promise<void>;
  /** Looks an invite link up; `state.invite` follows. */
  openInvite(link: string): Promise<void>;
  /** Accepts the opened invite with a first text; resolves with the chat's id. */
  acceptInvite(text: string): Promise<string>;
  dismissInvite(): void;
  /** Becomes the node in place of the other tab. */
  takeOver(): Promise<void>;

  showNode(on: boolean): void;
  /** What a text sends at most, in UTF-8 bytes. */
  readonly textLimit: number;
  /** The same for the text that answers an invite: it shares its cell with keys and signatures. */
  readonly firstTextLimit: number;
}
