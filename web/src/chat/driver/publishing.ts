/**
 * The own card: signed anew every day and a half, put again every day, its old prekeys kept for eight days (destroying.ts). It is
 * read before each round: a higher generation than ours is another device with this identity, and this one steps back;
 * before the first publishing it is one that we had before, and ours is lifted above it. Whoever has that one is told by
 * its inbox to look at the card, so that two devices do not answer side by side until the next round. One of our own
 * generation, no older than ours and not signed here, comes from a copy of this profile: it steps back and asks.
 *
 * Invariant: a card is on disk here before anybody sees it, so that no own one is taken for another's.
 */

import { equal } from "../bytes.ts";
import { cardAddress, cardCell, cardHash, compareCards, DEFAULT_STAMP_BITS, signCard } from "../card.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS, SKEW_MS } from "../clock.ts";
import { sealFirstContact } from "../firstcontact.ts";
import { inboxBox, inboxDay } from "../inbox.ts";
import { newPrekeys } from "../prekey.ts";
import { type FoundCard, readCard, targetOf } from "./cards.ts";
import { retire } from "./destroying.ts";
import { background, type Engine, isSuperseded, jitter, timeOf } from "./engine.ts";
import type { Me, OwnCard } from "./records.ts";
import { HIGHEST_PRICE } from "./sending.ts";
import { stepBack } from "./stepping-back.ts";

const SIGN_AFTER_MS = 36 * HOUR_MS;
const SIGN_JITTER_MS = 12 * HOUR_MS;
const PUT_AFTER_MS = DAY_MS;
/** Copies without which the card counts as not put (protocol.md §7: three, or all there are). */
const ENOUGH = 3;
const ROUND_MS = 10 * MINUTE_MS;
/** Nobody said what card lies there, or took ours: a first card should not wait for a whole round. Tier 3. */
const RETRY_MS = MINUTE_MS;
/** Own cards that are known again, each of which lasts 14 days at holders: as many as are signed in four weeks. Tier 3. */
const SIGNED = 24;

const running = new WeakMap<Engine, Promise<unknown>>();
/** More is not waited for. Tier 3. */
const LONGEST_MS = 30_000;

export function publish(engine: Engine): void {
  engine.alarms.set("publish", ROUND_MS, () => publish(engine));
  if (running.has(engine)) return;
  const round = publishOnce(engine).finally(() => running.delete(engine));
  running.set(engine, round);
  background(
    engine,
    "publish",
    round.then((done) => {
      if (!done) engine.alarms.set("publish", RETRY_MS, () => publish(engine));
    }),
  );
}

/** Resolves when the round under way has ended, whichever way: a node that goes meanwhile takes it along. */
export async function published(engine: Engine): Promise<void> {
  const round = running.get(engine);
  if (round === undefined) return;
  const late = new Promise<void>((done) => engine.clock.after(LONGEST_MS, done));
  await Promise.race([Promise.allSettled([round]), late]);
}

/** False where it is worth another try soon. */
async function publishOnce(engine: Engine): Promise<boolean> {
  const { post, store } = engine;
  if (post === undefined || store.me === undefined || isSuperseded(engine)) return true;
  if (!post.timeSure()) return false;
  const { answered, found } = await readCard(engine, store.me.identity.id, store.me.card?.bytes);
  if (!answered) return false;
  const before = isPublished(store.me) ? undefined : found;
  if (found !== undefined) await compare(engine, found);
  if (isSuperseded(engine)) return true;
  const now = timeOf(engine);
  const { card, generation } = store.me;
  // Signed ahead of time: the clock of this device was wrong, and no reader takes that card.
  const ahead = card !== undefined && card.signed > now + SKEW_MS;
  const old = card !== undefined && now - card.signed > SIGN_AFTER_MS + jitter(engine, SIGN_JITTER_MS);
  if (card === undefined || ahead || old || generation !== generationIn(engine, card)) await signOwnCard(engine);
  if (now - (store.me.card?.put ?? 0) < PUT_AFTER_MS) return true;
  const done = await put(engine, now);
  if (done && before !== undefined) {
    const told = relieve(engine, before);
    background(engine, "relieve", told);
    await Promise.allSettled([told]);
  }
  return done;
}

/** A first contact from us to ourselves, which only the device of that card can open: it says nothing but that there is
 * another one. Lost, the other finds out in its next round. */
async function relieve(engine: Engine, before: FoundCard): Promise<void> {
  const { me } = engine.store;
  const now = timeOf(engine);
  if (me === undefined) return;
  const sealed = await sealFirstContact(engine.context, me.identity, targetOf(engine, before), [], {
    now,
    life: "week",
  });
  const { inboxPk, stampBits } = before.card;
  if (!sealed.ok || stampBits > HIGHEST_PRICE) return;
  await engine.post?.put(inboxBox(inboxDay(now), inboxPk), sealed.value.cell, "none", () => undefined, stampBits);
}

async function put(engine: Engine, now: number): Promise<boolean> {
  const { core } = engine.context;
  const { me } = engine.store;
  if (me?.card === undefined || engine.post === undefined) return true;
  const { bytes } = me.card;
  // From now on it may be out: what is read hereafter and higher is not our past.
  await engine.store.exclusive((draft) => {
    if (draft.me !== undefined) draft.me = { ...draft.me, published: me.generation };
  });
  const placement = await engine.post.put(
    { kind: 5, address: cardAddress(core, me.identity.id) },
    cardCell(core, bytes),
    "none",
  );
  if (placement.held < Math.min(ENOUGH, Math.max(1, placement.of))) return false;
  await engine.store.exclusive((draft) => {
    if (draft.me?.card?.signed === me.card?.signed && draft.me?.card !== undefined) {
      draft.me = { ...draft.me, card: { ...draft.me.card, put: now } };
    }
  });
  return true;
}

/** What lies at the holders, against ours. */
async function compare(engine: Engine, found: FoundCard): Promise<void> {
  const { card } = found;
  const why = await engine.store.exclusive((draft) => {
    const { me } = draft;
    if (me === undefined || isOwn(me, found)) return undefined;
    if (!isPublished(me)) {
      if (card.generation >= me.generation) draft.me = { ...me, generation: card.generation + 1 };
      return undefined;
    }
    if (card.generation !== me.generation) return card.generation > me.generation ? "superseded" : undefined;
    const own = me.card && engine.context.core.decode("card", me.card.bytes);
    // Nobody but this profile has this generation: it signed here, or runs elsewhere.
    return own?.ok === true && compareCards(card, own.value) < 0 ? undefined : "elsewhere";
  });
  if (why !== undefined) await stepBack(engine, why);
}
function isOwn({ card, retired, signed = [] }: Me, found: FoundCard): boolean {
  const own = [...(card === undefined ? [] : [card]), ...retired];
  if (own.some(({ prekeys }) => equal(prekeys.x25519Pk, found.card.x25519Pk))) return true;
  return signed.some((hash) => equal(hash, found.hash));
}
/** `published` is not in what version 0.1.0 stored. */
function isPublished({ published, generation, card, retired }: Me): boolean {
  if (published !== undefined) return published === generation;
  return (card !== undefined && card.put > 0) || retired.length > 0;
}
function generationIn({ context }: Engine, { bytes }: OwnCard): number | undefined {
  const card = context.core.decode("card", bytes);
  return card.ok ? card.value.generation : undefined;
}

/** A new card with new prekeys; durable before anyone sees it. */
export async function signOwnCard(engine: Engine): Promise<void> {
  const { core } = engine.context;
  await engine.store.exclusive(async (draft) => {
    const { me } = draft;
    if (me === undefined) return;
    const now = timeOf(engine);
    const prekeys = await newPrekeys(engine.context);
    const terms = { generation: me.generation, now, stampBits: DEFAULT_STAMP_BITS };
    const bytes = await signCard(engine.context, me.identity, prekeys, terms);
    const card: OwnCard = { bytes, prekeys, signed: now, put: 0 };
    const signed = [...(me.signed ?? []), cardHash(core, bytes)].slice(-SIGNED);
    draft.me = { ...retire(engine, me, now), card, signed };
  });
}
