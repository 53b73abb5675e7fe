/**
 * Everything once, for a run of seconds: fetch what waits, look at the own invites, send what is due without waiting for
 * company, delete what was read. A service worker does this and ends; a page goes on by its watches and rounds.
 */
import { renew } from "./checking.ts";
import { deleteDue } from "./deleting.ts";
import { background, type Engine } from "./engine.ts";
import { expireDue } from "./expiring.ts";
import { readInboxToday } from "./inbox.ts";
import { lookAtInvites } from "./inviting.ts";
import { readRest, removeRead } from "./later.ts";
import { pull } from "./pulling.ts";
import type { Parcel } from "./records.ts";
import { drained, place } from "./sending.ts";

/** complete: holders of every box answered, all they had is on disk, and what was due lies in mailboxes. */
export async function catchUp(engine: Engine): Promise<{ complete: boolean }> {
  if (engine.post === undefined) return { complete: false };
  // What waits may be the other's: the person says where to go on.
  if (engine.store.me?.elsewhere === true) return { complete: true };
  const known = chatsOf(engine);
  const read = [
    ...known.map((chat) => sure(engine, pull(engine, chat))),
    sure(engine, lookAtInvites(engine)),
    sure(engine, readInboxToday(engine)),
  ];
  const fetched = (await Promise.all(read)).every(Boolean);
  // A first contact that came just now has boxes of its own.
  const added = chatsOf(engine).filter((chat) => !known.includes(chat));
  const more = (await Promise.all(added.map((chat) => sure(engine, pull(engine, chat))))).every(Boolean);
  const begun = (await Promise.all([...engine.fetching].map((task) => sure(engine, task)))).every(Boolean);
  const sent = await send(engine);
  // Two holders of a box may have missed something: the others are asked once what is known is acknowledged.
  await readRest(engine);
  const rest = await send(engine);
  await removeRead(engine);
  const house = Promise.all([deleteDue(engine), expireDue(engine)]).then(() => true);
  await sure(engine, house);
  return { complete: fetched && more && begun && sent && rest };
}

/** All that is due into cells, and those to their holders; true when each has some. */
async function send(engine: Engine): Promise<boolean> {
  await renew(engine);
  for (let last: string[] = []; ; ) {
    await Promise.all(chatsOf(engine).map((chat) => drained(engine, chat)));
    const tags = unplaced(engine);
    if (tags.length === 0) return true;
    // Whatever is left of a round that placed nothing will not be placed by another.
    if (tags.length === last.length && tags.every((tag) => last.includes(tag))) return false;
    await Promise.allSettled(tags.map((tag) => place(engine, tag)));
    last = tags;
  }
}

function chatsOf(engine: Engine): string[] {
  return [...engine.store.chats.keys()];
}
function unplaced(engine: Engine): string[] {
  const { chats, parcels } = engine.store;
  const waits = ({ chat, held }: Parcel) => held === 0 && chats.get(chat)?.blocked !== true;
  return [...parcels.values()].filter(waits).map(({ tag }) => tag);
}
/** What fails was not done, and tells of itself. */
function sure(engine: Engine, task: Promise<boolean>): Promise<boolean> {
  background(engine, "pull", task);
  return task.catch(() => false);
}
