/**
 * Our own invites: made, kept in the network, looked at, ended (protocol.md §8, Invite). What a first contact does that
 * lies there is answered.ts.
 */
import { Fault } from "#node/errors.ts";
import { bundleTag } from "../bundle.ts";
import { toHex } from "../bytes.ts";
import { DAY_MS, HOUR_MS, unitOf } from "../clock.ts";
import { LIFE } from "../envelope.ts";
import { boxOf, isOver, newInvite, withBundle } from "../invite.ts";
import type { Listed, Placement } from "../ports.ts";
import { answered, isCrowded } from "./answered.ts";
import { readAt } from "./deleting.ts";
import {
  background,
  count,
  dueTime,
  type Engine,
  isElsewhere,
  isSuperseded,
  jitter,
  randomId,
  timeOf,
} from "./engine.ts";
import { answerTo } from "./expected.ts";
import { hexBytes } from "./hex.ts";
import type { InviteState } from "./records.ts";
import { apartOf, gathered, type Named, tried, UngivenByBox } from "./ungiven.ts";
import { end, withdraw } from "./withdrawing.ts";

/** Who signed a cell: the invite's owner (protocol.md §7, Signer). */
const OWNER = 2;
const ROUND_MS = 10 * 60_000;
/** A bundle is put again as the same bytes (protocol.md §8). */
const PUT_AGAIN_MS = 48 * HOUR_MS;
const PUT_RETRY_MS = 20_000;
/** Cells looked at in one invite's box: who has the link can put what they like, and the record must not grow without
 * end. Tier 3. */
const SEEN_LIMIT = 512;
/** Tags of one GET (protocol.md §7, tier 2). */
const TAGS_AT_ONCE = 30;
/** Invites whose tags are remembered that nobody gives. Tier 3. */
const BOXES = 64;

const ungiven = new WeakMap<Engine, UngivenByBox>();

export async function createInvite(engine: Engine): Promise<string> {
  if (isSuperseded(engine)) throw new Fault("refused", "This identity is used on another device now.");
  const now = timeOf(engine);
  const invite = await newInvite(engine.context, { now, end: unitOf(now) + LIFE.week, flags: 0 });
  const id = randomId(engine);
  await engine.store.exclusive((draft) => draft.setInvite({ id, invite, held: 0, of: 0, put: 0, seen: [] }));
  engine.changed();
  background(engine, "invite", keep(engine, id));
  return id;
}

/** All open invites: bundles put, addresses watched. */
export function keepInvites(engine: Engine): void {
  for (const id of engine.store.invites.keys()) background(engine, "invite", keep(engine, id));
  engine.alarms.set("invites", ROUND_MS * (0.75 + jitter(engine, 0.5)), () => keepInvites(engine));
}
export function closeInviteWatches(engine: Engine): void {
  for (const watched of engine.inviteWatches.values()) watched.close();
  engine.inviteWatches.clear();
}

async function keep(engine: Engine, id: string): Promise<void> {
  const state = engine.store.invites.get(id);
  if (engine.post === undefined || state === undefined || state.invite.phase === "expired") return;
  if (isElsewhere(engine)) return;
  if (isOver(state.invite, dueTime(engine))) {
    await engine.store.exclusive((draft) => end(draft, id, "expired"));
    engine.changed();
    return;
  }
  listen(engine, state);
  if (state.withdrawing !== undefined) await withdraw(engine, id);
  const few = state.of === 0 || state.held < state.of;
  if (isSuperseded(engine)) return;
  if (state.invite.phase === "open" && (few || timeOf(engine) - state.put > PUT_AGAIN_MS)) await putBundle(engine, id);
}

async function putBundle(engine: Engine, id: string): Promise<void> {
  const { post, store, context } = engine;
  const ready = await store.exclusive(async (draft) => {
    const state = draft.invite(id);
    const { me } = draft;
    if (state === undefined || me?.card === undefined) return undefined;
    const offer = { card: me.card.bytes, name: me.name, now: timeOf(engine) };
    const made = await withBundle(context, me.identity, state.invite, offer);
    if (made !== undefined) draft.setInvite({ ...state, invite: made.invite });
    return made;
  });
  if (post === undefined || ready === undefined) return;
  const note = (now: { held: number; of: number }) => putTo(engine, id, now);
  const box = boxOf(context.core, ready.invite);
  // Put again: who has not answered yet did not lose its copy.
  const known = store.invites.get(id)?.held ?? 0;
  const progress = (now: Placement) => now.held > known && background(engine, "invite", note(now));
  const putting = post.put(box, ready.cell, "owner", progress);
  const placement = await answerTo(engine, "invite", putting);
  if (placement !== undefined) await note(placement);
  if (placement !== undefined && placement.held > 0) return;
  engine.alarms.set(`invite:${id}`, PUT_RETRY_MS, () => background(engine, "invite", keep(engine, id)));
}

async function putTo(engine: Engine, id: string, now: { held: number; of: number }): Promise<void> {
  await engine.store.exclusive((draft) => {
    const state = draft.invite(id);
    if (state?.invite.phase !== "open") return;
    draft.setInvite({ ...state, held: now.held, of: now.of, put: now.held > 0 ? timeOf(engine) : state.put });
  });
  engine.changed();
}

/** Once, without watching: what lies at the addresses of all invites. True when holders of each answered. */
export async function lookAtInvites(engine: Engine): Promise<boolean> {
  const { context, post, store } = engine;
  if (post === undefined) return false;
  const once = async (state: InviteState) => {
    const listed = await answerTo(engine, "invite", post.list(boxOf(context.core, state.invite), "all", []));
    if (listed === undefined || listed.answered === 0) return false;
    return tried(engine, () => look(engine, state.id, namedIn(listed)));
  };
  const due = dueTime(engine);
  const living = [...store.invites.values()].filter(({ invite }) => invite.phase !== "expired" && !isOver(invite, due));
  return (await Promise.all(living.map(once))).every(Boolean);
}

/** Somebody may come in now who was turned away: what lies at open invites is looked at once more. */
export async function lookAtInvitesAnew(engine: Engine): Promise<void> {
  await engine.store.exclusive((draft) => {
    for (const id of engine.store.invites.keys()) {
      const state = draft.invite(id);
      // What was read of requests lies there still, and is no news.
      const read = readAt(engine, { invite: id });
      if (state?.invite.phase === "open")
        draft.setInvite({ ...state, seen: state.seen.filter((tag) => read.has(tag)) });
    }
  });
  keepInvites(engine);
}

/** First contacts that come, and those that came while we were away. */
function listen(engine: Engine, state: InviteState): void {
  const { post, inviteWatches: open } = engine;
  if (post === undefined) return;
  const box = boxOf(engine.context.core, state.invite);
  if (open.has(state.id)) {
    background(engine, "invite", lookAtList(engine, state.id, post.list(box, "all", [])));
    return;
  }
  const heard = gathered(engine, (headers) => look(engine, state.id, headers.map(once)));
  const watched = post.watch(box, heard);
  open.set(state.id, watched);
  background(engine, "invite", lookAtList(engine, state.id, watched.listed));
}
async function lookAtList(engine: Engine, id: string, listing: Promise<Listed>): Promise<void> {
  const listed = await answerTo(engine, "invite", listing);
  if (listed !== undefined) await look(engine, id, namedIn(listed));
}

interface Headed extends Named {
  header: Uint8Array;
}
function namedIn({ entries }: Listed): Headed[] {
  return entries.filter(({ held }) => held > 0).map(({ header, held }) => ({ ...once(header), held }));
}
const once = (header: Uint8Array): Headed => ({ tag: tagOf(header), held: 1, header });

/** Cells at the invite's address that are not our bundle and were not looked at; false where some may still come. Of a
 * used one, whose keys are gone, that there is another says enough; of one that was taken back, nothing counts. */
async function look(engine: Engine, id: string, named: readonly Headed[]): Promise<boolean> {
  const state = engine.store.invites.get(id);
  const phase = state?.invite.phase;
  if (state === undefined || (phase !== "open" && phase !== "used")) return true;
  const missed = missedIn(engine, id);
  const fresh = named.filter(({ tag, header }) => !state.seen.includes(tag) && !isBundle(engine, state, header));
  if (fresh.length > 0 && state.seen.length >= SEEN_LIMIT) count(engine, "invite.over-looks");
  const wanted = missed.worth(fresh, engine.clock.now(), apartOf(engine)).slice(0, SEEN_LIMIT - state.seen.length);
  let complete = true;
  for (let at = 0; at < wanted.length; at += TAGS_AT_ONCE) {
    if (isCrowded(engine, id)) return true;
    complete = (await askFor(engine, state, wanted.slice(at, at + TAGS_AT_ONCE))) && complete;
  }
  return complete && !fresh.some(({ tag }) => missed.isAwaited(tag));
}
async function askFor(engine: Engine, { id, invite }: InviteState, named: readonly Headed[]): Promise<boolean> {
  const tags = named.map(({ tag }) => hexBytes(tag));
  const asked = engine.post?.get(boxOf(engine.context.core, invite), tags);
  const got = asked && (await answerTo(engine, "invite", asked));
  if (got === undefined) return false;
  const missed = missedIn(engine, id);
  const given = new Set(got.cells.map(({ cell }) => tagOf(cell)));
  for (const one of named) {
    if (given.has(one.tag)) missed.given(one.tag);
    else if (got.answered > 0) missed.miss(one, engine.clock.now());
  }
  // A holder checked who signed it, and so did our node: what is not the owner's was put by somebody with the link.
  for (const { cell, signer } of got.cells) if (signer !== OWNER) await answered(engine, id, cell);
  // What the own store gave is nobody's answer, and as good.
  return got.answered > 0 || given.size === named.length;
}
function isBundle(engine: Engine, state: InviteState, header: Uint8Array): boolean {
  const expiry = (header[2] as number) * 256 + (header[3] as number);
  return toHex(bundleTag(engine.context.core, state.invite.secret, expiry)) === tagOf(header);
}
function missedIn(engine: Engine, id: string) {
  const boxes = ungiven.get(engine) ?? new UngivenByBox(BOXES, DAY_MS);
  ungiven.set(engine, boxes);
  return boxes.of(id);
}
function tagOf(cell: Uint8Array): string {
  return toHex(cell.subarray(4, 20));
}
