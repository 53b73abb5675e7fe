/**
 * From the outbox to the network (protocol.md §8, §11). Texts that wait are packed into cells with what else is due;
 * a cell is sealed and durable before it leaves; it goes over a direct link where one lives, and into the pair's box
 * where none does or no acknowledgement comes.
 *
 * Invariants:
 * 1. A text is in `queue` or in exactly one parcel until it is acknowledged, removed or given up.
 * 2. A cell leaves only after the draft that sealed it is on disk.
 * 3. What a text's delivery says was proved: `stored` by signed receipts, `delivered` by the other end.
 */
import { Fault } from "#node/errors.ts";
import { AnswerCode } from "#node/ports.ts";
import { toHex } from "../bytes.ts";
import { MINUTE_MS, msOfUnit } from "../clock.ts";
import { atItem, mustTell, sendingPair, type Whereabouts } from "../contact.ts";
import { expiryOf } from "../envelope.ts";
import { encodeItems, type Item, type MessageId } from "../items.ts";
import { pack } from "../outbox.ts";
import { type Pair, pairDay } from "../pair.ts";
import type { Placement } from "../ports.ts";
import { CONTENT, sealCell, skipUnclean } from "../session.ts";
import type { Draft } from "./draft.ts";
import { background, type Engine, isSuperseded, jitter, tellFault, timeOf, whereabouts } from "./engine.ts";
import { isSilence } from "./expected.ts";
import { fetched } from "./fetched.ts";
import { hexBytes } from "./hex.ts";
import { patienceOf, spend } from "./on-screen.ts";
import { boxOf } from "./places.ts";
import type { ChatState, Delivery, Parcel, TextRecord, Waiting } from "./records.ts";
import { falls, queuedIn, withDelivery } from "./states.ts";

/** A direct link that lives answers within its round trip; after this the mailbox gets the cell too. Tier 3. */
const DIRECT_PATIENCE_MS = 2_000;
/** Bare acknowledgements to a mailbox wait for company. Tier 3. */
const ACK_WAIT_MS = 5_000;
const ACK_JITTER_MS = 25_000;
const RETRY_FIRST_MS = 5_000;
/** Copies that a cell should have (protocol.md §7; tier 1). */
const HOLDERS = 8;
/** A cell that lacks copies is put again so often, so far apart, before it waits for the next count: a young network
 * does not know all its nodes yet. Tier 3. */
const TOP_UPS = 4;
const TOP_UP_MS = 20_000;
/** Cells of a chat on their way to holders at a time. Tier 3. */
const CELLS_UNDER_WAY = 8;
/** 2^26 hashes are ~10 s of a browser's worker (protocol.md §7, Price; tier 2). */
export const HIGHEST_PRICE = 26;
const RETRY_LAST_MS = 5 * MINUTE_MS;
/** Ids of one cell: keeps a bare acknowledgement within 2 KiB. */
const IDS_AT_ONCE = 100;

/** Sends all that waits in this chat. Called again while it runs: runs once more. */
export function drain(engine: Engine, chat: string): void {
  const running = engine.draining.get(chat);
  if (running !== undefined) {
    running.again = true;
    return;
  }
  const run = { again: true, done: Promise.resolve() };
  engine.draining.set(chat, run);
  const loop = async () => {
    try {
      while (run.again) {
        run.again = false;
        await drainOnce(engine, chat);
      }
    } finally {
      engine.draining.delete(chat);
    }
  };
  run.done = loop();
  background(engine, "drain", run.done);
}

/** The same, until all that could be sealed is in cells. */
export async function drained(engine: Engine, chat: string): Promise<void> {
  drain(engine, chat);
  await Promise.allSettled([engine.draining.get(chat)?.done]); // what failed was told by drain
}

/** Acknowledgements are due: at once where a direct link lives or somebody looks at the chat, else with some company. */
export function acknowledgeSoon(engine: Engine, chat: string): void {
  const isLinked = directPeer(engine, engine.store.chats.get(chat)) !== undefined;
  const patience = isLinked ? undefined : patienceOf(engine, chat);
  const wait = isLinked ? 50 : (patience ?? ACK_WAIT_MS + jitter(engine, ACK_JITTER_MS));
  engine.alarms.setOnce(`ack:${chat}`, wait, () => {
    if (patience !== undefined) spend(engine, chat);
    drain(engine, chat);
  });
}

async function drainOnce(engine: Engine, chat: string): Promise<void> {
  const { post, store } = engine;
  if (post === undefined || isSuperseded(engine) || crowded(engine, chat)) return;
  leave(engine, chat, await store.exclusive((draft) => seal(engine, draft, chat)));
}

/** Cells that were sealed by a draft that is on disk by now go their way. */
export function leave(engine: Engine, chat: string, parcels: readonly Parcel[]): void {
  const { store } = engine;
  // Only now: a chain that moved on in a draft that found no room on the disk has not moved.
  for (const { pair } of parcels) store.owed.delete(pair);
  engine.alarms.clear(`ack:${chat}`);
  for (const parcel of parcels) deliver(engine, parcel);
  if (parcels.length > 0) engine.changed();
  // What one cell of acknowledgements had no room for goes into the next.
  const left = store.chats.get(chat);
  if (parcels.length > 0 && left !== undefined && left.acks.length + left.reads.length > 0) drain(engine, chat);
}

/** Cells that no holder has yet are enough for now: what is written meanwhile shares the next cell. */
function crowded(engine: Engine, chat: string): boolean {
  if (directPeer(engine, engine.store.chats.get(chat)) !== undefined) return false;
  let waiting = 0;
  for (const parcel of engine.store.parcels.values()) {
    if (parcel.chat === chat && parcel.held === 0 && parcel.direct !== true) waiting++;
  }
  return waiting >= CELLS_UNDER_WAY;
}

/** Over the direct link, or into the box. */
export function deliver(engine: Engine, parcel: Parcel): void {
  const { post, store } = engine;
  const chat = store.chats.get(parcel.chat);
  const peer = directPeer(engine, chat);
  if (post === undefined) return;
  if (parcel.kind === "pair" && peer !== undefined && post.sendDirect(peer, parcel.cell)) {
    background(engine, "direct", sentDirect(engine, parcel));
  } else {
    background(engine, "put", detour(engine, parcel));
  }
}

/** What was sealed for a link that went meanwhile is as any other cell. */
async function detour(engine: Engine, { tag, direct }: Parcel): Promise<void> {
  if (direct === true)
    await engine.store.exclusive((draft) => {
      const kept = draft.parcel(tag);
      if (kept === undefined) return;
      const { direct: _direct, ...rest } = kept;
      draft.setParcel(rest);
    });
  await place(engine, tag);
}

async function sentDirect(engine: Engine, { tag, texts, direct }: Parcel): Promise<void> {
  const bare = texts.length === 0;
  if (!bare)
    engine.alarms.set(`direct:${tag}`, DIRECT_PATIENCE_MS, () => background(engine, "put", place(engine, tag)));
  if (!bare && direct === true) return;
  await engine.store.exclusive((draft) => {
    const kept = draft.parcel(tag);
    if (kept === undefined) return;
    if (bare) draft.removeParcel(tag);
    else draft.setParcel({ ...kept, direct: true });
  });
}

/** The peer to which a direct link with an accepted token lives. */
export function directPeer(engine: Engine, chat: ChatState | undefined) {
  if (chat === undefined || chat.blocked === true || engine.post === undefined) return undefined;
  const shown = engine.nodes.get(chat.id);
  if (shown !== undefined && engine.post.direct(shown)) return shown;
  const told = chat.contact.at?.nodeId;
  return told !== undefined && engine.post.direct(told) ? told : undefined;
}

/** Puts a cell to its holders and shows the count as it grows; tries again until enough have it. */
export function place(engine: Engine, tag: string, attempt = 0): Promise<void> {
  const running = engine.placing.get(tag);
  if (running !== undefined) return running;
  const done = placeOnce(engine, tag, attempt).finally(() => engine.placing.delete(tag));
  engine.placing.set(tag, done);
  return done;
}
async function placeOnce(engine: Engine, tag: string, attempt: number): Promise<void> {
  const { post, store } = engine;
  const parcel = store.parcels.get(tag);
  if (post === undefined || parcel === undefined || isSuperseded(engine)) return;
  if (store.chats.get(parcel.chat)?.blocked === true) {
    if (parcel.held === 0) await placed(engine, tag, { held: 0, of: parcel.of, refused: [] }, { reason: "blocked" });
    return;
  }
  const target = boxOf(engine, parcel);
  if (target === undefined) return;
  let placement: Placement = { held: 0, of: 0, refused: [] };
  let reason: Waiting | undefined;
  try {
    const progress = (now: Placement) => background(engine, "placed", placed(engine, tag, now, { partial: true }));
    placement = await post.put(target, parcel.cell, parcel.inbox ? "none" : "write", progress, bitsOf(parcel));
  } catch (error) {
    if (!isSilence(error)) tellFault(engine, "put", error);
    reason = waitingFor(engine, error);
  }
  // Its owner ended it: no copy was lost.
  if (placement.held === 0 && placement.refused.some(({ code }) => code === AnswerCode.deleted)) {
    await fetched(engine, parcel);
    drain(engine, parcel.chat);
    return;
  }
  // Who did not answer took nothing back.
  await placed(engine, tag, placement, { reason: reason ?? refusal(placement), partial: reason !== undefined });
  drain(engine, parcel.chat);
  const had = hadBy(placement);
  const short = had < enough(placement);
  if (!short && (had >= HOLDERS || attempt >= TOP_UPS)) return;
  const wait = short ? Math.min(RETRY_FIRST_MS * 2 ** attempt, RETRY_LAST_MS) : TOP_UP_MS;
  engine.alarms.set(`put:${tag}`, wait, () => background(engine, "put", place(engine, tag, attempt + 1)));
}

/** What the card asks, as far as a browser can search for it. */
function bitsOf({ inbox }: Parcel): number | undefined {
  return inbox && Math.min(inbox.bits, HIGHEST_PRICE);
}
/** Three copies, or all there are: from there on a text counts as stored (protocol.md §7). */
function enough(placement: { of: number }): number {
  return placement.of > 0 ? Math.min(3, placement.of) : 1;
}

/** Holders that have it, or had it until its owner fetched it. */
function hadBy({ held, of, refused }: Placement): number {
  const ended = refused.find(({ code }) => code === AnswerCode.deleted)?.count ?? 0;
  return Math.min(held + ended, Math.max(held, of));
}

interface Count {
  reason?: Waiting | undefined;
  /** ms when they got it; what was only counted keeps its time. */
  at?: number;
  /** Not all have answered: who has not, did not lose its copy. */
  partial?: boolean;
}
/** Notes what holders acknowledged. */
export async function placed(engine: Engine, tag: string, now: Placement, count: Count = {}): Promise<void> {
  const { reason, at = timeOf(engine), partial = false } = count;
  await engine.store.exclusive(async (draft) => {
    const parcel = draft.parcel(tag);
    if (parcel === undefined) return;
    const had = hadBy(now);
    const stored = had >= enough(now);
    if (parcel.texts.length === 0 && parcel.kind === "pair" && stored) {
      draft.removeParcel(tag);
      return;
    }
    const keeps = partial && parcel.held >= now.held;
    const put = now.held > 0 ? at : parcel.put;
    draft.setParcel({ ...parcel, ...(keeps ? {} : { held: now.held, of: now.of }), put });
    const delivery: Delivery = stored
      ? { kind: "stored", held: had, of: now.of, until: msOfUnit(parcel.expiry + 1) }
      : { ...queuedIn(draft.chat(parcel.chat) ?? {}, draft.me), ...(reason === undefined ? {} : { reason }) };
    // Copies that were counted are not gone because somebody has not answered yet.
    const isSure = !(partial && parcel.put > 0);
    await each(draft, parcel, (text) => {
      const came = had > now.held ? { ...text, fetched: parcel.pair } : text;
      if (settled(text.delivery)) return text;
      if (falls(text.delivery, delivery) && (!isSure || came.fetched === parcel.pair)) return came;
      return { ...withDelivery(came, delivery, timeOf(engine)), path: "mailbox" };
    });
  });
  engine.changed();
}

/** Changes every text of a parcel, and what the list shows of it. */
export async function each(draft: Draft, parcel: Parcel, change: (text: TextRecord) => TextRecord): Promise<void> {
  for (const number of parcel.texts) {
    const text = await draft.text(parcel.chat, number);
    if (text !== undefined) showText(draft, parcel.chat, change(text));
  }
}
/** Sets a text, and the chat's last line when it is that text. */
export function showText(draft: Draft, chatId: string, text: TextRecord): void {
  draft.setText(chatId, text);
  const chat = draft.chat(chatId);
  if (chat?.last?.number === text.number) draft.setChat({ ...chat, last: text });
}
export function settled(delivery: Delivery | undefined): boolean {
  return delivery?.kind === "delivered" || delivery?.kind === "read" || delivery?.kind === "failed";
}

/** Seals all that waits into cells of the pair that counts. */
export async function seal(engine: Engine, draft: Draft, id: string): Promise<Parcel[]> {
  const chat = draft.chat(id);
  const pair = chat && sendingPair(chat.pairs);
  // Nothing leaves for a request: that it was read, too, is the person's to tell.
  if (chat === undefined || pair === undefined || chat.contact.phase === "request" || chat.blocked) return [];
  const own = whereabouts(engine);
  const texts = await queued(draft, chat);
  const due = dueItems(chat, own, draft.me?.name ?? "");
  if (texts.length + due.length === 0) return [];
  const news = [...due, ...tidings(chat, own, draft.me?.name ?? "", texts.length > 0)];
  const cells = pack(engine.context.core, [...news, ...texts.map(itemOf)]);
  let at = ready(engine, pair);
  const direct = directPeer(engine, chat) !== undefined;
  let taken = 0;
  const parcels: Parcel[] = [];
  for (const { size, items } of cells) {
    const count = items.filter((item) => item.kind === "text").length;
    const numbers = texts.slice(taken, taken + count).map((text) => text.number);
    taken += count;
    const sealed = sealParcel(engine, { chat: id, pair: at, size, items, numbers });
    at = sealed.pair;
    const parcel: Parcel = direct && numbers.length > 0 ? { ...sealed.parcel, direct } : sealed.parcel;
    draft.setParcel(parcel);
    parcels.push(parcel);
  }
  draft.setChat({
    ...chat,
    pairs: chat.pairs.map((known) => (known === pair ? at : known)),
    contact: own === undefined ? chat.contact : { ...chat.contact, told: own },
    toldName: draft.me?.name ?? "",
    queue: [],
    waiting: [...chat.waiting, ...texts.map((text) => text.number)],
    acks: chat.acks.slice(IDS_AT_ONCE),
    reads: chat.reads.slice(IDS_AT_ONCE),
  });
  return parcels;
}

function sealParcel(
  engine: Engine,
  work: { chat: string; pair: Pair; size: 2048 | 16384; items: readonly Item[]; numbers: readonly number[] },
): { parcel: Parcel; pair: Pair } {
  const { core, random } = engine.context;
  const now = timeOf(engine);
  const tag = random.bytes(16);
  const expiry = expiryOf(now, "week");
  const content = encodeItems(core, work.items, CONTENT[work.size]);
  const sealed = sealCell(core, work.pair.session, { expiry, tag, content });
  const pair = { ...work.pair, session: sealed.session };
  const place = { kind: "pair" as const, pair: toHex(pair.th), day: pairDay(pair, now) };
  const count = { held: 0, of: 0, made: now, put: 0 };
  return {
    pair,
    parcel: { tag: toHex(tag), chat: work.chat, ...place, cell: sealed.cell, texts: work.numbers, expiry, ...count },
  };
}

/** A chain that may have been used beyond what the disk knows moves on once before it sends. */
function ready(engine: Engine, pair: Pair): Pair {
  if (!engine.store.owed.has(toHex(pair.th))) return pair;
  return { ...pair, session: skipUnclean(engine.context.core, pair.session) };
}

async function queued(draft: Draft, chat: ChatState): Promise<TextRecord[]> {
  const texts: TextRecord[] = [];
  for (const number of chat.queue) {
    const text = await draft.text(chat.id, number);
    if (text !== undefined && text.gone === undefined) texts.push(text);
  }
  return texts;
}
function itemOf(text: TextRecord): Item {
  return { kind: "text", id: hexBytes(text.id) as MessageId, sent: text.sent, text: text.text };
}

/** Worth a cell of their own. */
function dueItems(chat: ChatState, own: Whereabouts | undefined, name: string): Item[] {
  const items: Item[] = [];
  const ids = (list: readonly string[]) => list.slice(0, IDS_AT_ONCE).map(hexBytes) as MessageId[];
  if (chat.acks.length > 0) items.push({ kind: "ack", ids: ids(chat.acks) });
  if (chat.reads.length > 0) items.push({ kind: "read", ids: ids(chat.reads) });
  if (own !== undefined && mustTell(chat.contact, own)) items.push(atItem(own));
  if (chat.toldName !== name) items.push({ kind: "profile", name });
  return items;
}
/** Rides along when there is a cell anyhow: a newer incarnation at the same place. */
function tidings(chat: ChatState, own: Whereabouts | undefined, name: string, withTexts: boolean): Item[] {
  if (own === undefined) return [];
  const told = chat.contact.told;
  const newer = withTexts && told !== undefined && told.incarnation !== own.incarnation;
  return newer && !dueItems(chat, own, name).some((item) => item.kind === "at") ? [atItem(own)] : [];
}

function waitingFor(engine: Engine, error: unknown): Waiting {
  if (!(error instanceof Fault && isSilence(error))) return "fault";
  if (error.code === "no-link") return engine.post?.online() ? "no-peers" : "offline";
  if (error.code === "busy" || error.code === "limit") return "busy";
  return "no-peers";
}
/** The refusal that most holders gave, in the words of AnswerCode. */
function refusal({ refused }: Placement): Waiting | undefined {
  const most = [...refused].sort((a, b) => b.count - a.count)[0];
  const words: Readonly<Record<number, Waiting>> = { 1: "price", 2: "quota", 3: "full" };
  return most && words[most.code];
}
