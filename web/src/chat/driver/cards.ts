/** Reading cards (protocol.md §10): all that the eight holders have, the highest valid one of them. */
import type { Card } from "#node/ports.ts";
import { cardAddress, cardHash, compareCards, isCurrentCard, openCardCell, verifyCard } from "../card.ts";
import { TAG } from "../envelope.ts";
import type { Target } from "../firstcontact.ts";
import { type IdentityId, publicIdentity } from "../identity.ts";
import { count, type Engine, timeOf } from "./engine.ts";

export interface FoundCard {
  card: Card;
  hash: Uint8Array;
}

/** `answered` false: nobody was asked with success, so that nothing found says nothing. */
export async function readCard(engine: Engine, id: IdentityId): Promise<{ answered: boolean; found?: FoundCard }> {
  const { core } = engine.context;
  const address = cardAddress(core, id);
  const got = await engine.post?.get({ kind: 5, address }, []).catch(() => undefined);
  if (got === undefined || got.answered === 0) return { answered: false };
  let best: FoundCard | undefined;
  for (const { cell } of got.cells) {
    const bytes = openCardCell(core, cell);
    const card = bytes.ok ? await verifyCard(engine.context, bytes.value, id) : bytes;
    if (!bytes.ok || !card.ok) {
      count(engine, "card.refused");
      continue;
    }
    if (!isCurrentCard(card.value, timeOf(engine)).ok) continue;
    if (best === undefined || compareCards(card.value, best.card) > 0) {
      best = { card: card.value, hash: cardHash(core, bytes.value) };
    }
  }
  return best === undefined ? { answered: true } : { answered: true, found: best };
}

/** To whom a first contact through this card goes. */
export function targetOf(engine: Engine, { card, hash }: FoundCard): Target {
  const { id } = publicIdentity(engine.context.core, card.edPk, card.mldsaPk);
  return { id, hash, tag: new Uint8Array(TAG), x25519Pk: card.x25519Pk, mlkemPk: card.mlkemPk };
}
