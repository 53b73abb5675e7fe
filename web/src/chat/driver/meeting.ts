/**
 * What a first contact of somebody else makes here (protocol.md §11): of a stranger a request, of a pinned identity a
 * renewed session, on which all that they have not acknowledged goes out again. Who may bring one, and where it lay, is
 * `inviting.ts` and `inbox.ts`.
 */
import { equal } from "../bytes.ts";
import { DAY_MS, SKEW_MS } from "../clock.ts";
import { newContact, withPair } from "../contact.ts";
import type { OpenedContact } from "../firstcontact.ts";
import type { IdentityId, PublicIdentity } from "../identity.ts";
import { newPair } from "../pair.ts";
import type { Draft } from "./draft.ts";
import { type Engine, randomId, timeOf } from "./engine.ts";
import type { News } from "./news.ts";
import { unlink } from "./online.ts";
import { apply } from "./receiving.ts";
import type { ChatState, Parcel } from "./records.ts";

/** Renewals of one contact a day, by either side (protocol.md §11; tier 2): each costs a session, boxes to read and all
 * waiting texts again. */
const RENEWALS = 3;
/** The oldest notes of a chat go first. Tier 3. */
const NOTES = 64;

export function chatWith(engine: Engine, draft: Draft, id: IdentityId): ChatState | undefined {
  const known = [...engine.store.chats.values()].find((chat) => equal(chat.contact.keys.id, id));
  return known && draft.chat(known.id);
}
export function newChat(engine: Engine, phase: "request" | "pending", keys: PublicIdentity, name: string): ChatState {
  return {
    id: randomId(engine),
    contact: newContact(phase, keys, name, timeOf(engine)),
    pairs: [],
    next: 0,
    unread: 0,
    queue: [],
    waiting: [],
    acks: [],
    reads: [],
  };
}

/** The chat goes on, or begins, on the session of this first contact. */
export async function meet(
  engine: Engine,
  draft: Draft,
  opened: OpenedContact,
  through: Partial<Pick<ChatState, "invite">>,
  news: News,
): Promise<string> {
  const now = timeOf(engine);
  const known = chatWith(engine, draft, opened.sender.id);
  const chat = known ?? { ...newChat(engine, "request", opened.sender, ""), ...through };
  const pairs = withPair(chat.pairs, newPair(engine.context.core, opened, 1), now);
  // Where they are may have changed with their device, and they know nothing of ours. A link is to the one before until
  // they knock again: what went over it, an acknowledgement too, would be lost.
  if (known !== undefined) unlink(engine, known.id);
  const contact = { ...chat.contact, at: undefined, told: undefined };
  draft.setChat({ ...chat, contact, pairs, ...note(chat, now) });
  gather(engine, draft, chat.id);
  await apply(engine, draft, chat.id, opened.items, "mailbox", news);
  if (known === undefined && news.arrived.length === 0) news.arrived.push({ chat: chat.id, text: "" });
  return chat.id;
}

/** All that is not acknowledged waits for a cell again, in order, but for what is in `fresh`; the cells on the way are
 * left to themselves. */
export function gather(engine: Engine, draft: Draft, chatId: string, fresh?: Parcel): void {
  const chat = draft.chat(chatId);
  if (chat === undefined) return;
  for (const { tag } of draft.parcelsOf(chatId)) {
    if (tag === fresh?.tag) continue;
    draft.removeParcel(tag);
    for (const name of ["direct", "put"]) engine.alarms.clear(`${name}:${tag}`);
  }
  const waiting = new Set(fresh?.texts);
  const queue = [...new Set([...chat.queue, ...chat.waiting])].filter((number) => !waiting.has(number));
  draft.setChat({ ...chat, queue: queue.sort((a, b) => a - b), waiting: [...waiting] });
}

/** Who was a contact before is told that the session was renewed; of two renewals that crossed, once. */
export function note({ contact, notes = [] }: ChatState, at: number): Pick<ChatState, "notes"> {
  const last = notes.at(-1)?.at ?? Number.NEGATIVE_INFINITY;
  if (contact.phase !== "open" || Math.abs(at - last) < SKEW_MS) return {};
  return { notes: [...notes, { at, kind: "renewed" as const }].slice(-NOTES) };
}

/** Today's renewals are spent. */
export function isBooked(chat: ChatState, by: "ours" | "theirs", now: number): boolean {
  return booked(chat, by, now) === undefined;
}
/** One more renewal in the book; undefined where today's are spent. */
export function booked(chat: ChatState, by: "ours" | "theirs", now: number): Pick<ChatState, "renewals"> | undefined {
  const { ours = [], theirs = [] } = chat.renewals ?? {};
  const recent = (times: readonly number[]) => times.filter((time) => time > now - DAY_MS && time <= now);
  const kept = { ours: recent(ours), theirs: recent(theirs) };
  if (kept[by].length >= RENEWALS) return undefined;
  return { renewals: { ...kept, [by]: [...kept[by], now] } };
}
