/**
 * Our own invites: made, kept in the network, answered, ended (protocol.md §8, Invite). A first contact is opened as
 * soon as it is seen and shown as a request; the invite ends when the person accepts one.
 */
import { Fault } from "#node/errors.ts";
import { DeleteReason } from "#node/ports.ts";
import { bundleTag } from "../bundle.ts";
import { toHex } from "../bytes.ts";
import { HOUR_MS, unitOf } from "../clock.ts";
import { LIFE } from "../envelope.ts";
import { openFirstContact } from "../firstcontact.ts";
import { boxOf, isOver, newInvite, receiverOf, withBundle, withOpened } from "../invite.ts";
import type { Listed } from "../ports.ts";
import { background, dueTime, type Engine, isSuperseded, jitter, randomId, timeOf } from "./engine.ts";
import { hexBytes } from "./hex.ts";
import { chatWith, meet } from "./meeting.ts";
import { type News, noNews, tellArrived } from "./news.ts";
import { pull } from "./pulling.ts";
import { type InviteState, isShut } from "./records.ts";
import { acknowledgeSoon, drain } from "./sending.ts";
import type { Draft } from "./store.ts";
import { end, withdraw } from "./withdrawing.ts";

const ROUND_MS = 10 * 60_000;
/** A bundle is put again as the same bytes (protocol.md §8). */
const PUT_AGAIN_MS = 48 * HOUR_MS;
const PUT_RETRY_MS = 20_000;
/** Cells looked at in one invite's box: a link that went round must not grow the record without end. */
const SEEN_LIMIT = 256;
/** Undecided requests through one invite: a link that went round must not fill the disk with chats. Tier 3. */
const REQUESTS = 16;

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
  const placement = await post
    .put(box, ready.cell, "owner", (now) => background(engine, "invite", note(now)))
    .catch(() => undefined);
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
    const listed = await post.list(boxOf(context.core, state.invite), "all", []);
    await look(engine, state.id, headersOf(listed));
    return listed.answered > 0;
  };
  const due = dueTime(engine);
  const living = [...store.invites.values()].filter(({ invite }) => invite.phase !== "expired" && !isOver(invite, due));
  return (await Promise.all(living.map((state) => once(state).catch(() => false)))).every(Boolean);
}

/** Somebody may come in now who was turned away: what lies at open invites is looked at once more. */
export async function lookAtInvitesAnew(engine: Engine): Promise<void> {
  await engine.store.exclusive((draft) => {
    for (const id of engine.store.invites.keys()) {
      const state = draft.invite(id);
      if (state?.invite.phase === "open") draft.setInvite({ ...state, seen: [] });
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
    background(
      engine,
      "invite",
      post.list(box, "all", []).then((listed) => look(engine, state.id, headersOf(listed))),
    );
    return;
  }
  const watched = post.watch(box, (header) => background(engine, "invite", look(engine, state.id, [header])));
  open.set(state.id, watched);
  background(
    engine,
    "invite",
    watched.listed.then((listed) => look(engine, state.id, headersOf(listed))),
  );
}
function headersOf(listed: Listed): Uint8Array[] {
  return listed.entries.filter((entry) => entry.held > 0).map((entry) => entry.header);
}

/** Cells at the invite's address that are not our bundle. */
async function look(engine: Engine, id: string, headers: readonly Uint8Array[]): Promise<void> {
  const { context, post, store } = engine;
  const state = store.invites.get(id);
  if (state === undefined || post === undefined) return;
  const tags = headers.map((header) => toHex(header.subarray(4, 20)));
  const fresh = tags.filter(
    (tag, i) => !state.seen.includes(tag) && !isBundle(engine, state, headers[i] as Uint8Array),
  );
  if (fresh.length === 0) return;
  if (state.invite.phase === "used") {
    await noteSeen(engine, id, fresh, true);
    return;
  }
  if (isCrowded(engine, id)) return;
  const got = await post.get(boxOf(context.core, state.invite), fresh.slice(0, SEEN_LIMIT).map(hexBytes));
  for (const { cell } of got.cells) if (!isCrowded(engine, id)) await firstContact(engine, id, cell);
}
/** What comes now is not looked at: it stays there until the person decides. */
function isCrowded({ store }: Engine, id: string): boolean {
  const waiting = [...store.chats.values()].filter(({ invite, contact, blocked }) => {
    return invite === id && contact.phase === "request" && blocked !== true;
  });
  return waiting.length >= REQUESTS;
}
function isBundle(engine: Engine, state: InviteState, header: Uint8Array): boolean {
  const expiry = (header[2] as number) * 256 + (header[3] as number);
  const tag = bundleTag(engine.context.core, state.invite.secret, expiry);
  return toHex(tag) === toHex(header.subarray(4, 20));
}

async function firstContact(engine: Engine, id: string, cell: Uint8Array): Promise<void> {
  const tag = toHex(cell.subarray(4, 20));
  const news = noNews();
  const chat = await engine.store.exclusive((draft) => takeFirst(engine, draft, id, cell, news));
  tellArrived(engine, news);
  await noteSeen(engine, id, [tag], false);
  const state = engine.store.invites.get(id);
  if (chat === undefined || state === undefined) return;
  engine.changed();
  acknowledgeSoon(engine, chat);
  drain(engine, chat);
  background(engine, "pull", pull(engine, chat));
  const box = boxOf(engine.context.core, state.invite);
  if (engine.post !== undefined)
    background(engine, "delete", engine.post.delete(box, cell.slice(0, 20), DeleteReason.read));
}

/** The request that the cell makes; undefined where it is none, or was here before. */
async function takeFirst(
  engine: Engine,
  draft: Draft,
  id: string,
  cell: Uint8Array,
  news: News,
): Promise<string | undefined> {
  const state = draft.invite(id);
  const { me } = draft;
  const receiver = state && receiverOf(engine.context.core, state.invite);
  if (state === undefined || me === undefined || receiver === undefined) return undefined;
  const now = timeOf(engine);
  const opened = await openFirstContact(engine.context, me.identity, [receiver], cell, now);
  if (!opened.ok) return undefined;
  const known = chatWith(engine, draft, opened.value.sender.id);
  if (known !== undefined && isShut(known)) return undefined;
  draft.setInvite({ ...state, invite: withOpened(state.invite, opened.value.th) });
  return meet(engine, draft, opened.value, { invite: id }, news);
}

async function noteSeen(engine: Engine, id: string, tags: readonly string[], twice: boolean): Promise<void> {
  await engine.store.exclusive((draft) => {
    const state = draft.invite(id);
    if (state === undefined) return;
    const seen = [...new Set([...state.seen, ...tags])].slice(-SEEN_LIMIT);
    draft.setInvite({ ...state, seen, ...(twice ? { twice: true as const } : {}) });
  });
  engine.changed();
}

/** The request becomes a contact, and the invite that brought it ends. */
export async function acceptRequest(engine: Engine, chatId: string): Promise<void> {
  const invite = await engine.store.exclusive((draft) => {
    const chat = draft.chat(chatId);
    if (chat?.contact.phase !== "request") return undefined;
    draft.setChat({ ...chat, contact: { ...chat.contact, phase: "open" } });
    if (chat.invite !== undefined && draft.invite(chat.invite)?.invite.phase === "open")
      end(draft, chat.invite, "used");
    return chat.invite;
  });
  engine.changed();
  drain(engine, chatId);
  background(engine, "pull", pull(engine, chatId));
  if (invite !== undefined) background(engine, "withdraw", withdraw(engine, invite));
}

export async function declineRequest(engine: Engine, chatId: string): Promise<void> {
  await engine.store.exclusive(async (draft) => {
    // Another tab may have accepted while this waited for its turn.
    if (draft.chat(chatId)?.contact.phase === "request") await draft.forgetChat(chatId);
  });
  engine.changed();
}
