/**
 * Fetching what waits in the boxes of the other ends (protocol.md §8, Pull). Today's box of every pair is watched,
 * older days are listed once; what is fetched is opened in the order of its steps and deleted after it is on disk.
 */

import { daysToRead } from "../boxes.ts";
import { equal, toHex } from "../bytes.ts";
import { pairsToRead } from "../contact.ts";
import { boxToRead, type Pair } from "../pair.ts";
import type { Listed } from "../ports.ts";
import { background, dueTime, type Engine, isElsewhere, jitter, timeOf } from "./engine.ts";
import { answerTo } from "./expected.ts";
import { fetchCells, nameOf, type Reading, unread, wanted } from "./fetching.ts";
import { later } from "./later.ts";
import { type ChatState, isShut } from "./records.ts";
import { gathered, type Named } from "./ungiven.ts";

/** Boxes that are watched; the others are listed every 10 minutes (protocol.md §7). */
const WATCHES = 64;
const ROUND_MS = 600_000;
/** Today's box, and near the boundary its neighbour's. */
const WATCHED_DAYS = 2;
/** A node knows its neighbours after a minute (maintain.ts); until then boxes are read again so soon. Tier 3. */
const YOUNG_MS = 60_000;
const AGAIN_MS = [20_000, 65_000] as const;
/** What a full disk did not take is tried again so soon: nobody tells when there is room. Tier 3. */
const ROOM_MS = 10_000;
/** The rest of the holders is asked when the first answers are through. */
const ALL_AFTER_MS = 10_000;

/** Begins, or begins again after the network came back. */
function pullAll(engine: Engine): void {
  const chats = [...engine.store.chats.values()].filter(({ blocked }) => blocked !== true);
  closeOld(engine);
  chats.sort((a, b) => rank(engine, b) - rank(engine, a));
  for (const chat of chats) background(engine, "pull", pull(engine, chat.id));
  engine.alarms.set("pull", ROUND_MS * (0.75 + jitter(engine, 0.5)), () => pullAll(engine));
}

/** When the network is there: at once, and again while it is young. Who has just come does not know all holders yet, so
 * nothing counts as read to the end before. */
export function pullAtStart(engine: Engine): void {
  engine.began = engine.clock.now();
  pullAll(engine);
  for (const ms of AGAIN_MS) engine.alarms.set(`pull:${ms}`, ms, () => pullAll(engine));
}

/** One chat: every day since it was last read to the end. True when it is now. */
export async function pull(engine: Engine, chatId: string): Promise<boolean> {
  const { post, store } = engine;
  const began = timeOf(engine);
  const chat = store.chats.get(chatId);
  if (post === undefined || chat === undefined || isElsewhere(engine)) return false;
  if (isShut(chat)) return true;
  let complete = true;
  for (const pair of pairsToRead(chat.pairs, dueTime(engine))) {
    const days = daysToRead(pair.boxes, began, pair.read === 0 ? undefined : pair.read);
    const results = await Promise.all(days.map((day, i) => readDay(engine, chatId, pair, day, i < WATCHED_DAYS)));
    const young = !engine.leaf && engine.clock.now() - engine.began < YOUNG_MS;
    if (results.every(Boolean) && !young) await readThrough(engine, chatId, pair, began);
    if (!results.every(Boolean)) complete = false;
  }
  return complete;
}
/** True when holders answered and all they had was taken. */
async function readDay(engine: Engine, chatId: string, pair: Pair, day: number, recent: boolean): Promise<boolean> {
  const { post } = engine;
  if (post === undefined) return false;
  const from = { chat: chatId, pair, day, box: boxToRead(engine.context.core, pair, day) };
  const listed = await answerTo(engine, "pull", recent ? watch(engine, from) : post.list(from.box, "two", []));
  if (listed === undefined) return false;
  const complete = await take(engine, from, namedIn(engine, from, listed));
  const wait = ALL_AFTER_MS + jitter(engine, ALL_AFTER_MS);
  later(engine, `all:${nameOf(pair, day)}`, wait, () => readAll(engine, from));
  return complete && listed.answered > 0;
}

/** All eight, in the background: two of them may have missed something. */
async function readAll(engine: Engine, from: Reading): Promise<boolean> {
  if (engine.post === undefined || !wanted(engine, from.chat)) return false;
  return take(engine, from, namedIn(engine, from, await engine.post.list(from.box, "all", [])));
}

/** A request is not watched: what its author writes on is read in rounds, and only a holder of the box sees that. */
async function watch(engine: Engine, from: Reading): Promise<Listed | undefined> {
  const { watches: open, post, leaf, store } = engine;
  const name = nameOf(from.pair, from.day);
  const isRequest = store.chats.get(from.chat)?.contact.phase === "request";
  if (leaf || isRequest || open.has(name) || open.size >= WATCHES) return post?.list(from.box, "two", []);
  const heard = (headers: readonly Uint8Array[]) => {
    const all = headers.map((header) => named({ header, held: 1 }));
    return take(engine, from, unread(engine, from, all));
  };
  const watched = post?.watch(from.box, gathered(engine, heard));
  if (watched !== undefined) open.set(name, watched);
  return watched?.listed;
}
async function take(engine: Engine, from: Reading, named: readonly Named[]): Promise<boolean> {
  const complete = await fetchCells(engine, from, named);
  if (!complete && engine.store.full) engine.alarms.setOnce("room", ROOM_MS, () => pullAll(engine));
  return complete;
}
function namedIn(engine: Engine, from: Reading, { entries }: Listed): Named[] {
  return unread(engine, from, entries.filter(({ held }) => held > 0).map(named));
}
function named({ header, held }: { header: Uint8Array; held: number }): Named {
  return { tag: toHex(header.subarray(4, 20)), held };
}

/** Watches of days that are over, and of chats that are gone, blocked or not decided on. */
export function closeOld(engine: Engine): void {
  const names = new Set<string>();
  for (const chat of engine.store.chats.values()) {
    if (chat.blocked === true || chat.contact.phase === "request") continue;
    for (const pair of chat.pairs) {
      for (const day of daysToRead(pair.boxes, timeOf(engine), pair.read).slice(0, WATCHED_DAYS))
        names.add(nameOf(pair, day));
    }
  }
  for (const [name, watched] of engine.watches) {
    if (names.has(name)) continue;
    watched.close();
    engine.watches.delete(name);
  }
}
/** When the network is gone for good. */
export function closeWatches(engine: Engine): void {
  for (const watched of engine.watches.values()) watched.close();
  engine.watches.clear();
}

/** From now on only newer days are asked for. What is to be dropped goes by the clock (expiring.ts). */
async function readThrough(engine: Engine, chatId: string, pair: Pair, when: number): Promise<void> {
  await engine.store.exclusive((draft) => {
    const chat = draft.chat(chatId);
    if (chat === undefined) return;
    const pairs = chat.pairs.map((known) => (equal(known.th, pair.th) ? { ...known, read: when } : known));
    draft.setChat({ ...chat, pairs });
  });
}

/** Contacts by recency, then strangers: however many write, they take no contact's watch. */
function rank(engine: Engine, { id, contact }: ChatState): number {
  if (id === engine.open) return Number.MAX_SAFE_INTEGER;
  return contact.phase === "request" ? -1 / contact.lastHeard : contact.lastHeard;
}
