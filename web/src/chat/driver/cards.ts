/** Reading cards (protocol.md §10): the highest valid one of those that its holders have. */
import type { Card } from "#node/ports.ts";
import { equal, toHex } from "../bytes.ts";
import { cardAddress, cardHash, compareCards, isCurrentCard, openCardCell, verifyCard } from "../card.ts";
import { TAG } from "../envelope.ts";
import type { Target } from "../firstcontact.ts";
import { type IdentityId, publicIdentity } from "../identity.ts";
import { count, type Engine, timeOf } from "./engine.ts";
import { unlessSilent } from "./expected.ts";
import { Recent } from "./recent.ts";

export interface FoundCard {
  card: Card;
  hash: Uint8Array;
}
/** `answered` false: nobody was asked with success, so that nothing found says nothing. `whole`: all holders were asked. */
export interface CardRead {
  answered: boolean;
  whole: boolean;
  found?: FoundCard;
}

/** What all eight have. The highest is verified first, and no lower one once it holds; `own` needs no proof, it is ours, and
 * stands behind any other of its age. */
export function readCard(engine: Engine, id: IdentityId, own?: Uint8Array): Promise<CardRead> {
  return read(engine, id, "all", own);
}
/** What two have, an anchor and another, and what all have only where those show something new, or nothing. */
export async function lookAtCard(engine: Engine, id: IdentityId, isNew: (card: Card) => boolean): Promise<CardRead> {
  const few = await read(engine, id, "two");
  if (!few.answered || (few.found !== undefined && !isNew(few.found.card))) return few;
  const all = await readCard(engine, id);
  return all.answered ? all : few;
}

async function read(engine: Engine, id: IdentityId, breadth: "two" | "all", own?: Uint8Array): Promise<CardRead> {
  const { core } = engine.context;
  const asked = engine.post?.get({ kind: 5, address: cardAddress(core, id) }, [], breadth);
  const got = asked && (await unlessSilent(asked));
  const whole = breadth === "all";
  if (got === undefined || got.answered === 0) return { answered: false, whole };
  const isOwn = (bytes: Uint8Array): boolean => own !== undefined && equal(bytes, own);
  const cards = got.cells.flatMap(({ cell }) => decoded(engine, cell));
  cards.sort((a, b) => compareCards(b.card, a.card) || Number(isOwn(a.bytes)) - Number(isOwn(b.bytes)));
  for (const { bytes, card } of cards) {
    const hash = cardHash(core, bytes);
    if (isOwn(bytes) || (await isGenuine(engine, id, bytes, hash)))
      return { answered: true, whole, found: { card, hash } };
    count(engine, "card.refused");
  }
  return { answered: true, whole };
}

/** Cards that were verified in this run: a contact's is looked at again and again. Tier 3. */
const VERIFIED = 512;
const verified = new WeakMap<Engine, Recent>();
async function isGenuine(engine: Engine, id: IdentityId, bytes: Uint8Array, hash: Uint8Array): Promise<boolean> {
  const known = verified.get(engine) ?? new Recent(VERIFIED);
  verified.set(engine, known);
  const name = toHex(id) + toHex(hash);
  if (known.has(name)) return true;
  if (!(await verifyCard(engine.context, bytes, id)).ok) return false;
  known.add(name);
  return true;
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
