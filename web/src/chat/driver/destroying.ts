/**
 * Destroying prekeys by the clock alone (protocol.md §10): eight days after they were superseded, so that it hangs on no
 * publishing: also on a device that is superseded itself, and without a network. Where another device has the identity, the
 * last card's count as superseded since this one stepped back. A card that nobody can use any more, since its life is over,
 * goes with a cell's life after that. When it is done, and by which clock: expiring.ts.
 */
import { cardHash, isCurrentCard } from "../card.ts";
import { DAY_MS } from "../clock.ts";
import type { Engine } from "./engine.ts";
import type { Me, OwnCard, RetiredCard } from "./records.ts";

/** One life of a cell and a day after a prekey was superseded (protocol.md §10). */
const KEPT_MS = 8 * DAY_MS;

/** Once, what is due. */
export async function destroyPrekeys(engine: Engine, due: number): Promise<void> {
  const { store } = engine;
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
