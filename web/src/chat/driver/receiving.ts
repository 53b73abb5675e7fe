/**
 * A cell of the other end, from a direct link or a box, to texts in the history (protocol.md §11). Everything it
 * changes, the session's step included, becomes durable in one transaction; only then is it acknowledged and its copy
 * deleted.
 *
 * Invariants:
 * 1. A message id appears in a chat once, however often and by whatever way it comes.
 * 2. Nothing is acknowledged that is not on disk.
 */
import type { NodeId } from "#node/ports.ts";
import { equal, Reader, toHex } from "../bytes.ts";
import { forgottenPair, heardFrom, isShared, pairsToRead, settle } from "../contact.ts";
import type { Item, TextItem } from "../items.ts";
import { decodeItems } from "../items.ts";
import type { Pair } from "../pair.ts";
import { openCell } from "../session.ts";
import type { Draft } from "./draft.ts";
import { count, dueTime, type Engine, isElsewhere, timeOf } from "./engine.ts";
import { type News, noNews, tellArrived } from "./news.ts";
import { type ChatState, isShut, type Parcel, type Path, type TextRecord } from "./records.ts";
import { acknowledgeSoon, drain, settled, showText } from "./sending.ts";
import { withDelivery } from "./states.ts";

/** opened, or a copy of one that was: its box may forget it. later: keep it there. lost: what it says comes again on another
 * session. foreign: no session of this chat. */
export type Received = "opened" | "copy" | "later" | "lost" | "foreign";

export async function receive(engine: Engine, chatId: string, cell: Uint8Array, path: Path): Promise<Received> {
  const [result] = await receiveAll(engine, chatId, [cell], path);
  return result ?? "foreign";
}

/** In one transaction, in this order. */
export async function receiveAll(
  engine: Engine,
  chatId: string,
  cells: readonly Uint8Array[],
  path: Path,
): Promise<Received[]> {
  const news = noNews();
  const results = await engine.store.exclusive(async (draft) => {
    const results: Received[] = [];
    for (const cell of cells) results.push(await open(engine, draft, chatId, cell, path, news));
    return results;
  });
  if (path === "mailbox") for (const result of results) if (result === "foreign") count(engine, "cell.foreign");
  if (news.lost) engine.lost(chatId);
  if (!results.includes("opened")) return results;
  if (news.texts) acknowledgeSoon(engine, chatId);
  if (news.opened) drain(engine, chatId);
  tellArrived(engine, news);
  engine.changed();
  return results;
}

async function open(
  engine: Engine,
  draft: Draft,
  chatId: string,
  cell: Uint8Array,
  path: Path,
  news: News,
): Promise<Received> {
  const { core } = engine.context;
  const chat = draft.chat(chatId);
  if (chat === undefined) return "foreign";
  if (isShut(chat) || isElsewhere(engine)) return "later";
  const expiry = new Reader(cell.subarray(2, 4)).u16();
  for (const pair of pairsToRead(chat.pairs, dueTime(engine))) {
    const opened = openCell(core, pair.session, cell, timeOf(engine));
    if (!opened.ok) {
      if (opened.error === "not-ours") continue;
      count(engine, `cell.${opened.error}`);
      if (opened.error === "copy") return "copy";
      if (opened.error !== "too-far-ahead" && opened.error !== "step-used") return "foreign";
      lose(draft, chat, pair.retired === 0 ? pair : forgottenPair(chat.pairs, pair, expiry, 0), news);
      return opened.error === "step-used" ? "lost" : "later";
    }
    lose(draft, chat, forgottenPair(chat.pairs, pair, expiry, 1), news);
    const pairs = chat.pairs.map((known) => (known === pair ? { ...pair, session: opened.value.session } : known));
    draft.setChat({ ...(draft.chat(chatId) ?? chat), pairs: settle(pairs, timeOf(engine)) });
    // A cell that is ours and says nothing we understand has used its step all the same.
    const items = decodeItems(core, opened.value.content);
    if (items.ok) await apply(engine, draft, chatId, items.value, path, news);
    else count(engine, "cell.unreadable");
    return "opened";
  }
  return "foreign";
}

/** The session on this pair leads nowhere: it is begun anew, at once or when the network lets it. Told once: however many
 * cells say so, they cost no more than the first. */
function lose(draft: Draft, chat: ChatState, pair: Pair | undefined, news: News): void {
  if (pair === undefined || chat.contact.phase === "request" || chat.lost === toHex(pair.th)) return;
  news.lost = true;
  draft.setChat({ ...chat, lost: toHex(pair.th) });
}

/** What the other end said, onto the draft. Also used for what a first contact brings. */
export async function apply(
  engine: Engine,
  draft: Draft,
  chatId: string,
  items: readonly Item[],
  path: Path,
  news: News,
): Promise<void> {
  heard(engine, draft, chatId, news);
  for (const item of items) {
    if (item.kind === "text") {
      await takeText(engine, draft, chatId, item, path, news);
      news.texts = true;
    } else if (item.kind === "ack" || item.kind === "read") {
      for (const id of item.ids) await acknowledged(engine, draft, chatId, toHex(id), item.kind);
    } else update(draft, chatId, item);
  }
}

/** A sign of life; of somebody we wrote to first, the answer that makes the chat. */
function heard(engine: Engine, draft: Draft, chatId: string, news: { opened: boolean }): void {
  const chat = draft.chat(chatId);
  if (chat === undefined) return;
  const contact = { ...chat.contact, lastHeard: timeOf(engine) };
  if (contact.phase !== "pending") {
    draft.setChat({ ...chat, contact });
    return;
  }
  const { answered: _answered, fault: _fault, ...rest } = chat;
  draft.setChat({ ...rest, contact: { ...contact, phase: "open" } });
  news.opened = true;
}

async function takeText(
  engine: Engine,
  draft: Draft,
  chatId: string,
  item: TextItem,
  path: Path,
  news: News,
): Promise<void> {
  const id = toHex(item.id);
  const known = await draft.textById(chatId, id);
  const chat = draft.chat(chatId);
  if (chat === undefined) return;
  if (known !== undefined) {
    if (!chat.acks.includes(id)) draft.setChat({ ...chat, acks: [...chat.acks, id] });
    return;
  }
  const record: TextRecord = {
    id,
    number: chat.next,
    mine: false,
    text: item.text,
    sent: item.sent,
    arrived: timeOf(engine),
    path,
  };
  draft.setText(chatId, record);
  news.arrived.push({ chat: chatId, text: item.text });
  draft.setChat({ ...chat, acks: [...chat.acks, id], next: chat.next + 1, unread: chat.unread + 1, last: record });
}

async function acknowledged(engine: Engine, draft: Draft, chatId: string, id: string, kind: "ack" | "read") {
  const text = await draft.textById(chatId, id);
  const chat = draft.chat(chatId);
  if (text === undefined || chat === undefined || !text.mine) return;
  if (text.delivery?.kind !== "read") {
    const delivery = { kind: kind === "read" ? ("read" as const) : ("delivered" as const), at: timeOf(engine) };
    if (kind === "read" || text.delivery?.kind !== "delivered")
      showText(draft, chatId, {
        ...withDelivery(text, delivery, delivery.at),
        ...arrivedBy(draft, chatId, text),
      });
  }
  release(engine, draft, chatId, text.number, true);
}

/** An acknowledgement of a cell that no mailbox got yet: it went over the link. */
function arrivedBy(draft: Draft, chatId: string, text: TextRecord): { path?: Path } {
  if (settled(text.delivery)) return {};
  const parcel = draft.parcelsOf(chatId).find((kept) => kept.texts.includes(text.number));
  return parcel?.direct === true && parcel.held === 0 ? { path: "direct" } : {};
}

/** The text needs no cell any more; a cell without texts is done with, but for a first contact that the other end may
 * still need: it `came` by another session. */
export function release(engine: Engine, draft: Draft, chatId: string, number: number, came = false): void {
  const chat = draft.chat(chatId);
  if (chat === undefined) return;
  const without = (numbers: readonly number[]) => numbers.filter((kept) => kept !== number);
  draft.setChat({ ...chat, queue: without(chat.queue), waiting: without(chat.waiting) });
  for (const parcel of draft.parcelsOf(chatId)) {
    if (!parcel.texts.includes(number)) continue;
    const texts = without(parcel.texts);
    const needed = came && parcel.kind === "first" && !chat.pairs.some((pair) => isOf(parcel, pair) && isShared(pair));
    if (texts.length > 0 || needed) draft.setParcel({ ...parcel, texts });
    else {
      draft.removeParcel(parcel.tag);
      for (const name of ["direct", "put"]) engine.alarms.clear(`${name}:${parcel.tag}`);
    }
  }
}

function isOf(parcel: Parcel, pair: Pair): boolean {
  return toHex(pair.th) === parcel.pair;
}

function update(draft: Draft, chatId: string, item: Item): void {
  const chat = draft.chat(chatId);
  if (chat === undefined) return;
  if (item.kind === "at") draft.setChat({ ...chat, contact: heardFrom(chat.contact, item) });
  if (item.kind === "profile") draft.setChat({ ...chat, contact: { ...chat.contact, name: item.name } });
}

/** A cell from a direct link: of the chat whose node it is, else of whichever chat it opens in. False for none. */
export async function receiveDirect(engine: Engine, peer: NodeId, cell: Uint8Array): Promise<boolean> {
  const heard = [...engine.store.chats.values()].filter(({ blocked }) => blocked !== true);
  const chats = heard.sort((a, b) => of(engine, b, peer) - of(engine, a, peer));
  for (const chat of chats) {
    const result = await receive(engine, chat.id, cell, "direct");
    if (result !== "foreign") return true;
  }
  count(engine, "cell.foreign");
  return false;
}
function of(engine: Engine, chat: ChatState, peer: NodeId): number {
  const nodes = [engine.nodes.get(chat.id), chat.contact.at?.nodeId];
  return nodes.some((node) => node !== undefined && equal(node, peer)) ? 1 : 0;
}
