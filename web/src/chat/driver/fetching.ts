/**
 * Cells of one pair's box of one day: asked for by their tags, opened in the order of their steps, and deleted once they
 * are on disk (protocol.md §8, Pull). Which boxes, and when, is pulling.ts.
 */
import { DeleteReason } from "#node/ports.ts";
import { toHex } from "../bytes.ts";
import type { Pair } from "../pair.ts";
import type { Box } from "../ports.ts";
import { readHeader } from "../session.ts";
import { readAt, staysUndecided } from "./deleting.ts";
import type { Draft } from "./draft.ts";
import { background, type Engine, jitter } from "./engine.ts";
import { answerTo } from "./expected.ts";
import { hexBytes } from "./hex.ts";
import { later } from "./later.ts";
import { contactAgain } from "./online.ts";
import { type Received, receive, receiveAll } from "./receiving.ts";
import { isShut } from "./records.ts";
import { apartOf, type Named, tried, UngivenByBox } from "./ungiven.ts";

/** Tags of one GET (protocol.md §7, tier 2). */
const TAGS_AT_ONCE = 30;
/** GETs of one box under way: two days make the eight requests in flight that a pull may have. */
const GETS_AT_ONCE = 4;
/** Bytes of cells opened in one transaction: about those of one GET, and not long enough for a person to notice. Tier 3. */
const OPENED_AT_ONCE = 65_536;
const DELETE_JITTER_MS = 3_000;
/** Boxes whose tags are remembered that nobody gives. Tier 3. */
const BOXES = 256;

/** The box from which a chat is read on that day. */
export interface Reading {
  chat: string;
  pair: Pair;
  day: number;
  box: Box;
}

const ungiven = new WeakMap<Engine, UngivenByBox>();

/** Chats that went or were blocked since are asked for no more. */
export function wanted(engine: Engine, chatId: string): boolean {
  const chat = engine.store.chats.get(chatId);
  return chat !== undefined && !isShut(chat);
}
export function nameOf({ th }: Pair, day: number): string {
  return `${toHex(th)}/${day}`;
}

/** True when each of them that may still come was opened, or is none of ours. */
export function fetchCells(engine: Engine, from: Reading, named: readonly Named[]): Promise<boolean> {
  const trying = tried(engine, () => fetchOnce(engine, from, unread(engine, from, named)));
  const done = trying.finally(() => engine.fetching.delete(done));
  engine.fetching.add(done);
  return done;
}
/** Those that are not being fetched, and were not read before. */
export function unread(engine: Engine, from: Reading, named: readonly Named[]): Named[] {
  const read = readAt(engine, { pair: toHex(from.pair.th), day: from.day });
  return named.filter(({ tag }) => !read.has(tag) && !engine.handled.has(handleOf(from, tag)));
}

async function fetchOnce(engine: Engine, from: Reading, named: readonly Named[]): Promise<boolean> {
  const { post, handled } = engine;
  if (post === undefined || !wanted(engine, from.chat)) return false;
  const missed = missedIn(engine, from);
  const now = engine.clock.now();
  const asked = missed.worth(named, now, apartOf(engine));
  for (const { tag } of asked) handled.add(handleOf(from, tag));
  const { cells, silent } = await ask(engine, from, asked);
  const results = await take(engine, from, cells);
  for (const one of asked) {
    const { tag } = one;
    const result = results.get(tag);
    if (result === "opened" || result === "copy") missed.given(tag);
    else {
      handled.delete(handleOf(from, tag));
      // What is none of ours may be one holder's word for a cell that another has.
      if (result !== "later" && !silent.has(tag)) missed.miss(one, now);
    }
  }
  if (cells.length > 0) contactAgain(engine, from.chat);
  const isLeft = [...results.values()].includes("later");
  return !isLeft && silent.size === 0 && !named.some(({ tag }) => missed.isAwaited(tag));
}

/** Opens them; what became of each tag. */
async function take(engine: Engine, from: Reading, cells: readonly Uint8Array[]): Promise<Map<string, Received>> {
  const all = new Map<string, Received>();
  for (const portion of portions(cells)) {
    const results = await openAll(engine, from.chat, portion);
    const done: Uint8Array[] = [];
    for (const [at, cell] of portion.entries()) {
      const received = results[at] ?? "foreign";
      const isDone = received === "opened" || received === "copy";
      if (isDone) done.push(cell.slice(0, 20));
      if (isDone || !all.has(tagOf(cell))) all.set(tagOf(cell), received);
    }
    await settle(engine, from, done);
  }
  return all;
}

/** Cells in the order of their steps, and the tags for which nobody answered. Each answer's headers are read as it comes:
 * a thousand at once would be felt. */
async function ask(engine: Engine, { pair, box }: Reading, asked: readonly Named[]) {
  const found: { cell: Uint8Array; n: number }[] = [];
  const silent = new Set<string>();
  const askPart = async (part: readonly Named[]) => {
    const tags = part.map(({ tag }) => hexBytes(tag));
    const got = engine.post && (await answerTo(engine, "pull", engine.post.get(box, tags)));
    if (got === undefined || got.answered === 0) for (const { tag } of part) silent.add(tag);
    for (const { header } of got?.tombstones ?? []) silent.delete(tagOf(header));
    for (const { cell } of got?.cells ?? []) {
      silent.delete(tagOf(cell));
      found.push({ cell, n: stepOf(engine, pair, cell) });
    }
  };
  for (let at = 0; at < asked.length; at += GETS_AT_ONCE * TAGS_AT_ONCE) {
    const parts = Array.from({ length: GETS_AT_ONCE }, (_, n) =>
      asked.slice(at + n * TAGS_AT_ONCE).slice(0, TAGS_AT_ONCE),
    );
    await Promise.all(parts.filter((part) => part.length > 0).map(askPart));
  }
  return { cells: found.sort((a, b) => a.n - b.n).map(({ cell }) => cell), silent };
}

/** In one transaction: a save for each cell would make a thousand of them wait for the disk a thousand times. */
async function openAll(engine: Engine, chatId: string, cells: readonly Uint8Array[]): Promise<Received[]> {
  try {
    return await receiveAll(engine, chatId, cells, "mailbox");
  } catch {
    // Each alone: the one that fails does not hold back the others, and tells of itself.
    const results: Received[] = [];
    for (const cell of cells) {
      const task = receive(engine, chatId, cell, "mailbox");
      background(engine, "pull", task);
      results.push(await task.catch(() => "later" as const));
    }
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

/** What is on disk now leaves its box, unless the person has not decided yet. */
async function settle(engine: Engine, from: Reading, headers: readonly Uint8Array[]): Promise<void> {
  if (headers.length === 0) return;
  const isRequest = engine.store.chats.get(from.chat)?.contact.phase === "request";
  const at = { pair: toHex(from.pair.th), day: from.day };
  const keep = (draft: Draft) => headers.map((header) => staysUndecided(draft, from.chat, { at, header }));
  const stay = isRequest && (await engine.store.exclusive(keep)).some(Boolean);
  if (!stay) for (const header of headers) removeSoon(engine, from.chat, from.box, header);
}
/** A little later, so that a holder cannot time the reading. */
function removeSoon(engine: Engine, chatId: string, box: Box, header: Uint8Array): void {
  later(engine, `delete:${toHex(header)}`, jitter(engine, DELETE_JITTER_MS), async () => {
    const chat = engine.store.chats.get(chatId);
    if (chat === undefined || chat.blocked === true || engine.post === undefined) return;
    await answerTo(engine, "delete", engine.post.delete(box, header, DeleteReason.read));
  });
}

function missedIn(engine: Engine, { pair, day }: Reading) {
  const boxes = ungiven.get(engine) ?? new UngivenByBox(BOXES);
  ungiven.set(engine, boxes);
  return boxes.of(nameOf(pair, day));
}
/** A tag of another box is another cell. */
function handleOf({ pair, day }: Reading, tag: string): string {
  return `${nameOf(pair, day)}/${tag}`;
}
function tagOf(cell: Uint8Array): string {
  return toHex(cell.subarray(4, 20));
}
