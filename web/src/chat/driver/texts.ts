/** What the person does with texts: write, send again, remove, read. */
import { Fault } from "#node/errors.ts";
import { toHex } from "../bytes.ts";
import { TEXT_LIMIT } from "../limits.ts";
import { decide, deleteInTime } from "./deleting.ts";
import { background, type Engine, isSuperseded, timeOf } from "./engine.ts";
import { contactAgain, unlink } from "./online.ts";
import { closeOld } from "./pulling.ts";
import { release } from "./receiving.ts";
import type { TextRecord } from "./records.ts";
import { acknowledgeSoon, directPeer, drain, leave, seal, settled, showText } from "./sending.ts";
import { queuedIn } from "./states.ts";

/** Texts of a page that are read one by one; for more, reading all is as quick. Tier 3. */
const GLANCE = 100;

const MESSAGE_ID = /^[0-9a-f]{32}$/;

/** Durable when it resolves; sent as soon as there is somebody to send it to. A text of an id that is here is the same.
 * Where a direct link lives, text and cell become durable together: a second save would be most of the way there. */
export async function write(engine: Engine, chatId: string, text: string, given?: string): Promise<void> {
  const { core, random } = engine.context;
  if (text.trim() === "") return;
  if (core.utf8(text).length > TEXT_LIMIT) throw new Fault("too-large", "A text may have 16,000 bytes at most.");
  const id = given ?? toHex(random.bytes(16));
  if (!MESSAGE_ID.test(id)) throw new Fault("malformed", "A message id has 32 hex digits.");
  const parcels = await engine.store.exclusive(async (draft) => {
    const chat = draft.chat(chatId);
    if (chat === undefined) throw new Fault("malformed", "There is no such chat.");
    if (given !== undefined && (await draft.textById(chatId, id)) !== undefined) return [];
    const now = timeOf(engine);
    // Two texts of one instant still have an order, also where a clock was set back.
    const sent = Math.max(now, (chat.sent ?? 0) + 1);
    const record: TextRecord = {
      id,
      number: chat.next,
      mine: true,
      text,
      sent,
      arrived: now,
      delivery: queuedIn(chat, draft.me),
    };
    draft.setText(chatId, record);
    draft.setUnsent(chatId, "");
    draft.setChat({ ...chat, next: chat.next + 1, sent, last: record, queue: [...chat.queue, record.number] });
    const linked = !isSuperseded(engine) && directPeer(engine, chat) !== undefined;
    return linked ? seal(engine, draft, chatId) : [];
  });
  if (parcels.length > 0) return leave(engine, chatId, parcels);
  engine.changed();
  drain(engine, chatId);
  contactAgain(engine, chatId);
}

/** A text that was given up goes out again under its id. */
export async function retry(engine: Engine, chatId: string, id: string): Promise<void> {
  await engine.store.exclusive(async (draft) => {
    const text = await draft.textById(chatId, id);
    const chat = draft.chat(chatId);
    if (text?.delivery?.kind !== "failed" || chat === undefined) return;
    showText(draft, chatId, { ...text, lives: 0, delivery: queuedIn(chat, draft.me) });
    const now = draft.chat(chatId) ?? chat;
    draft.setChat({ ...now, queue: [...new Set([...now.queue, text.number])] });
  });
  engine.changed();
  drain(engine, chatId);
}

/** A text that waits never leaves; one that left is removed here only. */
export async function remove(engine: Engine, chatId: string, id: string): Promise<void> {
  await engine.store.exclusive(async (draft) => {
    const text = await draft.textById(chatId, id);
    if (text === undefined) return;
    if (!settled(text.delivery)) release(engine, draft, chatId, text.number);
    const { delivery: _delivery, ...kept } = text;
    draft.setText(chatId, { ...kept, text: "", gone: true });
    draft.owe("history");
    const chat = draft.chat(chatId);
    if (chat?.last?.number !== text.number) return;
    const { last: _last, ...rest } = chat;
    const [before] = (await draft.history(chatId)).newest(text.number);
    draft.setChat(before === undefined ? rest : { ...rest, last: before });
  });
  engine.changed();
}

/** The chat is gone from here: history, draft, keys, and what was on its way. Who is with it is not told. */
export async function forget(engine: Engine, chatId: string): Promise<void> {
  const tags = [...engine.store.parcels.values()].filter(({ chat }) => chat === chatId).map(({ tag }) => tag);
  await engine.store.exclusive((draft) => {
    decide(engine, draft, chatId);
    return draft.forgetChat(chatId);
  });
  deleteInTime(engine);
  unlink(engine, chatId);
  for (const name of ["direct", "put"]) for (const tag of tags) engine.alarms.clear(`${name}:${tag}`);
  engine.lastKnock.delete(chatId);
  if (engine.open === chatId) engine.open = undefined;
  engine.onScreen.delete(chatId);
  closeOld(engine);
  engine.changed();
}

/** What is on the screen was read: told to its author, once. */
export async function markRead(engine: Engine, chatId: string): Promise<void> {
  const told = await engine.store.exclusive(async (draft) => {
    const chat = draft.chat(chatId);
    if (chat === undefined || chat.unread === 0) return false;
    const ids: string[] = [];
    for (const text of (await draft.history(chatId)).newest()) {
      if (ids.length >= chat.unread) break;
      if (!text.mine) ids.push(text.id);
    }
    const reads = chat.contact.phase === "request" ? chat.reads : [...chat.reads, ...ids.reverse()];
    draft.setChat({ ...chat, unread: 0, reads });
    return true;
  });
  if (!told) return;
  engine.changed();
  acknowledgeSoon(engine, chatId);
}

/** The newest `count` texts before `before`, in the order in which they were written: by their author's time, never later
 * than they came. */
export async function page(engine: Engine, chatId: string, before: number, count: number): Promise<TextRecord[]> {
  const texts = (await glance(engine, chatId, before, count)) ?? [];
  if (texts.length === 0) {
    for (const text of (await engine.store.history(chatId)).newest(before)) {
      if (texts.length >= count) break;
      texts.push(text);
    }
  }
  const written = ({ mine, sent, arrived }: TextRecord): number => (mine ? sent : Math.min(sent, arrived));
  return texts.sort((a, b) => written(a) - written(b) || a.number - b.number);
}
/** A chat that was not opened in this run shows its newest before all else is read; undefined where that does not do. */
async function glance(engine: Engine, chatId: string, before: number, count: number) {
  const { store } = engine;
  const chat = store.chats.get(chatId);
  if (chat === undefined || store.texts.has(chatId) || count > GLANCE) return undefined;
  const end = Math.min(before, chat.next);
  const numbers = Array.from({ length: Math.min(count, end) }, (_, back) => end - 1 - back);
  const texts = await store.some(chatId, numbers);
  background(engine, "history", store.history(chatId));
  // Removed ones leave gaps, which only the whole history fills.
  return texts.length === numbers.length && texts.every(({ gone }) => gone === undefined) ? texts : undefined;
}
