/**
 * Beginning a session anew where the old one leads nowhere (protocol.md §11, Renewal): texts stay without an
 * acknowledgement, and the card of the other end says that the identity was restored since; or a cell is farther ahead
 * than a chain goes; or the life of our first contact ended, and its invite too. The new first contact goes through the
 * inbox of their card, and everything that waits goes with it.
 */
import { toHex } from "../bytes.ts";
import { compareCards } from "../card.ts";
import { HOUR_MS, MINUTE_MS, minuteOf } from "../clock.ts";
import { isShared, newestOf, sendingPair, withRenewal } from "../contact.ts";
import { type FoundCard, readCard, targetOf } from "./cards.ts";
import { background, count, type Engine, isSuperseded, jitter, timeOf } from "./engine.ts";
import { booked, gather, note } from "./meeting.ts";
import { open } from "./opening.ts";
import { pull } from "./pulling.ts";
import type { ChatState, Parcel } from "./records.ts";
import { deliver, drain } from "./sending.ts";
import type { Draft } from "./store.ts";

/** How long a text may be without an acknowledgement: in a round, and when a person is likely to wait for it. */
const PATIENCE_MS = 6 * HOUR_MS;
export const SHORT_PATIENCE_MS = 10 * MINUTE_MS;
/** Between two readings of one contact's card (protocol.md §11; tier 2): its holders see that somebody asks. By rounds it
 * is asked for no more often than the patience is long. */
const LOOK_PAUSE_MS = HOUR_MS;
/** Nodes that lost the same anchor do not all ask at once (protocol.md §3). */
const SPREAD_MS = 30_000;

const looking = new WeakMap<Engine, Set<string>>();

/** The network is there (again): the open chat at once, the others within half a minute. */
export function renewAtStart(engine: Engine): void {
  for (const { id } of engine.store.chats.values()) {
    const wait = id === engine.open ? 0 : jitter(engine, SPREAD_MS);
    engine.alarms.set(`renew:${id}`, wait, () => renewIfDue(engine, id, SHORT_PATIENCE_MS));
  }
}
/** Every ten minutes, with the counting of copies. */
export function renewAll(engine: Engine): void {
  for (const { id } of engine.store.chats.values()) renewIfDue(engine, id, PATIENCE_MS);
}
export function renewIfDue(engine: Engine, chatId: string, patience: number): void {
  background(engine, "renew", look(engine, chatId, { patience }));
}
/** A cell of this pair cannot be reached: what its author has on the way comes again on another. */
export function renewLost(engine: Engine, chatId: string, th: Uint8Array): void {
  background(engine, "renew", look(engine, chatId, { patience: PATIENCE_MS, lost: toHex(th) }));
}

interface Why {
  patience: number;
  /** th of the pair that leads nowhere, hex. */
  lost?: string;
}

async function look(engine: Engine, chatId: string, why: Why): Promise<void> {
  const { post, store } = engine;
  const busy = looking.get(engine) ?? new Set<string>();
  looking.set(engine, busy);
  const chat = store.chats.get(chatId);
  if (post === undefined || !post.online() || !post.timeSure() || isSuperseded(engine)) return;
  if (chat === undefined || busy.has(chatId) || asked(chat, why, timeOf(engine))) return;
  busy.add(chatId);
  try {
    if (!(await isDue(engine, chat, why))) return;
    const { answered, found } = await readCard(engine, chat.contact.keys.id);
    if (!answered) return;
    const parcel = await store.exclusive((draft) => take(engine, draft, chatId, found, why));
    if (parcel === undefined) return;
    engine.changed();
    deliver(engine, parcel);
    drain(engine, chatId);
    background(engine, "pull", pull(engine, chatId));
  } finally {
    busy.delete(chatId);
  }
}

function asked({ looked }: ChatState, { patience, lost }: Why, now: number): boolean {
  const pause = lost === undefined ? Math.max(LOOK_PAUSE_MS, patience) : LOOK_PAUSE_MS;
  return looked !== undefined && looked <= now && now - looked < pause;
}

async function isDue(engine: Engine, chat: ChatState, why: Why): Promise<boolean> {
  if (chat.contact.phase === "request" || chat.blocked === true) return false;
  if (isLost(chat, why)) return true;
  const [oldest] = [...chat.queue, ...chat.waiting].sort((a, b) => a - b);
  if (oldest === undefined) return false;
  if (isUnopened(engine.store.parcels.values(), chat)) return true;
  const text = await engine.store.exclusive((draft) => draft.text(chat.id, oldest));
  return text !== undefined && timeOf(engine) - text.sent >= why.patience;
}
function isLost(chat: ChatState, { lost }: Why): boolean {
  const pair = sendingPair(chat.pairs);
  return lost !== undefined && pair !== undefined && toHex(pair.th) === lost;
}
/** Nobody can open what we write: of our own first contact no cell is left that could still be fetched. */
function isUnopened(parcels: Iterable<Parcel>, chat: ChatState): boolean {
  const pair = sendingPair(chat.pairs);
  if (pair === undefined || isShared(pair)) return false;
  return ![...parcels].some((parcel) => parcel.kind === "first" && parcel.chat === chat.id);
}

/** Pins the card, and begins anew where it shows that the old session is over. */
async function take(
  engine: Engine,
  draft: Draft,
  chatId: string,
  found: FoundCard | undefined,
  why: Why,
): Promise<Parcel | undefined> {
  const now = timeOf(engine);
  const before = draft.chat(chatId);
  if (before === undefined) return undefined;
  const chat = { ...before, looked: now };
  draft.setChat(chat);
  if (found === undefined) return undefined;
  const { generation, seq } = found.card;
  if (chat.pinned !== undefined && isBelow(found, chat.pinned)) {
    count(engine, "card.rolled-back");
    return undefined;
  }
  draft.setChat({ ...chat, pinned: { generation, seq } });
  const over = generation > generationOf(chat) || isLost(chat, why) || isUnopened(draft.parcelsOf(chatId), chat);
  return over && chat.contact.phase !== "request" && chat.blocked !== true
    ? renew(engine, draft, chatId, found)
    : undefined;
}
function isBelow({ card }: FoundCard, pinned: { generation: number; seq: number }): boolean {
  return compareCards(card, { ...card, ...pinned }) < 0;
}
/** The generation that our sessions belong to: of the card that was seen, else at most when the newest of them began. */
function generationOf({ pinned, pairs }: ChatState): number {
  return pinned?.generation ?? minuteOf(newestOf(pairs)?.created ?? 0);
}

async function renew(engine: Engine, draft: Draft, chatId: string, found: FoundCard): Promise<Parcel | undefined> {
  const now = timeOf(engine);
  const before = draft.chat(chatId);
  const book = before && booked(before, "ours", now);
  if (before === undefined || book === undefined) {
    count(engine, "renewal.limit");
    return undefined;
  }
  const { answered: _answered, fault: _fault, ...chat } = before;
  const numbers = [...new Set([...chat.queue, ...chat.waiting])].sort((a, b) => a - b);
  const texts = (await Promise.all(numbers.map((at) => draft.text(chatId, at)))).filter((text) => text !== undefined);
  const opening = { chat: chatId, target: targetOf(engine, found), texts, card: found.card, join: withRenewal };
  const parcel = await open(engine, draft, opening);
  const after = draft.chat(chatId);
  if (parcel === undefined || after === undefined) {
    count(engine, "card.unusable");
    return undefined;
  }
  const { told, pairs, toldName } = { ...after, ...after.contact };
  const contact = { ...chat.contact, at: undefined, told };
  draft.setChat({
    ...chat,
    ...book,
    ...note(chat, now),
    contact,
    pairs,
    ...(toldName === undefined ? {} : { toldName }),
  });
  gather(engine, draft, chatId, parcel);
  return parcel;
}
