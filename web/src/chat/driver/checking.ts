/**
 * Looking after what was left in boxes (protocol.md §7, What the sender sees; §8). Every ten minutes and on return the
 * copies are counted anew, so the number shown can fall; what lost copies is put again as the same bytes; a text whose
 * cell ended without an acknowledgement gets a new cell, twice at most.
 */
import { AnswerCode } from "#node/ports.ts";
import { toHex } from "../bytes.ts";
import { DAY_MS, MINUTE_MS } from "../clock.ts";
import { ENVELOPE, isPast } from "../envelope.ts";
import { inboxDay } from "../inbox.ts";
import { pairDay } from "../pair.ts";
import type { Box } from "../ports.ts";
import { answerAgain } from "./answering.ts";
import { background, dueTime, type Engine, isElsewhere, jitter, timeOf } from "./engine.ts";
import { answerTo } from "./expected.ts";
import { fetched, isAnswered, requeue } from "./fetched.ts";
import { hexBytes } from "./hex.ts";
import { checkPending } from "./pending.ts";
import { boxOf } from "./places.ts";
import type { Parcel } from "./records.ts";
import { drain, each, place, placed, settled } from "./sending.ts";
import { queuedIn } from "./states.ts";

const ROUND_MS = 10 * MINUTE_MS;
/** Lives of a text's cells, 7 days each, before its author is told that nobody fetched it. */
const LIVES = 2;

export function checkAll(engine: Engine): void {
  background(engine, "check", check(engine));
  engine.alarms.set("check", ROUND_MS * (0.75 + jitter(engine, 0.5)), () => checkAll(engine));
}

async function check(engine: Engine): Promise<void> {
  if (isElsewhere(engine)) return;
  await renew(engine);
  const groups = new Map<string, Parcel[]>();
  for (const parcel of parcelsOf(engine)) {
    const name = `${parcel.kind}/${parcel.pair}/${parcel.day}`;
    groups.set(name, [...(groups.get(name) ?? []), parcel]);
  }
  for (const parcels of groups.values()) {
    await answerTo(engine, "check", count(engine, parcels));
  }
  await checkPending(engine);
  for (const chat of engine.store.chats.values()) if (chat.queue.length > 0) drain(engine, chat.id);
}

/** What is on its way to blocked contacts waits as it is. */
function parcelsOf({ store }: Engine): Parcel[] {
  return [...store.parcels.values()].filter(({ chat }) => store.chats.get(chat)?.blocked !== true);
}

/** Cells of one box. */
async function count(engine: Engine, parcels: readonly Parcel[]): Promise<void> {
  const box = parcels[0] && boxOf(engine, parcels[0]);
  const { post } = engine;
  if (post === undefined || box === undefined) return;
  const put = parcels.filter((parcel) => parcel.held > 0);
  for (const parcel of parcels) if (parcel.held === 0) background(engine, "put", place(engine, parcel.tag));
  if (put.length === 0) return;
  if (parcels[0]?.kind === "first") {
    for (const parcel of put) await countFirst(engine, box, parcel);
    return;
  }
  const listed = await post.list(
    box,
    "all",
    put.map(({ tag }) => hexBytes(tag)),
  );
  if (listed.answered === 0) return;
  // By the whole header: what stands under the same tag with another expiry is no copy of ours.
  const found = new Map(listed.entries.map((entry) => [toHex(entry.header), entry]));
  for (const parcel of put) {
    const entry = found.get(toHex(parcel.cell.subarray(0, ENVELOPE)));
    await counted(engine, parcel, { held: entry?.held ?? 0, deleted: entry?.deleted ?? 0, of: listed.of });
  }
}

/** The writer of a first contact may not list the invite's address. */
async function countFirst(engine: Engine, box: Box, parcel: Parcel): Promise<void> {
  const { core } = engine.context;
  const now = await engine.post?.have(box, hexBytes(parcel.tag), core.hash("cell", parcel.cell), parcel.expiry);
  if (now !== undefined) await counted(engine, parcel, now);
}

/** A deletion that was proved tells of the holder that has it: copies are those of the others, and who has neither is
 * given the same bytes again. It was fetched all the same: whoever goes on listing it keeps no acknowledgement from being
 * asked for once more. */
async function counted(engine: Engine, parcel: Parcel, now: { held: number; deleted: number; of: number }) {
  if (now.deleted === 0 || now.held > 0) {
    const refused = [{ code: AnswerCode.deleted, count: now.deleted }];
    await placed(engine, parcel.tag, { held: now.held, of: now.of, refused }, { at: parcel.put });
  }
  if (now.deleted > 0) await fetched(engine, parcel);
  const old = parcel.kind === "first" && now.held > 0 && timeOf(engine) - parcel.put > DAY_MS;
  if (now.held + now.deleted < now.of || old) background(engine, "put", place(engine, parcel.tag));
}

/** Cells whose day ended before any receipt, cells whose life ended, and cells of an earlier run whose acknowledgement went
 * with the link: their texts go into new ones. */
export async function renew(engine: Engine): Promise<void> {
  for (const parcel of parcelsOf(engine)) {
    if (isPast(parcel.expiry, dueTime(engine))) await lifeEnded(engine, parcel);
    else if (parcel.kind === "first") await keepFirst(engine, parcel);
    else if (parcel.kind === "pair" && parcel.held === 0 && (dayEnded(engine, parcel) || lostWord(engine, parcel))) {
      await engine.store.exclusive((draft) => {
        const kept = draft.parcel(parcel.tag);
        if (kept !== undefined && kept.held === 0) requeue(draft, kept);
      });
    }
  }
}

/** An answered first contact without texts is done with; one in an inbox moves on to where its owner looks now. */
async function keepFirst(engine: Engine, parcel: Parcel): Promise<void> {
  const now = timeOf(engine);
  const done = parcel.texts.length === 0 && isAnswered(engine, parcel);
  const moves = parcel.inbox !== undefined && parcel.day !== inboxDay(now) && now - parcel.put > DAY_MS;
  if (!done && !moves) return;
  await engine.store.exclusive((draft) => {
    const kept = draft.parcel(parcel.tag);
    if (kept === undefined) return;
    if (done) draft.removeParcel(parcel.tag);
    else draft.setParcel({ ...kept, day: inboxDay(now), held: 0, of: 0 });
  });
}

/** What the other end had by the link of an earlier run is a copy to it, which it cannot acknowledge. */
function lostWord({ store }: Engine, { tag, direct }: Parcel): boolean {
  return direct === true && store.inherited.has(tag);
}
function dayEnded(engine: Engine, parcel: Parcel): boolean {
  const chat = engine.store.chats.get(parcel.chat);
  const pair = chat?.pairs.find((known) => toHex(known.th) === parcel.pair);
  return pair !== undefined && pairDay(pair, timeOf(engine)) > parcel.day;
}

async function lifeEnded(engine: Engine, parcel: Parcel): Promise<void> {
  await engine.store.exclusive(async (draft) => {
    const kept = draft.parcel(parcel.tag);
    if (kept === undefined) return;
    const given: number[] = [];
    await each(draft, kept, (text) => {
      const lives = (text.lives ?? 0) + 1;
      if (settled(text.delivery)) return { ...text, lives };
      // Its copies are gone: until there are others it waits, on a device that sends no more for good.
      const isFetched = text.fetched === kept.pair;
      const waits = isFetched ? text.delivery : queuedIn(draft.chat(kept.chat) ?? {}, draft.me);
      if (lives < LIVES) return { ...text, lives, ...(waits && { delivery: waits }) };
      given.push(text.number);
      return { ...text, lives, delivery: { kind: "failed", reason: "not-fetched" } };
    });
    const chat = draft.chat(kept.chat);
    if (chat !== undefined && given.length > 0) {
      draft.setChat({ ...chat, waiting: chat.waiting.filter((number) => !given.includes(number)) });
    }
    const left = { ...kept, texts: kept.texts.filter((number) => !given.includes(number)) };
    const again = kept.kind === "first" && kept.inbox === undefined && left.texts.length > 0;
    if (!(again && (await answerAgain(engine, draft, left)))) requeue(draft, left);
  });
  engine.changed();
}
