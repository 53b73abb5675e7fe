/**
 * What lies at the address of an invite of ours (protocol.md §8, Invite; §11). A stranger's first contact is opened and
 * shown as a request, and the invite waits for the person's decision (deciding.ts); of somebody who is a contact it is a
 * renewal like any, and the invite has served. One-time means one: whoever else answers is told to the person, and nobody
 * outside learns of it.
 */
import { DeleteReason } from "#node/ports.ts";
import { toHex } from "../bytes.ts";
import { LARGE } from "../envelope.ts";
import { type OpenedContact, openFirstContact } from "../firstcontact.ts";
import { boxOf, receiverOf, withOpened } from "../invite.ts";
import { staysUndecided } from "./deleting.ts";
import type { Draft } from "./draft.ts";
import { background, count, type Engine, isElsewhere, timeOf } from "./engine.ts";
import { booked, chatWith, meet } from "./meeting.ts";
import { type News, noNews, tellArrived } from "./news.ts";
import { pull } from "./pulling.ts";
import { type InviteState, isShut } from "./records.ts";
import { acknowledgeSoon, drain } from "./sending.ts";
import { end, withdraw } from "./withdrawing.ts";

/** Undecided requests through one invite: a link that went round must not fill the disk with chats. Tier 3. */
const REQUESTS = 16;

/** What comes now is not looked at: it stays there until the person decides. */
export function isCrowded({ store }: Engine, id: string): boolean {
  if (store.invites.get(id)?.invite.phase !== "open") return false;
  const waiting = [...store.chats.values()].filter(({ invite, contact, blocked }) => {
    return invite === id && contact.phase === "request" && blocked !== true;
  });
  return waiting.length >= REQUESTS;
}

/** A cell of somebody with the link. */
export async function answered(engine: Engine, id: string, cell: Uint8Array): Promise<void> {
  if (isCrowded(engine, id) || isElsewhere(engine)) return;
  const news = noNews();
  const taken = await engine.store.exclusive(async (draft) => {
    const taken = await take(engine, draft, id, cell, news);
    noteSeen(draft, id, toHex(cell.subarray(4, 20)));
    return taken;
  });
  tellArrived(engine, news);
  engine.changed();
  const state = engine.store.invites.get(id);
  if (taken === undefined || state === undefined) return;
  acknowledgeSoon(engine, taken.chat);
  drain(engine, taken.chat);
  // Of a request the rest comes with the rounds: holders of its box are not to see at once that it was read.
  if (taken.stays) return;
  background(engine, "pull", pull(engine, taken.chat));
  background(engine, "withdraw", withdraw(engine, id));
  const box = boxOf(engine.context.core, state.invite);
  if (engine.post !== undefined)
    background(engine, "delete", engine.post.delete(box, cell.slice(0, 20), DeleteReason.read));
}

/** The chat that the cell makes or renews, and whether it stays where it is; undefined where it does neither. */
async function take(
  engine: Engine,
  draft: Draft,
  id: string,
  cell: Uint8Array,
  news: News,
): Promise<{ chat: string; stays: boolean } | undefined> {
  const state = draft.invite(id);
  const { me } = draft;
  if (state === undefined || me === undefined) return undefined;
  if (state.invite.phase === "used") noteTwice(engine, draft, state, cell);
  const receiver = receiverOf(engine.context.core, state.invite);
  if (receiver === undefined) return undefined;
  const opened = await openFirstContact(engine.context, me.identity, [receiver], cell, timeOf(engine));
  if (!opened.ok) {
    count(engine, `invite.${opened.error}`);
    return undefined;
  }
  noteAnswerer(draft, state, toHex(opened.value.sender.id));
  const met = await admit(engine, draft, id, opened.value, news);
  if (met === undefined) return undefined;
  const stays = staysUndecided(draft, met, { at: { invite: id }, header: cell.slice(0, 20) });
  if (!stays) end(draft, id, "used");
  return { chat: met, stays };
}

async function admit(engine: Engine, draft: Draft, id: string, opened: OpenedContact, news: News) {
  const known = chatWith(engine, draft, opened.sender.id);
  if (known !== undefined && isShut(known)) return undefined;
  if (known !== undefined && known.contact.phase !== "request") {
    const book = booked(known, "theirs", timeOf(engine));
    if (book === undefined) {
      count(engine, "renewal.limit");
      end(draft, id, "used");
      return undefined;
    }
    draft.setChat({ ...known, ...book });
  }
  const state = draft.invite(id);
  if (state !== undefined) draft.setInvite({ ...state, invite: withOpened(state.invite, opened.th) });
  return meet(engine, draft, opened, { invite: id }, news);
}

/** The same person may answer again; another one is another matter. */
function noteAnswerer(draft: Draft, state: InviteState, sender: string): void {
  const { answerer = sender } = state;
  draft.setInvite({ ...state, answerer, ...(answerer === sender ? {} : { shared: true as const }) });
}
/** It cannot be opened any more, but somebody with the link put it there. */
function noteTwice(engine: Engine, draft: Draft, state: InviteState, cell: Uint8Array): void {
  if (cell.length !== LARGE) return;
  count(engine, "invite.used-twice");
  draft.setInvite({ ...state, twice: true });
}
function noteSeen(draft: Draft, id: string, tag: string): void {
  const state = draft.invite(id);
  if (state !== undefined && !state.seen.includes(tag)) draft.setInvite({ ...state, seen: [...state.seen, tag] });
}
