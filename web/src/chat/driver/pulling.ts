/**
 * Fetching what waits in the boxes of the other ends (protocol.md §8, Pull). Today's box of every pair is watched,
 * older days are listed once; what is fetched is opened in the order of its steps and deleted after it is on disk.
 */

import { DeleteReason } from "#node/ports.ts";
import { daysToRead } from "../boxes.ts";
import { equal, toHex } from "../bytes.ts";
import { pairsToRead } from "../contact.ts";
import { boxToRead, erasePair, type Pair } from "../pair.ts";
import type { Box, Listed } from "../ports.ts";
import { readHeader } from "../session.ts";
import { background, dueTime, type Engine, jitter, timeOf } from "./engine.ts";
import { hexBytes } from "./hex.ts";
import { contactAgain } from "./online.ts";
import { type Received, receive, receiveAll } from "./receiving.ts";
import { type ChatState, isShut } from "./records.ts";

/** Tags of one GET (protocol.md §7, tier 2). */
const TAGS_AT_ONCE = 30;
/** GETs of one box under way: two days make the eight requests in flight that a pull may have. */
const GETS_AT_ONCE = 4;
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
const DELETE_JITTER_MS = 3_000;
/** Bytes of cells opened in one transaction: about those of one GET, and not long enough for a person to notice. Tier 3. */
const OPENED_AT_ONCE = 65_536;
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
  if (post === undefined || chat === undefined) return false;
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
  const box = boxToRead(engine.context.core, pair, day);
  const name = nameOf(pair, day);
  const listed =
    recent && !engine.leaf ? await watch(engine, chatId, pair, box, name) : await post.list(box, "two", []);
  if (listed === undefined) return false;
  const complete = await fetchCells(engine, chatId, pair, box, fresh(engine, listed));
  const wait = ALL_AFTER_MS + jitter(engine, ALL_AFTER_MS);
  later(engine, `all:${name}`, wait, () => readAll(engine, chatId, pair, box));
  return complete && listed.answered > 0;
}

/** All eight, in the background: two of them may have missed something. */
async function readAll(engine: Engine, chatId: string, pair: Pair, box: Box): Promise<boolean> {
  if (engine.post === undefined || !wanted(engine, chatId)) return false;
  return fetchCells(engine, chatId, pair, box, fresh(engine, await engine.post.list(box, "all", [])));
}

async function watch(engine: Engine, chatId: string, pair: Pair, box: Box, name: string): Promise<Listed | undefined> {
  const open = engine.watches;
  if (engine.post === undefined) return undefined;
  if (open.has(name) || open.size >= WATCHES) return engine.post.list(box, "two", []);
  const watched = engine.post.watch(box, (header) => {
    const tag = toHex(header.subarray(4, 20));
    if (!engine.handled.has(tag)) background(engine, "pull", fetchCells(engine, chatId, pair, box, [tag]));
  });
  open.set(name, watched);
  return watched.listed;
}

/** Watches of days that are over, and of chats that are gone or blocked. */
export function closeOld(engine: Engine): void {
  const names = new Set<string>();
  for (const chat of engine.store.chats.values()) {
    if (chat.blocked === true) continue;
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

/** Chats that went or were blocked since are asked for no more. */
function wanted(engine: Engine, chatId: string): boolean {
  const chat = engine.store.chats.get(chatId);
  return chat !== undefined && !isShut(chat);
}
function nameOf(pair: Pair, day: number): string {
  return `${toHex(pair.th)}/${day}`;
}
function fresh(engine: Engine, listed: Listed): string[] {
  const tags = listed.entries.filter((entry) => entry.held > 0).map((entry) => toHex(entry.header.subarray(4, 20)));
  return tags.filter((tag) => !engine.handled.has(tag));
}

/** True when each of them was opened, or is none of ours. */
function fetchCells(engine: Engine, chatId: string, pair: Pair, box: Box, tags: readonly string[]): Promise<boolean> {
  const done = fetchOnce(engine, chatId, pair, box, tags).finally(() => engine.fetching.delete(done));
  engine.fetching.add(done);
  return done;
}
async function fetchOnce(
  engine: Engine,
  chatId: string,
  pair: Pair,
  box: Box,
  tags: readonly string[],
): Promise<boolean> {
  const { post, handled: known } = engine;
  if (post === undefined || !wanted(engine, chatId)) return false;
  for (const tag of tags) known.add(tag);
  const found: { cell: Uint8Array; n: number }[] = [];
  // Each answer's headers are read as it comes: a thousand at once would be felt.
  const ask = async (part: readonly string[]) => {
    const got = await post.get(box, part.map(hexBytes)).catch(() => undefined);
    for (const { cell } of got?.cells ?? []) found.push({ cell, n: stepOf(engine, pair, cell) });
  };
  for (let at = 0; at < tags.length; at += GETS_AT_ONCE * TAGS_AT_ONCE) {
    const parts = Array.from({ length: GETS_AT_ONCE }, (_, n) =>
      tags.slice(at + n * TAGS_AT_ONCE).slice(0, TAGS_AT_ONCE),
    );
    await Promise.all(parts.filter((part) => part.length > 0).map(ask));
  }
  const cells = found.sort((a, b) => a.n - b.n).map(({ cell }) => cell);
  const missing = new Set(tags);
  for (const portion of portions(cells)) {
    const results = await openAll(engine, chatId, portion);
    for (const [at, cell] of portion.entries()) {
      const received = results[at];
      if (received !== "later") missing.delete(toHex(cell.subarray(4, 20)));
      if (received === "opened" || received === "copy") removeSoon(engine, chatId, box, cell.slice(0, 20));
    }
  }
  for (const tag of missing) known.delete(tag);
  if (missing.size > 0 && engine.store.full) engine.alarms.setOnce("room", ROOM_MS, () => pullAll(engine));
  if (cells.length > 0) contactAgain(engine, chatId);
  return missing.size === 0;
}

/** In one transaction: a save for each cell would make a thousand of them wait for the disk a thousand times. */
async function openAll(engine: Engine, chatId: string, cells: readonly Uint8Array[]): Promise<Received[]> {
  try {
    return await receiveAll(engine, chatId, cells, "mailbox");
  } catch {
    // Each alone: the one that fails does not hold back the others.
    const results: Received[] = [];
    for (const cell of cells) results.push(await receive(engine, chatId, cell, "mailbox").catch(() => "later"));
    return results;
  }
}
function* portions(cells: readonly Uint8Array[]): Iterable<Uint8Array[]> {
  let portion: Uint8Array[] = [];
  let size = 0;
  for (const cell of cells) {
    if (portion.length > 0 && size + cell.length > OPENED_AT_ONCE) {
      yield portion;
      [portion, size] = [[], 0];
    }
    portion.push(cell);
    size += cell.length;
  }
  if (portion.length > 0) yield portion;
}

/** Its place in the session; cells of no known step come last. */
function stepOf(engine: Engine, pair: Pair, cell: Uint8Array): number {
  const n = readHeader(engine.context.core, pair.session, cell);
  return n.ok ? n.value : Number.MAX_SAFE_INTEGER;
}

/** A little later, so that a holder cannot time the reading. */
function removeSoon(engine: Engine, chatId: string, box: Box, header: Uint8Array): void {
  later(engine, `delete:${toHex(header)}`, jitter(engine, DELETE_JITTER_MS), async () => {
    const chat = engine.store.chats.get(chatId);
    if (chat !== undefined && chat.blocked !== true) await engine.post?.delete(box, header, DeleteReason.read);
  });
}

/** At its time, or when a run of seconds comes to it. */
function later(engine: Engine, name: string, ms: number, work: () => Promise<unknown>): void {
  if (engine.later.has(name)) return;
  const run = () => {
    engine.later.delete(name);
    engine.alarms.clear(name);
    return work();
  };
  engine.later.set(name, run);
  engine.alarms.set(name, ms, () => background(engine, "pull", run()));
}
async function now(engine: Engine, kind: string): Promise<void> {
  const due = [...engine.later].filter(([name]) => name.startsWith(kind));
  await Promise.allSettled(due.map(([, run]) => run()));
}
/** The boxes that were read, at the rest of their holders. */
export function readRest(engine: Engine): Promise<void> {
  return now(engine, "all:");
}
/** What was read, from its boxes: at the end of a run, too, no holder saw when that was. */
export function removeRead(engine: Engine): Promise<void> {
  return now(engine, "delete:");
}

async function readThrough(engine: Engine, chatId: string, pair: Pair, when: number): Promise<void> {
  await engine.store.exclusive((draft) => {
    const chat = draft.chat(chatId);
    if (chat === undefined) return;
    const due = dueTime(engine);
    const pairs = chat.pairs.map((known) =>
      equal(known.th, pair.th) ? erasePair(engine.context.core, { ...known, read: when }, due) : known,
    );
    draft.setChat({ ...chat, pairs: pairsToRead(pairs, due) });
  });
}

/** Contacts by recency, then strangers: however many write, they take no contact's watch. */
function rank(engine: Engine, { id, contact }: ChatState): number {
  if (id === engine.open) return Number.MAX_SAFE_INTEGER;
  return contact.phase === "request" ? -1 / contact.lastHeard : contact.lastHeard;
}
