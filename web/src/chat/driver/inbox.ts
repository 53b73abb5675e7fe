/**
 * Reading the own inbox (protocol.md §8, §11): where strangers write, and contacts whose session with us is over. Eight
 * days back at a start, then today's box watched, and near midnight its neighbour. What opens with a prekey that is still
 * kept becomes a request, which stays where it lies until the person decides (deleting.ts), or renews a session, and is
 * deleted once that is on disk; what does not open stays: another device with this identity may have its key.
 *
 * Anyone may write here who pays the stamp, so everything is bounded and counted.
 */
import { DeleteReason } from "#node/ports.ts";
import { toHex } from "../bytes.ts";
import { cardHash, DEFAULT_STAMP_BITS } from "../card.ts";
import { HOUR_MS } from "../clock.ts";
import { TAG } from "../envelope.ts";
import { openFirstContact } from "../firstcontact.ts";
import { inboxBox, inboxDays } from "../inbox.ts";
import type { Box } from "../ports.ts";
import { admit, hasRoom } from "./admitting.ts";
import { readAt, staysUndecided, undecidedOf } from "./deleting.ts";
import { background, count, type Engine, isElsewhere, jitter, timeOf } from "./engine.ts";
import { answerTo } from "./expected.ts";
import { hexBytes } from "./hex.ts";
import { noNews, tellArrived } from "./news.ts";
import { publish } from "./publishing.ts";
import { pull } from "./pulling.ts";
import type { Me, RetiredCard } from "./records.ts";
import { acknowledgeSoon, drain } from "./sending.ts";
import { apartOf, gathered, type Named, tried, Ungiven } from "./ungiven.ts";

const ROUND_MS = 10 * 60_000;
/** Between two lists of a day from all eight; in between two are asked, and tell what comes. Tier 3. */
const WHOLE_MS = 6 * HOUR_MS;
/** A start reads nine days of eight holders: spread, as all work with cards is (protocol.md §3). */
const SPREAD_MS = 30_000;
/** Cells of one day that are looked at in one run: twice what eight honest holders keep (64 each). To open one costs a
 * few milliseconds, to remember it a hundred bytes. Tier 3. */
const LOOKS_A_DAY = 1_024;
/** Tags of one GET (protocol.md §7, tier 2). */
const TAGS_AT_ONCE = 30;
const DELETE_JITTER_MS = 3_000;

interface Day {
  /** Tags that are being looked at, or were. */
  seen: Set<string>;
  /** Those of them that found no room. */
  turned: Set<string>;
  /** Tags that nobody gave. */
  missed: Ungiven;
  /** ms of the last list from all. */
  whole: number;
}
interface Reading {
  days: Map<number, Day>;
  watches: Map<number, { close(): void }>;
  /** ms of the last complete reading in this run. */
  read: number | undefined;
  busy: boolean;
}
const readings = new WeakMap<Engine, Reading>();

/** The network is there (again). */
export function readInboxSoon(engine: Engine): void {
  engine.alarms.set("inbox", jitter(engine, SPREAD_MS), () => readInbox(engine));
}
/** Somebody may come in now who was turned away: all that lies there is looked at once more. */
export function readInboxAnew(engine: Engine): void {
  const reading = readings.get(engine);
  if (reading === undefined) return;
  reading.days = new Map();
  reading.read = undefined;
  readInboxSoon(engine);
}
/** A request was decided: there is room for one that was turned away. */
export function readInboxForRoom(engine: Engine): void {
  const reading = readings.get(engine);
  if (reading !== undefined && hasTurned(reading)) readInboxSoon(engine);
}
export function closeInbox(engine: Engine): void {
  for (const watch of readings.get(engine)?.watches.values() ?? []) watch.close();
  readings.delete(engine);
}

function readInbox(engine: Engine): void {
  background(engine, "inbox", readDays(engine));
  engine.alarms.set("inbox", ROUND_MS * (0.75 + jitter(engine, 0.5)), () => readInbox(engine));
}

async function readDays(engine: Engine): Promise<void> {
  const reading = readings.get(engine) ?? { days: new Map(), watches: new Map(), read: undefined, busy: false };
  readings.set(engine, reading);
  if (reading.busy || isElsewhere(engine)) return;
  reading.busy = true;
  try {
    const began = timeOf(engine);
    const { days } = reading;
    if (hasTurned(reading) && hasRoom(engine)) reading.read = undefined;
    const current = inboxDays(began, began);
    forget(reading, current, inboxDays(began, undefined));
    let complete = true;
    for (const day of inboxDays(began, reading.read)) {
      if (current.includes(day)) watch(engine, reading, day);
      complete = (await readDay(engine, reading, day)) && complete;
    }
    if (complete && reading.days === days) reading.read = began;
  } finally {
    reading.busy = false;
  }
}

/** Today's box, once, without watching it: for a run of seconds. True when all in it was looked at. */
export async function readInboxToday(engine: Engine): Promise<boolean> {
  const reading = readings.get(engine) ?? { days: new Map(), watches: new Map(), read: undefined, busy: false };
  readings.set(engine, reading);
  const now = timeOf(engine);
  const read = await Promise.all(inboxDays(now, now).map((day) => readDay(engine, reading, day)));
  return read.every(Boolean);
}

/** Watches of days that are over, and what was seen on days that are read no more. */
function forget(reading: Reading, current: readonly number[], all: readonly number[]): void {
  for (const [day, watched] of reading.watches) {
    if (current.includes(day)) continue;
    watched.close();
    reading.watches.delete(day);
  }
  for (const day of reading.days.keys()) if (!all.includes(day)) reading.days.delete(day);
}

function watch(engine: Engine, reading: Reading, day: number): void {
  const box = ownBox(engine, day);
  if (engine.post === undefined || box === undefined || reading.watches.has(day)) return;
  const heard = gathered(engine, (headers) => look(engine, reading, day, headers.map(once)));
  const watched = engine.post.watch(box, heard);
  // What lies there already is listed by the reading that begins the watch.
  void answerTo(engine, "inbox", watched.listed);
  reading.watches.set(day, watched);
}

/** True when holders answered and all they had was looked at. */
async function readDay(engine: Engine, reading: Reading, day: number): Promise<boolean> {
  const box = ownBox(engine, day);
  if (engine.post === undefined || box === undefined) return false;
  const known = dayOf(reading, day);
  const now = engine.clock.now();
  const whole = now - known.whole >= WHOLE_MS;
  const listed = await answerTo(engine, "inbox", engine.post.list(box, whole ? "all" : "two", []));
  if (listed === undefined || listed.answered === 0) return false;
  if (whole) known.whole = now;
  const held = listed.entries.filter((entry) => entry.held > 0);
  const named = held.map((entry) => ({ tag: tagOf(entry.header), held: entry.held }));
  return tried(engine, () => look(engine, reading, day, named));
}
const once = (header: Uint8Array): Named => ({ tag: tagOf(header), held: 1 });
function dayOf(reading: Reading, day: number): Day {
  const fresh = { seen: new Set<string>(), turned: new Set<string>(), missed: new Ungiven() };
  const known = reading.days.get(day) ?? { ...fresh, whole: Number.NEGATIVE_INFINITY };
  reading.days.set(day, known);
  return known;
}
function ownBox({ store }: Engine, day: number): Box | undefined {
  const identity = store.me?.identity;
  return identity && inboxBox(day, identity.inboxPk, identity.inboxSecret);
}

/** Cells of that day which were not looked at before; false where some may still come, or could not be kept. */
async function look(engine: Engine, reading: Reading, day: number, named: readonly Named[]): Promise<boolean> {
  const known = dayOf(reading, day);
  const read = readAt(engine, { inbox: day });
  const fresh = freshOf(
    engine,
    known,
    named.filter(({ tag }) => !read.has(tag)),
  );
  const tags = known.missed.worth(fresh, engine.clock.now(), apartOf(engine));
  let complete = true;
  for (let at = 0; at < tags.length; at += TAGS_AT_ONCE) {
    const part = tags.slice(at, at + TAGS_AT_ONCE).filter(({ tag }) => !known.turned.has(tag) || hasRoom(engine));
    if (part.length > 0) complete = (await askFor(engine, known, day, part)) && complete;
  }
  return complete && !named.some(({ tag }) => known.missed.isAwaited(tag));
}
/** Those that may be asked for. What more holders have comes first: what one of them made up keeps nobody out. */
function freshOf(engine: Engine, { seen, turned }: Day, named: readonly Named[]): Named[] {
  const room = hasRoom(engine);
  const tags = new Map<string, Named>();
  for (const one of [...named].sort((a, b) => b.held - a.held)) {
    const { tag } = one;
    if (tags.has(tag) || (seen.has(tag) && !(room && turned.has(tag)))) continue;
    if (!seen.has(tag) && seen.size + tags.size >= LOOKS_A_DAY) count(engine, "inbox.over-looks");
    else tags.set(tag, one);
  }
  return [...tags.values()];
}
async function askFor(engine: Engine, known: Day, day: number, named: readonly Named[]): Promise<boolean> {
  const box = ownBox(engine, day);
  if (engine.post === undefined || box === undefined) return false;
  // From now on they count as looked at.
  for (const { tag } of named) known.seen.add(tag);
  const tags = named.map(({ tag }) => hexBytes(tag));
  const got = await answerTo(engine, "inbox", engine.post.get(box, tags));
  if (isElsewhere(engine)) return false;
  const isAnswered = got !== undefined && got.answered > 0;
  const missing = new Map(named.map((one) => [one.tag, one]));
  for (const { header } of got?.tombstones ?? []) missing.delete(tagOf(header));
  let complete = isAnswered;
  for (const { cell, stampBits } of got?.cells ?? []) {
    const tag = tagOf(cell);
    // Holders take less than this card asks; and one of them may have made it up where another has what is meant.
    if (stampBits !== undefined && stampBits < DEFAULT_STAMP_BITS) {
      count(engine, "inbox.cheap");
      continue;
    }
    missing.delete(tag);
    known.missed.given(tag);
    known.turned.delete(tag);
    const end = await taken(engine, day, cell);
    if (end === "turned") known.turned.add(tag);
    if (end !== "failed") continue;
    // As where the disk is full: it comes with the next round.
    known.seen.delete(tag);
    complete = false;
  }
  for (const one of missing.values()) {
    known.seen.delete(one.tag);
    if (isAnswered) known.missed.miss(one, engine.clock.now());
  }
  return complete;
}
async function taken(engine: Engine, day: number, cell: Uint8Array): Promise<"done" | "left" | "turned" | "failed"> {
  const task = take(engine, day, cell);
  background(engine, "inbox", task);
  return task.catch(() => "failed" as const);
}
function tagOf(cell: Uint8Array): string {
  return toHex(cell.subarray(4, 4 + TAG));
}

/** done: on disk now. left: not for us, more than we take, or opened before. turned: there was no room for a stranger. */
async function take(engine: Engine, day: number, cell: Uint8Array): Promise<"done" | "left" | "turned"> {
  const { me } = engine.store;
  const header = cell.slice(0, 20);
  for (const kept of me === undefined ? [] : keptCards(engine, me)) {
    const receiver = { ...kept.prekeys, targets: [{ hash: kept.hash, tag: new Uint8Array(TAG) }], opened: kept.opened };
    const opened = await openFirstContact(engine.context, (me as Me).identity, [receiver], cell, timeOf(engine));
    if (!opened.ok && opened.error === "not-ours") continue;
    if (!opened.ok) {
      count(engine, `inbox.${opened.error}`);
      if (opened.error === "own" && !engine.leaf) publish(engine); // another device of ours: the card tells who goes on
      if (opened.error === "own") removeSoon(engine, day, header);
      if (opened.error === "copy") await keepCopy(engine, day, header);
      return "left";
    }
    const news = noNews();
    const prekey = kept.prekeys.x25519Pk;
    const end = await engine.store.exclusive(async (draft) => {
      const admitted = await admit(engine, draft, opened.value, prekey, news);
      if (typeof admitted === "string") return admitted;
      return { ...admitted, stays: staysUndecided(draft, admitted.chat, { at: { inbox: day }, header }) };
    });
    tellArrived(engine, news);
    if (typeof end === "string") return end;
    if (!end.stays) removeSoon(engine, day, header);
    follow(engine, end.chat);
    return "done";
  }
  count(engine, "inbox.not-ours");
  return "left";
}
/** Its author puts it again each day until they are answered. Of a request it is deleted with the rest; of others it is
 * left to its end, as nobody here knows by then who may see it go. */
async function keepCopy(engine: Engine, day: number, header: Uint8Array): Promise<void> {
  const chat = undecidedOf(engine, header);
  if (chat === undefined) return;
  await engine.store.exclusive((draft) => staysUndecided(draft, chat, { at: { inbox: day }, header }));
}
/** Cards whose prekeys are still kept, newest first. */
function keptCards(engine: Engine, { card, retired }: Me): Required<RetiredCard>[] {
  const { core } = engine.context;
  const current = card === undefined ? [] : [{ ...card, since: 0, hash: cardHash(core, card.bytes) }];
  const all: RetiredCard[] = [...current, ...[...retired].reverse()];
  return all.flatMap(({ prekeys, since, hash, opened = [] }) => (hash ? [{ prekeys, since, hash, opened }] : []));
}

function hasTurned({ days }: Reading): boolean {
  return [...days.values()].some(({ turned }) => turned.size > 0);
}

function follow(engine: Engine, chat: string): void {
  engine.changed();
  acknowledgeSoon(engine, chat);
  drain(engine, chat);
  // Of a request the rest comes with the rounds: holders of its box are not to see at once that it was read.
  if (engine.store.chats.get(chat)?.contact.phase !== "request") background(engine, "pull", pull(engine, chat));
}

/** A little later, so that a holder cannot time the reading. */
function removeSoon(engine: Engine, day: number, header: Uint8Array): void {
  engine.alarms.set(`delete:${day}/${toHex(header)}`, jitter(engine, DELETE_JITTER_MS), () => {
    const box = ownBox(engine, day);
    if (engine.post === undefined || box === undefined) return;
    background(engine, "delete", engine.post.delete(box, header, DeleteReason.read));
  });
}
