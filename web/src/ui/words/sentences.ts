/**
 * Every sentence that a person can see, in one place, English. Sentences with gaps are functions, counted nouns go
 * through `plural`, names are isolated so that a right-to-left name does not turn its sentence around. The long texts
 * of the pages that load later are in sentences-pages.ts.
 */
import type { AppState, ChatView, Connection, Delivery, InviteFault, InviteView, NoteView, Path } from "#app/api.ts";
import { catalogue } from "../kit/catalogue.ts";
import { bytes, integer, plural } from "../kit/format.ts";

/** A person's own text inside a sentence: FIRST STRONG ISOLATE … POP DIRECTIONAL ISOLATE. */
const own = (text: string): string => `\u2068${text}\u2069`;
/** Who gave no name, or has not yet, since an invite was answered through their card, within a sentence and at its head. */
export const whom = (name: string): string => (name ? own(name) : "this person");
export const who = (name: string): string => (name ? own(name) : "This person");

type Starting = Extract<AppState, { phase: "starting" }>["step"];
type Missing = Extract<AppState, { phase: "unsupported" }>["missing"];
type Broken = Extract<AppState, { phase: "broken" }>["fault"];
type Failure = Extract<Delivery, { kind: "failed" }>["reason"];
type Waiting = NonNullable<Extract<Delivery, { kind: "queued" }>["reason"]>;

const STARTING: Record<Starting, string> = {
  opening: "Opening your chats",
  moving: "Bringing your chats into the form of this version. Nothing is lost if you close this page",
  keys: "Making your keys",
  work: "Solving a puzzle that keeps spam away",
  joining: "Looking for other nodes",
};
const MISSING: Record<Missing, string> = {
  "secure-context":
    "This page came over plain http from another machine, and browsers give such pages no keys and no storage. " +
    "Open it over https, or on the machine itself at http://localhost with the same port.",
  wasm: "This browser does not run WebAssembly. Update it, or switch WebAssembly on in its settings.",
  indexeddb:
    "This browser lets the page store nothing, so it could keep neither keys nor messages. " +
    "Leave the private window, or allow this site to store data, then reload.",
  locks: "This browser is too old to keep two tabs apart. Update it, then open this page again.",
};
const BROKEN: Record<Broken, string> = {
  "storage-broken":
    "What this browser stored for Nodus cannot be read. Nothing was deleted. " +
    "Close the other tabs of this page and reload; restart the browser if that does not help.",
  "storage-full": "The disk is full, so Nodus cannot start. Nothing was lost. Free some space, then reload.",
  "storage-gone":
    "The browser has deleted what Nodus had stored here, and nothing can be kept any more. " +
    "Reload to begin anew, or to bring your identity back with its 24 words.",
  "not-loaded": "A part of Nodus could not be loaded. Nothing was deleted. Check your connection, then reload.",
  "newer-version":
    "A newer version of Nodus has written here. Close all tabs of this page, then open it again to get that version.",
};
const CONNECTION: Record<Connection, string> = {
  online: "",
  connecting: "Connecting…",
  "device-offline": "This device is offline. Your messages go out when it is back.",
  "no-peers": "No other node answers. Your messages go out as soon as one does.",
  "no-anchors": "No always-on node (anchor) answers. Chats go on, but messages that wait are kept less safely.",
};
const WAITING: Record<Waiting, string> = {
  superseded: "This identity is used on another device now; this one does not send",
  blocked: "You have blocked this contact",
  offline: "Waiting: this device is offline",
  "no-peers": "Waiting: no other node answers",
  quota: "Waiting: this mailbox takes no more today. It goes on by itself",
  full: "Waiting: the nodes that keep mail are full. It goes on by itself",
  price: "Waiting: a larger proof of work is being made",
  busy: "Waiting: the nodes that keep mail are busy",
  fault: "Waiting: something went wrong here. It is tried again by itself",
};
const FAILED: Record<Failure, string> = {
  "not-fetched": "Not picked up in time. No copy is kept any more.",
};
const PATHS: Record<Path, string> = {
  direct: "Directly, from browser to browser",
  relayed: "Relayed by another node",
  mailbox: "Through a mailbox",
};
/** What went wrong with an invite that is being opened, and what to do. */
const FAULTS: Record<InviteFault, string> = {
  malformed: "This invite link is not complete. Copy all of it and try again, or ask for a new one.",
  "foreign-network": "This invite belongs to another network. Open the link itself in the browser.",
  expired: "This invite has ended. Ask for a new one.",
  used: "Somebody has used this invite already. If it was not you, tell the person who sent it, and ask for a new one.",
  revoked: "This invite was taken back by the person who made it. Ask for a new one.",
  own: "This is your own invite. Send the link to the person you want to talk to.",
  "not-found": "This invite was not found. The person who made it has to come online: try again later.",
  unreachable:
    "The network does not answer, so the invite could not be looked up. Check your connection and try again.",
  failed: "Something went wrong here, in this app. It says nothing of the invite: try again, or reload the page.",
};
/** The same for a chat whose first message went out with it. */
const PENDING: Record<InviteFault, (name: string) => string> = {
  malformed: () => "The invite link was not complete, so this cannot be delivered. Ask for a new one.",
  "foreign-network": () =>
    "The invite belongs to another network, so this cannot be delivered. Ask for one of this network.",
  expired: (name) => `The invite ended before ${whom(name)} answered. Ask for a new one.`,
  used: (name) => `Somebody else answered this invite first, so ${whom(name)} will not see this. Ask for a new one.`,
  revoked: (name) => `${who(name)} took this invite back. Ask for a new one.`,
  own: () => "This was your own invite, so nobody gets this. Delete this chat.",
  "not-found": (name) => `This invite is not found any more. ${who(name)} has to come online, or send you a new one.`,
  unreachable: () => "The network does not answer. Your message waits here and goes out by itself.",
  failed: () => "Something went wrong here, in this app. Your message waits here and goes out by itself.",
};
/** A request whose one-time link others answered, too. */
const SHARED: Record<NonNullable<ChatView["sharedLink"]>, string> = {
  asked:
    "Two people answered this link. Ask your contact in another way which of them it was, then accept only that one.",
  accepted:
    "You accepted somebody else through this link. Ask your contact in another way before you accept this one, too.",
};
const NOTES: Record<NoteView["kind"], string> = { renewed: "Encryption keys renewed" };
const INVITES: Record<InviteView["state"], string> = {
  preparing: "Getting ready",
  ready: "Ready, nobody has answered yet",
  shared: "Two people answered this link. Only one of them can be who you sent it to.",
  accepted: "Answered",
  "used-twice": "Used twice. Only the first answer counts: ask your contact in another way whether it was theirs.",
  expired: "Ended",
  revoked: "Taken back",
};

export const say = catalogue({
  // Everywhere
  product: "Nodus",
  back: "Back",
  close: "Close",
  cancel: "Cancel",
  copied: "Copied",
  reload: "Reload",
  loading: "Loading…",
  tryAgain: "Try again",
  partFailed: "This part of the app could not be loaded. Check your connection and try again.",
  commandFailed: "That did not work. Nothing was lost. Try again.",
  integer,

  // Start
  tagline: "A messenger without servers. This page is all of it.",
  yourName: "Your name (optional)",
  nameHint: "Only people you chat with see it. You can change it later.",
  start: "Start",
  startPoints: "No account, no phone number. Your keys are made in this browser and stay here.",
  starting: (step: Starting) => STARTING[step],
  progress: "Progress",
  invitedBy: (name: string) => (name ? `${own(name)} invites you to chat` : "You are invited to chat"),
  inviteLooking: "Looking up the invite…",
  inviteAfterStart: "Press Start, then write your first message.",
  inviteFaultAtStart: "You can start anyway and open another invite later.",
  deleted: "Everything that was here is deleted.",
  unsupportedTitle: "Nodus cannot run here",
  unsupported: (missing: Missing) => MISSING[missing],
  brokenTitle: (fault: Broken) =>
    fault === "storage-gone" ? "What Nodus had stored is gone" : "Nodus could not start",
  broken: (fault: Broken) => BROKEN[fault],

  // Banner
  connection: (state: Connection) => CONNECTION[state],
  skew: (span: string, fast: boolean) =>
    `The clock of this device is ${span} ${fast ? "fast" : "slow"}. Messages still arrive; set the clock for right times.`,
  skewDoubted: (span: string, fast: boolean) =>
    `The clock of this device seems to be ${span} ${fast ? "fast" : "slow"}. Set it right: other nodes refuse it until then.`,
  storageFull: "The disk is full. Nothing was lost, but nothing new can be kept: free some space.",

  // List
  chats: "Chats",
  requests: "Requests",
  requestsHint: "They do not hear from you until you accept.",
  newInvite: "New invite",
  openInvite: "Open an invite link",
  settings: "Settings",
  unnamed: "No name",
  you: "You:",
  unread: (count: number) => plural(count, "# unread message", "# unread messages"),
  emptyTitle: "No chats yet",
  empty: "Every chat begins with an invite. Send one to somebody, or open one that you were sent.",
  nothingOpenTitle: "Choose a chat",
  nothingOpen: "Your chats are on this device only, not in a cloud.",
  invitesOpen: (count: number) => plural(count, "# open invite", "# open invites"),
  inviteUsedTwice: "An invite was used twice",
  draft: "Draft:",
  notAnswered: "Not answered yet",

  // Chat
  messagesWith: (name: string) => `Messages with ${own(name)}`,
  linkedNow: "Linked directly",
  byMailbox: "Through mailboxes",
  isRequest: "Wants to chat",
  isPending: "Has not answered yet",
  requestTitle: (name: string) => (name ? `${own(name)} wants to chat with you.` : "Somebody wants to chat with you."),
  requestHint: "Accept to answer. Until then they do not learn that you have seen this.",
  sharedLink: (how: NonNullable<ChatView["sharedLink"]>) => SHARED[how],
  sharedShort: "Two people answered this link:",
  acceptAnyway: "Accept this one, too",
  acceptAsk: "This link was for one person, and you accepted somebody else through it. Accept this one, too?",
  accept: "Accept",
  decline: "Decline",
  pendingHint: (name: string) => `Your message waits for ${whom(name)}. Meanwhile you can write more.`,
  pendingFault: (fault: InviteFault, name: string) => PENDING[fault](name),
  message: "Message",
  send: "Send",
  bytesLeft: (count: number) => `${bytes(count)} left`,
  bytesOver: (count: number) => `${bytes(count)} too long. Shorten it, or send it in parts.`,
  newest: "Jump to newest",
  newestCount: (count: number) => plural(count, "# new message", "# new messages"),
  unreadFrom: "New",
  /** A date or time alone, as Intl gives it. */
  date: (text: string) => text,
  older: "Load older messages",
  noMessages: "No messages yet.",
  details: "Details",
  note: (kind: NoteView["kind"]) => NOTES[kind],
  direct: "direct",
  from: (name: string) => `${own(name)}:`,
  retry: "Retry",

  // Delivery
  queued: "Waiting to be sent",
  waiting: (reason: Waiting) => WAITING[reason],
  stored: (held: number, of: number, until: string) => `Stored ${held}/${of}, until ${until}`,
  storedEnded: (until: string) => `Waiting: its copies ended ${until}, it is stored again by itself`,
  storedShort: (held: number, of: number) => `${integer(held)}/${integer(of)}`,
  delivered: "Delivered",
  read: "Read",
  failed: "Failed",
  failure: (reason: Failure) => FAILED[reason],
  failedFor: (reason: Failure) => `Failed. ${FAILED[reason]}`,
  path: (path: Path) => PATHS[path],

  // Invites
  inviteState: (state: InviteView["state"]) => INVITES[state],
  inviteFault: (fault: InviteFault) => FAULTS[fault],
});
