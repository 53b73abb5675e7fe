/**
 * Finding contacts that are online: a KNOCK at the node they last told of, with a token that only the two can make
 * (protocol.md §11, Online).
 */

import type { NodeId } from "#node/ports.ts";
import { equal } from "../bytes.ts";
import { DAY_MS, MINUTE_MS } from "../clock.ts";
import { sendingPair } from "../contact.ts";
import { isToken, knockToken } from "../token.ts";
import { background, count, type Engine, isSuperseded, jitter, timeOf } from "./engine.ts";
import { isSpent } from "./failing.ts";
import type { ChatState } from "./records.ts";
import { acknowledgeSoon, directPeer, drain } from "./sending.ts";

/** Contacts heard of within this time are knocked at by themselves. */
const RECENT_MS = 7 * DAY_MS;
const SPREAD_MS = 30_000;
/** Between two knocks at the same node. Tier 3. */
const PAUSE_MS = 15_000;
/** What came so recently is told of again over a new link, as many of it as a cell of 2 KiB takes. Tier 3. */
const AGAIN_MS = 10 * MINUTE_MS;
const AGAIN = 50;
/** Tokens of nodes that nobody told of: so many at once, then one in so long; ~10 ms each with a thousand sessions. Tier 3. */
const SEARCHES = 10;
const SEARCH_MS = 2_000;

/** After a start, and after the network came back: the open chat at once, the others spread over half a minute. */
export function contactAll(engine: Engine): void {
  const now = timeOf(engine);
  for (const chat of engine.store.chats.values()) {
    if (chat.blocked === true) continue;
    if (chat.id !== engine.open && now - chat.contact.lastHeard > RECENT_MS) continue;
    const wait = chat.id === engine.open ? 0 : jitter(engine, SPREAD_MS);
    engine.alarms.set(`knock:${chat.id}`, wait, () => background(engine, "knock", knock(engine, chat.id)));
  }
}

/** Something suggests that this contact is there now. */
export function contactAgain(engine: Engine, chatId: string): void {
  if (engine.leaf || engine.store.chats.get(chatId)?.blocked === true) return;
  if (directPeer(engine, engine.store.chats.get(chatId)) !== undefined) return;
  const last = engine.lastKnock.get(chatId);
  const wait = last === undefined ? 0 : Math.max(0, last + PAUSE_MS - engine.clock.now());
  engine.alarms.setOnce(`knock:${chatId}`, wait, () => background(engine, "knock", knock(engine, chatId)));
}

async function knock(engine: Engine, chatId: string): Promise<void> {
  const { post, store } = engine;
  const chat = store.chats.get(chatId);
  const at = chat?.contact.at;
  const pair = chat && sendingPair(chat.pairs);
  if (isSuperseded(engine) || isSpent(engine, chatId)) return;
  if (post === undefined || at === undefined || pair === undefined || directPeer(engine, chat) !== undefined) return;
  if (chat?.contact.phase !== "open" || chat.blocked === true) return;
  engine.lastKnock.set(chatId, engine.clock.now());
  const token = knockToken(engine.context.core, pair.knock, post.id, at.nodeId, timeOf(engine));
  if ((await post.connect(at, token)) === "linked") linked(engine, chatId, at.nodeId);
}

/** Whose token is it? The node asks before it makes or keeps a contact's link. */
export function acceptToken(engine: Engine, peer: NodeId, token: Uint8Array): boolean {
  const chat = ownerOf(engine, peer, token);
  if (chat === undefined || isSpent(engine, chat.id)) return false;
  engine.nodes.set(chat.id, peer);
  return true;
}

/** A token of this peer was accepted, or ours by it. */
export function linked(engine: Engine, chatId: string, peer: NodeId): void {
  if (engine.store.chats.get(chatId)?.blocked === true) return;
  engine.nodes.set(chatId, peer);
  background(engine, "again", acknowledgeAgain(engine, chatId));
  drain(engine, chatId);
  engine.changed();
}

/** A link whose other end was killed counts as living for a minute: what was acknowledged over it went nowhere, and is
 * never asked for again where the text had come by mailbox. */
async function acknowledgeAgain(engine: Engine, chatId: string): Promise<void> {
  const { store } = engine;
  const { next = 0 } = store.chats.get(chatId) ?? {};
  const numbers = Array.from({ length: Math.min(AGAIN, next) }, (_, back) => next - 1 - back).reverse();
  const since = timeOf(engine) - AGAIN_MS;
  const fresh = (await store.some(chatId, numbers)).filter(({ mine, arrived }) => !mine && arrived > since);
  const theirs = fresh.map(({ id }) => id);
  if (theirs.length === 0) return acknowledgeSoon(engine, chatId);
  await store.exclusive((draft) => {
    const chat = draft.chat(chatId);
    if (chat === undefined || chat.contact.phase === "request") return;
    const acks = [...new Set([...chat.acks, ...theirs])];
    const read = chat.unread === 0 ? theirs : theirs.slice(0, -chat.unread);
    const reads = [...new Set([...chat.reads, ...read])];
    draft.setChat({ ...chat, acks, reads });
  });
  acknowledgeSoon(engine, chatId);
}

/** This contact is not to be heard over a direct link any more; they may knock again where they are let in. */
export function unlink(engine: Engine, chatId: string): void {
  const peer = engine.nodes.get(chatId);
  if (peer !== undefined) engine.post?.drop(peer);
  engine.nodes.delete(chatId);
  for (const name of ["knock", "ack"]) engine.alarms.clear(`${name}:${chatId}`);
}

export function chatOf(engine: Engine, peer: NodeId): string | undefined {
  for (const [chat, node] of engine.nodes) if (equal(node, peer)) return chat;
  return undefined;
}

/** Chats that this node may belong to come first; to try a token on all others costs three HMACs a session, and anybody can
 * send one, so there is a budget for that. A contact at a node that we were not told of is told of by its next cell. */
function ownerOf(engine: Engine, peer: NodeId, token: Uint8Array): ChatState | undefined {
  const { post, store } = engine;
  if (post === undefined || engine.leaf) return undefined;
  const ends = { dialer: peer, target: post.id, now: timeOf(engine) };
  const fits = (chat: ChatState): boolean => {
    if (chat.contact.phase === "request" || chat.blocked === true) return false;
    // A device that lost the identity to another may still knock, by a session that we renewed.
    const pairs = chat.pairs.filter((pair) => !pair.ended);
    return pairs.some((pair) => isToken(engine.context.core, pair.knock, token, ends));
  };
  const chats = [...store.chats.values()];
  const near = chats.filter(({ id, contact }) =>
    [engine.nodes.get(id), contact.at?.nodeId].some((node) => node !== undefined && equal(node, peer)),
  );
  const owner = near.find(fits);
  if (owner !== undefined) return owner;
  if (maySearch(engine)) return chats.find((chat) => !near.includes(chat) && fits(chat));
  count(engine, "token.unsearched");
  return undefined;
}

function maySearch({ clock, searches }: Engine): boolean {
  const now = clock.now();
  searches.left = Math.min(SEARCHES, searches.left + (now - searches.at) / SEARCH_MS);
  searches.at = now;
  if (searches.left < 1) return false;
  searches.left -= 1;
  return true;
}
