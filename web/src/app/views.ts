/** From records to what the interface draws. Nothing is added that the records do not say. */
import { toHex } from "#chat/bytes.ts";
import type { Chat } from "#chat/driver/chat.ts";
import {
  type ChatState,
  type InviteState,
  type NoteRecord,
  sharedLink,
  type TextRecord,
} from "#chat/driver/records.ts";
import type { Node } from "#node/api.ts";
import type { Backup, Caps, ChatView, Connection, InviteView, MessageView, NodeView, NoteView } from "./api.ts";
import { shownName } from "./names.ts";
import { JOINING_MS } from "./preview.ts";

const EPOCH_MS = 1_767_225_600_000; // 2026-01-01T00:00Z, as all units of the wire
const UNIT_MS = 21_600_000;
/** Below this number of known anchors a person is told that few hold most mail (protocol.md §7). */
const FEW_ANCHORS = 16;

export function chatView(chat: Chat, state: ChatState): ChatView {
  const { last } = state;
  const shared = sharedLink(state, chat.invites);
  return {
    id: state.id,
    name: shownName(state.contact.name),
    identity: toHex(state.contact.keys.id),
    phase: state.contact.phase,
    direct: chat.direct(state.id),
    unread: state.unread,
    blocked: state.blocked === true,
    ...(last === undefined ? {} : { last: lastOf(last) }),
    ...(state.fault === undefined ? {} : { inviteFault: state.fault }),
    ...(shared === undefined ? {} : { sharedLink: shared }),
    ...draftOf(chat.draft(state.id)),
  };
}
const draftOf = (draft: string): { draft?: string } => (draft === "" ? {} : { draft });
function lastOf(last: TextRecord): NonNullable<ChatView["last"]> {
  const line = { text: last.text, at: last.arrived, mine: last.mine };
  return last.delivery === undefined ? line : { ...line, delivery: last.delivery };
}

export function byRecency(a: ChatState, b: ChatState): number {
  return (b.last?.arrived ?? b.contact.created) - (a.last?.arrived ?? a.contact.created);
}

const messages = new WeakMap<TextRecord, MessageView>();

/** The same object as long as the text stays as it is: what did not change need not be drawn or sent again. */
export function messageView(text: TextRecord): MessageView {
  const known = messages.get(text);
  if (known !== undefined) return known;
  const made = viewOf(text);
  messages.set(text, made);
  return made;
}
/** What others say of their time is believed up to our own: a date of theirs may be none that can be drawn. */
function viewOf({ id, mine, arrived, sent, text, delivery, path, times }: TextRecord): MessageView {
  return {
    id,
    mine,
    text,
    sent: mine ? sent : Math.min(sent, arrived),
    arrived,
    ...(delivery === undefined ? {} : { delivery }),
    ...(path === undefined ? {} : { path }),
    ...(times === undefined ? {} : { times }),
  };
}
export function noteView({ kind, at }: NoteRecord): NoteView {
  return { id: `note ${kind} ${at}`, kind, at };
}

/** Asked for once something was sent that would be missed. */
export function backupOf(chat: Chat): Backup {
  if (!chat.hasEntropy) return "confirmed";
  if (chat.prefs.backupDeferred !== undefined) return "later";
  return chat.chats.some(({ sent }) => sent !== undefined) ? "due" : "not-yet";
}

export function inviteView(state: InviteState, link: string, now: number): InviteView {
  const ends = EPOCH_MS + (state.invite.end + 1) * UNIT_MS;
  return {
    id: state.id,
    link,
    created: state.invite.created,
    ends,
    state: phaseOf(state, now > ends),
    held: state.held,
    of: state.of,
  };
}
function phaseOf(state: InviteState, over: boolean): InviteView["state"] {
  const { phase } = state.invite;
  if (state.twice === true || (state.shared === true && phase === "used")) return "used-twice";
  if (phase === "used") return "accepted";
  if (phase === "revoked") return "revoked";
  if (over || phase === "expired") return "expired";
  if (state.shared === true) return "shared";
  return state.held > 0 ? "ready" : "preparing";
}

export function nodeView(node: Node, caps: Caps, chat: Chat): NodeView {
  const stats = node.stats();
  const { linksMax, storeBytes, bytesPerSecond } = stats.limits;
  const owners = new Map(chat.chats.map((state) => [chat.nodeOf(state.id), state.id]));
  return {
    nodeId: stats.nodeId,
    uptime: stats.uptime,
    links: stats.links.map((link) => {
      const owner = owners.get(link.peer);
      return owner === undefined ? link : { ...link, chat: owner };
    }),
    knownPeers: stats.knownPeers,
    knownAnchors: stats.knownAnchors,
    fewAnchors: stats.knownAnchors < FEW_ANCHORS,
    cellsKept: stats.cellsKept,
    bytesKept: stats.bytesKept,
    storing: stats.storing,
    keptAt: stats.keptAt,
    carried: stats.carried,
    paused: stats.paused,
    caps,
    limits: { linksMax, storeBytes, bytesPerSecond },
    counters: { ...stats.counters, ...Object.fromEntries(chat.counters) },
  };
}

/** What is missing while a node joins is no news yet. `age`: ms since the node came. `unlinked`: ms since it last had links, or came. */
export function connectionOf(node: Node | undefined, online: boolean, age: number, unlinked: number): Connection {
  const links = node?.stats().links ?? [];
  if (links.some((link) => link.anchor)) return "online";
  if (links.length > 0) return age < JOINING_MS ? "connecting" : "no-anchors";
  if (!online) return "device-offline";
  return node === undefined || unlinked < JOINING_MS ? "connecting" : "no-peers";
}
