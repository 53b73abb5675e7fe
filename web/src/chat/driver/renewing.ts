/**
 * Beginning a session anew where the old one leads nowhere (protocol.md §11, Renewal): texts stay without an
 * acknowledgement, and the card of the other end says that the identity was restored since; or a cell is farther ahead
 * than a chain goes, or was sealed by a profile that has gone back; or the life of our first contact ended, and its invite
 * too. The new first contact goes through the inbox of their card, and everything that waits goes with it. Not here: when
 * cards are looked at (card-rounds.ts).
 */
import type { Card } from "#node/ports.ts";
import { toHex } from "../bytes.ts";
import { compareCards } from "../card.ts";
import { HOUR_MS, minuteOf } from "../clock.ts";
import { isShared, newestOf, sendingPair, withRenewal } from "../contact.ts";
import { type CardRead, type FoundCard, lookAtCard, readCard, targetOf } from "./cards.ts";
import type { Draft } from "./draft.ts";
import { background, count, type Engine, timeOf } from "./engine.ts";
import { booked, gather, note } from "./meeting.ts";
import { unlink } from "./online.ts";
import { open } from "./opening.ts";
import { pull } from "./pulling.ts";
import type { ChatState, Parcel } from "./records.ts";
import { deliver, drain } from "./sending.ts";

/** All eight holders are asked so often, whatever two of them showed (protocol.md §11; tier 2). */
const WHOLE_MS = 6 * HOUR_MS;
/** A look that found nothing new is noted so often at most: it is only for the next start. Tier 3. */
const NOTED_MS = 5 * 60_000;

/** Reads the card of this contact, and begins anew where it shows that the old session is over. False where nobody
 * answered. */
export async function lookOnce(engine: Engine, chatId: string): Promise<boolean> {
  const { store } = engine;
  const chat = store.chats.get(chatId);
  if (chat === undefined) return true;
  const read = await readFor(engine, chat);
  if (!read.answered) return false;
  if (!isNews(engine, chat, read)) return true;
  const parcel = await store.exclusive((draft) => take(engine, draft, chatId, read));
  if (parcel === undefined) return true;
  unlink(engine, chatId); // as where they renew (meeting.ts)
  engine.changed();
  deliver(engine, parcel);
  drain(engine, chatId);
  background(engine, "pull", pull(engine, chatId));
  return true;
}

function readFor(engine: Engine, chat: ChatState): Promise<CardRead> {
  const { id } = chat.contact.keys;
  const age = timeOf(engine) - (chat.lookedWhole ?? Number.NEGATIVE_INFINITY);
  if (isOver(engine, chat) || age < 0 || age >= WHOLE_MS) return readCard(engine, id);
  return lookAtCard(engine, id, (card) => isAbove(card, chat));
}
/** Is there anything to keep of it? */
function isNews(engine: Engine, chat: ChatState, { whole, found }: CardRead): boolean {
  const age = timeOf(engine) - (chat.looked ?? Number.NEGATIVE_INFINITY);
  return (
    whole || isOver(engine, chat) || (found !== undefined && isAbove(found.card, chat)) || !(age >= 0 && age < NOTED_MS)
  );
}
function isAbove(card: Card, { pinned, ...chat }: ChatState): boolean {
  return pinned === undefined ? card.generation > generationOf(chat) : compareCards(card, { ...card, ...pinned }) > 0;
}

/** The pair that counts is one that leads nowhere. */
export function isLost({ pairs, lost }: ChatState): boolean {
  const pair = sendingPair(pairs);
  return lost !== undefined && pair !== undefined && toHex(pair.th) === lost;
}
function isOver({ store }: Engine, chat: ChatState): boolean {
  return isLost(chat) || isUnopened(store.parcels.values(), chat);
}
/** Nobody can open what we write: of our own first contact no cell is left that could still be fetched. */
function isUnopened(parcels: Iterable<Parcel>, chat: ChatState): boolean {
  const pair = sendingPair(chat.pairs);
  if (pair === undefined || isShared(pair)) return false;
  return ![...parcels].some((parcel) => parcel.kind === "first" && parcel.chat === chat.id);
}

/** Pins the card, and begins anew where it shows that the old session is over. */
async function take(engine: Engine, draft: Draft, chatId: string, read: CardRead): Promise<Parcel | undefined> {
  const now = timeOf(engine);
  const { found, whole } = read;
  const before = draft.chat(chatId);
  if (before === undefined) return undefined;
  const chat = { ...before, looked: now, ...(whole ? { lookedWhole: now } : {}) };
  draft.setChat(chat);
  if (found === undefined) return undefined;
  const { generation, seq } = found.card;
  if (chat.pinned !== undefined && compareCards(found.card, { ...found.card, ...chat.pinned }) < 0) {
    count(engine, "card.rolled-back");
    return undefined;
  }
  draft.setChat({ ...chat, pinned: { generation, seq } });
  const over = generation > generationOf(chat) || isLost(chat) || isUnopened(draft.parcelsOf(chatId), chat);
  return over && chat.contact.phase !== "request" && chat.blocked !== true
    ? renew(engine, draft, chatId, found)
    : undefined;
}
/** The generation that our sessions belong to: of the card that was seen, else at most when the newest of them began. */
function generationOf({ pinned, pairs }: Pick<ChatState, "pinned" | "pairs">): number {
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
  const { answered: _answered, fault: _fault, lost: _lost, ...chat } = before;
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
