/**
 * Reading the own inbox (protocol.md §8, §11): where strangers write, and contacts whose session with us is over. Eight
 * days back at a start, then today's box watched, and near midnight its neighbour. What opens with a prekey that is still
 * kept becomes a request or renews a session, and is deleted once that is on disk; what does not open stays: another
 * device with this identity may have its key.
 *
 * Anyone may write here who pays the stamp, so everything is bounded and counted.
 */
import { DeleteReason } from "#node/ports.ts";
import { equal, toHex } from "../bytes.ts";
import { cardHash, DEFAULT_STAMP_BITS } from "../card.ts";
import { HOUR_MS } from "../clock.ts";
import { TAG } from "../envelope.ts";
import { type OpenedContact, openFirstContact } from "../firstcontact.ts";
import { inboxBox, inboxDays } from "../inbox.ts";
import type { Box } from "../ports.ts";
import { background, count, type Engine, jitter, timeOf } from "./engine.ts";
import { hexBytes } from "./hex.ts";
import { booked, chatWith, meet } from "./meeting.ts";
import { type News, noNews, tellArrived } from "./news.ts";
import { pull } from "./pulling.ts";
import type { Me, RetiredCard } from "./records.ts";
import { acknowledgeSoon, drain } from "./sending.ts";
import type { Draft } from "./store.ts";

const ROUND_MS = 10 * 60_000;
/** Between two lists of a day from all eight; in between two are asked, and tell what comes. Tier 3. */
const WHOLE_MS = 6 * HOUR_MS;
/** A start reads nine days of eight holders: spread, as all work with cards is (protocol.md §3). */
const SPREAD_MS = 30_000;
/** Cells of one day that are looked at in one run: twice what eight honest holders keep (64 each). To open one costs a
 * few milliseconds, to remember it a hundred bytes. Tier 3. */
const LOOKS_A_DAY = 1_024;
/** Undecided requests of strangers: each is a chat on the disk, and who decides makes room. Tier 3. */
const REQUESTS = 64;
/** Tags of one GET (protocol.md §7, tier 2). */
const TAGS_AT_ONCE = 30;
const DELETE_JITTER_MS = 3_000;

interface Reading {
  /** By day: tags that were looked at, and ms of the last list from all. */
  days: Map<number, { seen: Set<string>; whole: number }>;
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
  if (reading.busy) return;
  reading.busy = true;
  try {
    const began = timeOf(engine);
    const { days } = reading;
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
  const watched = engine.post.watch(box, (header) => background(engine, "inbox", look(engine, reading, day, [header])));
  // What lies there already is listed by the reading that begins the watch.
  watched.listed.catch(() => undefined);
  reading.watches.set(day, watched);
}

/** True when holders answered and all they had was looked at. */
async function readDay(engine: Engine, reading: Reading, day: number): Promise<boolean> {
  const box = ownBox(engine, day);
  if (engine.post === undefined || box === undefined) return false;
  const known = dayOf(reading, day);
  const now = engine.clock.now();
  const whole = now - known.whole >= WHOLE_MS;
  const listed = await engine.post.list(box, whole ? "all" : "two").catch(() => undefined);
  if (listed === undefined || listed.answered === 0) return false;
  if (whole) known.whole = now;
  const held = listed.entries.filter((entry) => entry.held > 0);
  return look(
    engine,
    reading,
    day,
    held.map((entry) => entry.header),
  );
}
function dayOf(reading: Reading, day: number) {
  const known = reading.days.get(day) ?? { seen: new Set<string>(), whole: Number.NEGATIVE_INFINITY };
  reading.days.set(day, known);
  return known;
}
function ownBox({ store }: Engine, day: number): Box | undefined {
  const identity = store.me?.identity;
  return identity && inboxBox(day, identity.inboxPk, identity.inboxSecret);
}

/** Cells of that day which were not looked at before; false where some could not be fetched. */
async function look(engine: Engine, reading: Reading, day: number, headers: readonly Uint8Array[]): Promise<boolean> {
  const { seen } = dayOf(reading, day);
  const box = ownBox(engine, day);
  const fresh: string[] = [];
  for (const header of headers) {
    const tag = toHex(header.subarray(4, 4 + TAG));
    if (seen.has(tag)) continue;
    if (seen.size >= LOOKS_A_DAY) count(engine, "inbox.over-looks");
    else fresh.push(tag);
    if (seen.size < LOOKS_A_DAY) seen.add(tag);
  }
  let complete = true;
  for (let at = 0; at < fresh.length; at += TAGS_AT_ONCE) {
    const tags = fresh.slice(at, at + TAGS_AT_ONCE);
    const got = box && (await engine.post?.get(box, tags.map(hexBytes)).catch(() => undefined));
    for (const { cell, stampBits } of got?.cells ?? []) {
      // Holders take less than this card asks.
      if (stampBits !== undefined && stampBits < DEFAULT_STAMP_BITS) count(engine, "inbox.cheap");
      else if (await take(engine, cell)) removeSoon(engine, day, cell.slice(0, 20));
    }
    if (got !== undefined) continue;
    complete = false;
    for (const tag of tags) seen.delete(tag);
  }
  return complete;
}

/** True where it is done with: on disk now, or opened before. False: not for us, or more than we take. */
async function take(engine: Engine, cell: Uint8Array): Promise<boolean> {
  const { me } = engine.store;
  for (const kept of me === undefined ? [] : keptCards(engine, me)) {
    const receiver = { ...kept.prekeys, targets: [{ hash: kept.hash, tag: new Uint8Array(TAG) }], opened: kept.opened };
    const opened = await openFirstContact(engine.context, (me as Me).identity, [receiver], cell, timeOf(engine));
    if (!opened.ok && opened.error === "not-ours") continue;
    if (!opened.ok) {
      count(engine, `inbox.${opened.error}`);
      return opened.error === "copy";
    }
    const news = noNews();
    const prekey = kept.prekeys.x25519Pk;
    const chat = await engine.store.exclusive((draft) => admit(engine, draft, opened.value, prekey, news));
    tellArrived(engine, news);
    if (chat !== undefined) follow(engine, chat);
    return chat !== undefined;
  }
  count(engine, "inbox.not-ours");
  return false;
}
/** Cards whose prekeys are still kept, newest first. */
function keptCards(engine: Engine, { card, retired }: Me): Required<RetiredCard>[] {
  const { core } = engine.context;
  const current = card === undefined ? [] : [{ ...card, since: 0, hash: cardHash(core, card.bytes) }];
  const all: RetiredCard[] = [...current, ...[...retired].reverse()];
  return all.flatMap(({ prekeys, since, hash, opened = [] }) => (hash ? [{ prekeys, since, hash, opened }] : []));
}

/** The chat that this first contact makes or renews; undefined where a limit stands before it, or it was here before. */
async function admit(
  engine: Engine,
  draft: Draft,
  opened: OpenedContact,
  prekey: Uint8Array,
  news: News,
): Promise<string | undefined> {
  const known = chatWith(engine, draft, opened.sender.id);
  const book = known && booked(known, "theirs", timeOf(engine));
  if (known?.blocked === true) {
    count(engine, "inbox.blocked");
    return undefined;
  }
  if (known !== undefined && book === undefined) {
    count(engine, "renewal.limit");
    return undefined;
  }
  if (known === undefined && strangers(engine) >= REQUESTS) {
    count(engine, "inbox.over-requests");
    return undefined;
  }
  if (!remember(draft, prekey, opened.th)) return undefined;
  if (known !== undefined) draft.setChat({ ...known, ...book });
  return meet(engine, draft, opened, {}, news);
}
function strangers({ store }: Engine): number {
  const undecided = [...store.chats.values()].filter(({ contact }) => contact.phase === "request");
  return undecided.filter(({ invite }) => invite === undefined).length;
}
/** As long as the prekey's secret lives; false where this th did something before, or the prekey is gone. */
function remember(draft: Draft, prekey: Uint8Array, th: Uint8Array): boolean {
  const { me } = draft;
  let fresh = false;
  const withTh = <T extends Pick<RetiredCard, "prekeys" | "opened">>(kept: T): T => {
    const { opened = [] } = kept;
    if (!equal(kept.prekeys.x25519Pk, prekey) || opened.some((other) => equal(other, th))) return kept;
    fresh = true;
    return { ...kept, opened: [...opened, th] };
  };
  if (me === undefined) return false;
  draft.me = { ...me, ...(me.card && { card: withTh(me.card) }), retired: me.retired.map(withTh) };
  return fresh;
}

function follow(engine: Engine, chat: string): void {
  engine.changed();
  acknowledgeSoon(engine, chat);
  drain(engine, chat);
  background(engine, "pull", pull(engine, chat));
}

/** A little later, so that a holder cannot time the reading. */
function removeSoon(engine: Engine, day: number, header: Uint8Array): void {
  engine.alarms.set(`delete:${day}/${toHex(header)}`, jitter(engine, DELETE_JITTER_MS), () => {
    const box = ownBox(engine, day);
    if (engine.post === undefined || box === undefined) return;
    background(engine, "delete", engine.post.delete(box, header, DeleteReason.read));
  });
}
