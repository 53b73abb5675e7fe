/** The own card: signed anew every day and a half, put again every day, its old prekeys destroyed (protocol.md §10). */
import { cardAddress, cardCell, DEFAULT_STAMP_BITS, signCard } from "../card.ts";
import { DAY_MS, HOUR_MS, SKEW_MS } from "../clock.ts";
import { newPrekeys } from "../prekey.ts";
import { background, dueTime, type Engine, jitter, timeOf } from "./engine.ts";
import type { OwnCard } from "./records.ts";

const SIGN_AFTER_MS = 36 * HOUR_MS;
const SIGN_JITTER_MS = 12 * HOUR_MS;
const PUT_AFTER_MS = DAY_MS;
const ROUND_MS = HOUR_MS;
/** One life of a cell and a day after a prekey was superseded (protocol.md §10). */
const RETIRED_MS = 8 * DAY_MS;

export function publish(engine: Engine): void {
  background(engine, "publish", publishOnce(engine));
  engine.alarms.set("publish", ROUND_MS, () => publish(engine));
}

async function publishOnce(engine: Engine): Promise<void> {
  if (engine.post === undefined || !engine.post.timeSure()) return;
  const now = timeOf(engine);
  const signed = engine.store.me?.card?.signed;
  // Signed ahead of time: the clock of this device was wrong, and no reader takes that card.
  const ahead = signed !== undefined && signed > now + SKEW_MS;
  const old = signed !== undefined && now - signed > SIGN_AFTER_MS + jitter(engine, SIGN_JITTER_MS);
  if (signed === undefined || ahead || old) await signOwnCard(engine);
  const me = engine.store.me;
  if (me?.card === undefined || engine.post === undefined || now - me.card.put < PUT_AFTER_MS) return;
  const { core } = engine.context;
  const address = cardAddress(core, me.identity.id);
  const placement = await engine.post.put({ kind: 5, address }, cardCell(core, me.card.bytes), "none");
  if (placement.held === 0) return;
  await engine.store.exclusive((draft) => {
    if (draft.me?.card?.signed === me.card?.signed && draft.me?.card !== undefined) {
      draft.me = { ...draft.me, card: { ...draft.me.card, put: now } };
    }
  });
}

/** A new card with new prekeys; durable before anyone sees it. */
export async function signOwnCard(engine: Engine): Promise<void> {
  await engine.store.exclusive(async (draft) => {
    const { me } = draft;
    if (me === undefined) return;
    const now = timeOf(engine);
    const prekeys = await newPrekeys(engine.context);
    const terms = { generation: me.generation, now, stampBits: DEFAULT_STAMP_BITS };
    const bytes = await signCard(engine.context, me.identity, prekeys, terms);
    const card: OwnCard = { bytes, prekeys, signed: now, put: 0 };
    const superseded = me.card === undefined ? [] : [{ prekeys: me.card.prekeys, since: now }];
    const due = dueTime(engine);
    draft.me = { ...me, card, retired: [...me.retired, ...superseded].filter(({ since }) => due < since + RETIRED_MS) };
  });
}
