/**
 * Dropping what is due by the clock alone (protocol.md §8, §11): box days of more than eight days back, keys of cells that
 * were passed over, pairs that another took over from, the keys of invites that are over, prekeys of cards of before. No cell that these would find or
 * open lives any more, so it hangs on no reading: also of chats that are blocked or not decided on, of holders that keep
 * naming what there is not, and while there is no network.
 *
 * Dropped is not erased from the disk: that is erasing.ts.
 *
 * It cannot be undone: due is what own wall clock and network time both say (protocol.md §0). In a run that never had a
 * link there is no network time but the own clock's: it counts alone after a while, and where it is not far ahead of
 * everything that this profile ever wrote down, since a clock that jumped would take every session along.
 */
import { DAY_MS, HOUR_MS, MINUTE_MS } from "../clock.ts";
import { isPastReading, pairsToRead } from "../contact.ts";
import { isOver } from "../invite.ts";
import { erasePair, type Pair } from "../pair.ts";
import { destroyPrekeys } from "./destroying.ts";
import { background, dueTime, type Engine } from "./engine.ts";
import type { ChatState } from "./records.ts";
import { end } from "./withdrawing.ts";

const ROUND_MS = HOUR_MS;
/** Without a link the own clock is watched for so long before it counts. Tier 3. */
const ALONE_MS = 10 * MINUTE_MS;
/** A device that was off for longer waits for the network. Tier 3. */
const FARTHEST_MS = 35 * DAY_MS;

/** Runs that had a link: their network time was told by others. */
const told = new WeakSet<Engine>();

/** From now on in rounds. */
export function expireInTime(engine: Engine): void {
  engine.alarms.set("expire", ALONE_MS, () => expireInRounds(engine));
}
/** The network is there: its time counts, once its links have told theirs. */
export function expireSoon(engine: Engine): void {
  engine.alarms.set("expire", MINUTE_MS, () => expireInRounds(engine));
}
function expireInRounds(engine: Engine): void {
  background(engine, "expire", expireDue(engine));
  engine.alarms.set("expire", ROUND_MS, () => expireInRounds(engine));
}

/** Once, what is due now. */
export async function expireDue(engine: Engine): Promise<void> {
  const due = dueTime(engine);
  if (engine.post?.online() === true) told.add(engine);
  if (engine.post?.timeSure() !== true || !(told.has(engine) || isNear(engine, due))) return;
  for (const { id } of [...engine.store.chats.values()]) {
    if (expired(engine, engine.store.chats.get(id), due) === undefined) continue;
    await engine.store.exclusive((draft) => {
      const pairs = expired(engine, draft.chat(id), due);
      const chat = draft.chat(id);
      if (pairs !== undefined && chat !== undefined) draft.setChat({ ...chat, pairs });
    });
  }
  await expireInvites(engine, due);
  await destroyPrekeys(engine, due);
}
async function expireInvites(engine: Engine, due: number): Promise<void> {
  for (const { id, invite } of [...engine.store.invites.values()]) {
    if (invite.keys === undefined || !isOver(invite, due)) continue;
    await engine.store.exclusive((draft) => end(draft, id, "expired"));
    engine.changed();
  }
}

/** Its pairs without what is due; undefined where nothing is. */
function expired({ context }: Engine, chat: ChatState | undefined, due: number): Pair[] | undefined {
  if (chat === undefined) return undefined;
  // Nothing is read of a blocked chat: no pair of it waits for an answer either.
  const kept =
    chat.blocked === true ? chat.pairs.filter((pair) => !isPastReading(pair, due)) : pairsToRead(chat.pairs, due);
  const pairs = kept.map((pair) => {
    const now = erasePair(context.core, pair, due);
    return now.boxes === pair.boxes && now.session === pair.session ? pair : now;
  });
  const isSame = pairs.length === chat.pairs.length && pairs.every((pair, at) => pair === chat.pairs[at]);
  return isSame ? undefined : pairs;
}

/** Not far ahead of the newest time that is on the disk. */
function isNear({ store }: Engine, due: number): boolean {
  const { card, retired = [] } = store.me ?? {};
  const times = [card?.signed ?? 0, ...retired.map(({ since }) => since)];
  for (const { contact, pairs, last, sent = 0 } of store.chats.values()) {
    times.push(contact.created, contact.lastHeard, sent, last?.arrived ?? 0, ...pairs.map(({ read }) => read));
  }
  return due - Math.max(...times) < FARTHEST_MS;
}
