/** Reading cards (protocol.md §10): all that the eight holders have, the highest valid one of them. */
import type { Card } from "#node/ports.ts";
import { equal } from "../bytes.ts";
import { cardAddress, cardHash, compareCards, isCurrentCard, openCardCell, verifyCard } from "../card.ts";
import { TAG } from "../envelope.ts";
import type { Target } from "../firstcontact.ts";
import { type IdentityId, publicIdentity } from "../identity.ts";
import { count, type Engine, timeOf } from "./engine.ts";
import { unlessSilent } from "./expected.ts";

export interface FoundCard {
  card: Card;
  hash: Uint8Array;
}

/**
 * `answered` false: nobody was asked with success, so that nothing found says nothing. The highest is verified first, and
 * no lower one once it holds; `own` needs no proof, it is ours.
 */
export async function readCard(
  engine: Engine,
  id: IdentityId,
  own?: Uint8Array,
): Promise<{ answered: boolean; found?: FoundCard }> {
  const { core } = engine.context;
  const address = cardAddress(core, id);
  const asked = engine.post?.get({ kind: 5, address }, []);
  const got = asked && (await unlessSilent(asked));
  if (got === undefined || got.answered === 0) return { answered: false };
  const cards = got.cells.flatMap(({ cell }) => decoded(engine, cell));
  for (const { bytes, card } of cards.sort((a, b) => compareCards(b.card, a.card))) {
    const holds = (own !== undefined && equal(bytes, own)) || (await verifyCard(engine.context, bytes, id)).ok;
    if (holds) return { answered: true, found: { card, hash: cardHash(core, bytes) } };
    count(engine, "card.refused");
  }
  return { answered: true };
}
/** What is a card of now, by its form; who signed it is not asked yet. */
function decoded(engine: Engine, cell: Uint8Array): { bytes: Uint8Array; card: Card }[] {
  const { core } = engine.context;
  const bytes = openCardCell(core, cell);
  const card = bytes.ok ? core.decode("card", bytes.value) : undefined;
  if (!bytes.ok || !card?.ok) count(engine, "card.refused");
  else if (isCurrentCard(card.value, timeOf(engine)).ok) return [{ bytes: bytes.value, card: card.value }];
  return [];
}

/** To whom a first contact through this card goes. */
export function targetOf(engine: Engine, { card, hash }: FoundCard): Target {
  const { id } = publicIdentity(engine.context.core, card.edPk, card.mldsaPk);
  return { id, hash, tag: new Uint8Array(TAG), x25519Pk: card.x25519Pk, mlkemPk: card.mlkemPk };
}
