/**
 * Who gets in through the inbox: contacts, whose session begins anew, and so many strangers, whose requests are chats on
 * the disk until the person decides (protocol.md §8, §11).
 */
import { equal } from "../bytes.ts";
import { DAY_MS } from "../clock.ts";
import type { OpenedContact } from "../firstcontact.ts";
import type { Draft } from "./draft.ts";
import { count, type Engine, timeOf } from "./engine.ts";
import { booked, chatWith, meet } from "./meeting.ts";
import type { News } from "./news.ts";
import { type ChatState, isShut, type RetiredCard } from "./records.ts";

/** Undecided requests of strangers: each is a chat on the disk, and who decides makes room. Tier 3. */
const REQUESTS = 64;
/** From then on an undecided request gives way to a newer one: what it costs to fill the list keeps others out for a day,
 * not for good, and nobody's request is gone before a day in which it could be seen. Who is turned away waits in the
 * inbox for a cell's life. Tier 3. */
const GIVES_WAY_MS = DAY_MS;

/** The chat that this first contact makes or renews; left where a limit stands before it, or it was here before. */
export async function admit(
  engine: Engine,
  draft: Draft,
  opened: OpenedContact,
  prekey: Uint8Array,
  news: News,
): Promise<{ chat: string } | "left" | "turned"> {
  const known = chatWith(engine, draft, opened.sender.id);
  const book = known && booked(known, "theirs", timeOf(engine));
  if (known !== undefined && isShut(known)) {
    count(engine, known.blocked === true ? "inbox.blocked" : "inbox.over-requests");
    return known.blocked === true ? "left" : "turned";
  }
  if (known !== undefined && book === undefined) {
    count(engine, "renewal.limit");
    return "left";
  }
  if (known === undefined && !hasRoom(engine)) {
    count(engine, "inbox.over-requests");
    return "turned";
  }
  if (!remember(draft, prekey, opened.th)) return "left";
  if (known !== undefined) draft.setChat({ ...known, ...book });
  else await makeRoom(engine, draft);
  return { chat: await meet(engine, draft, opened, {}, news) };
}
/** Undecided requests of strangers, oldest first. */
function strangers({ store }: Engine): ChatState[] {
  const undecided = [...store.chats.values()].filter(({ contact, invite, blocked }) => {
    return contact.phase === "request" && invite === undefined && blocked !== true;
  });
  return undecided.sort((a, b) => a.contact.created - b.contact.created);
}
export function hasRoom(engine: Engine): boolean {
  return strangers(engine).length < REQUESTS || oldest(engine) !== undefined;
}
/** Who gives way; nobody in the first day, and not the one on the screen. */
function oldest(engine: Engine): ChatState | undefined {
  const before = timeOf(engine) - GIVES_WAY_MS;
  return strangers(engine).find(({ id, contact }) => !engine.onScreen.has(id) && contact.created <= before);
}
async function makeRoom(engine: Engine, draft: Draft): Promise<void> {
  const gone = strangers(engine).length < REQUESTS ? undefined : oldest(engine);
  if (gone === undefined) return;
  await draft.forgetChat(gone.id);
  count(engine, "inbox.gave-way");
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
