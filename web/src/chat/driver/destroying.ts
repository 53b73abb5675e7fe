/**
 * Destroying prekeys by the clock alone (protocol.md §10): eight days after they were superseded, in rounds of their own, so
 * that it hangs on no publishing: also on a device that is superseded itself, and without a network. Where another device
 * has the identity, the last card's count as superseded since this one stepped back. A card that nobody can use any more,
 * since its life is over, goes with a cell's life after that.
 *
 * It cannot be undone: due is what own wall clock and network time both say (protocol.md §0). In a run that had no link yet
 * there is only the own clock: it counts after a while, and not where it is far ahead of all that was written down.
 */
import { cardHash, isCurrentCard } from "../card.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "../clock.ts";
import { background, dueTime, type Engine } from "./engine.ts";
import type { Me, OwnCard, RetiredCard } from "./records.ts";

const ROUND_MS = HOUR_MS;
/** Tier 3. */
const ALONE_MS = 10 * MINUTE_MS;
/** A device that was off for longer waits for the network. Tier 3. */
const FARTHEST_MS = 35 * DAY_MS;
/** One life of a cell and a day after a prekey was superseded (protocol.md §10). */
const KEPT_MS = 8 * DAY_MS;

/** Runs that had a link: their network time was told by others. */
const told = new WeakSet<Engine>();

/** From now on in rounds. */
export function destroyInTime(engine: Engine): void {
  engine.alarms.set("destroy", ALONE_MS, () => {
    background(engine, "destroy", destroyDue(engine));
    engine.alarms.set("destroy", ROUND_MS, () => destroyInTime(engine));
  });
}

/** Once, what is due now. */
export async function destroyDue(engine: Engine): Promise<void> {
  const { post, store } = engine;
  if (post?.online() === true) told.add(engine);
  const due = dueTime(engine);
  if (post?.timeSure() !== true || !(told.has(engine) || isNear(store.me, due))) return;
  if (store.me === undefined || without(engine, store.me, due) === store.me) return;
  await store.exclusive((draft) => {
    if (draft.me !== undefined) draft.me = without(engine, draft.me, due);
  });
}

/** The card is another's to publish, or another is: its prekeys open what comes for eight days more. */
export function retire(engine: Engine, me: Me, since: number): Me {
  const { card, ...rest } = me;
  return card === undefined ? me : { ...rest, retired: [...me.retired, retired(engine, card, since)] };
}
function retired({ context }: Engine, { prekeys, opened = [], bytes }: OwnCard, since: number): RetiredCard {
  return { prekeys, since, hash: cardHash(context.core, bytes), opened };
}
/** Retired ones that are still to be kept. */
function kept(all: readonly RetiredCard[], due: number): readonly RetiredCard[] {
  const left = all.filter(({ since }) => due < since + KEPT_MS);
  return left.length === all.length ? all : left;
}

/** The same where nothing is due. */
function without(engine: Engine, me: Me, due: number): Me {
  // Of version 0.2.0, which stepped back and kept its card.
  const stepped = me.superseded === true ? retire(engine, me, due) : me;
  const left = kept(stepped.retired, due);
  const { card, ...rest } = stepped;
  if (card !== undefined && isUnusable(engine, card, due)) return { ...rest, retired: left };
  return left === stepped.retired ? stepped : { ...stepped, retired: left };
}
function isUnusable({ context }: Engine, { bytes }: OwnCard, due: number): boolean {
  const card = context.core.decode("card", bytes);
  if (!card.ok) return true;
  const then = isCurrentCard(card.value, due - KEPT_MS);
  return !then.ok && then.error === "expired";
}
function isNear(me: Me | undefined, due: number): boolean {
  const times = [me?.card?.signed ?? 0, ...(me?.retired ?? []).map(({ since }) => since)];
  return due - Math.max(...times) < FARTHEST_MS;
}
