/**
 * The card: identity and prekeys in one record under both signatures (protocol.md §10), and the 16 KiB cell it travels
 * in. The codec is the core's (core-wasm/src/msg/card.rs), because holders check a card too.
 *
 * `version u8 | Ed25519 pk 32 | ML-DSA pk 2592 | generation u32 | seq u32 | inbox pk 32 | X25519 pk 32 | ML-KEM pk 1568 |
 * stamp bits u8 | expiry u16 | reserved 64 | Ed25519 signature 64 | ML-DSA signature 4627` = 9,023 B. Both signatures
 * cover the first 4,332 B under the purpose "card". The cell: `envelope 20 | card 9023 | zeros`, tag =
 * H("card-hash" ∥ card)[0..16], expiry = the card's.
 */
import type { Card, Core } from "#node/ports.ts";
import { equal, isZero } from "./bytes.ts";
import { minuteOf, SKEW_MS, unitOf } from "./clock.ts";
import type { Context } from "./context.ts";
import { ENVELOPE, encodeEnvelope, isPast, LARGE, parseEnvelope, TAG } from "./envelope.ts";
import { fail, ok, type Result } from "./errors.ts";
import { type Identity, type IdentityId, publicIdentity } from "./identity.ts";
import type { PublicPrekeys } from "./prekey.ts";
import { signBoth, verifyBoth } from "./signature.ts";

export const CARD = 9_023; // B
const SIGNED = 4_332; // B
const EXPIRY_AT = 4_266;
const RESERVED = 64; // B
const VERSION = 1;
const PURPOSE = "card";
/** 14 days in units of 6 h; holders refuse more than one unit beyond (tier 2). */
const CARD_LIFE = 56;
/** Work that a stranger's cell to the inbox costs, when the person asks for nothing else (protocol.md §8; tier 3). */
export const DEFAULT_STAMP_BITS = 22;

export interface CardDraft {
  /** Minutes since 2026-01-01 when the identity was made or restored here: needs no memory to grow. */
  generation: number;
  /** ms, network time of signing. */
  now: number;
  stampBits: number;
}

/** 9,023 B. */
export async function signCard(
  context: Context,
  identity: Identity,
  prekeys: PublicPrekeys,
  draft: CardDraft,
): Promise<Uint8Array> {
  const { core } = context;
  const unsigned: Card = {
    version: VERSION,
    edPk: identity.edPk,
    mldsaPk: identity.mldsaPk,
    generation: draft.generation,
    seq: minuteOf(draft.now),
    inboxPk: identity.inboxPk,
    x25519Pk: prekeys.x25519Pk,
    mlkemPk: prekeys.mlkemPk,
    stampBits: draft.stampBits,
    expiry: unitOf(draft.now) + CARD_LIFE,
    reserved: new Uint8Array(RESERVED),
    sigEd: new Uint8Array(64),
    sigMldsa: new Uint8Array(4_627),
  };
  const signatures = await signBoth(context, identity, PURPOSE, core.encode("card", unsigned).subarray(0, SIGNED));
  return core.encode("card", { ...unsigned, sigEd: signatures.ed, sigMldsa: signatures.mldsa });
}

/** Format, both signatures, whose it is. Says nothing of time: `isCurrentCard` does.
 * Errors: malformed, unsupported, wrong-identity, signature. */
export async function verifyCard(context: Context, bytes: Uint8Array, expected: IdentityId): Promise<Result<Card>> {
  const { core } = context;
  if (bytes.length !== CARD) return fail("malformed");
  if (bytes[0] !== VERSION) return fail("unsupported");
  const decoded = core.decode("card", bytes);
  if (!decoded.ok || !isZero(decoded.value.reserved)) return fail("malformed");
  const card = decoded.value;
  if (!equal(publicIdentity(core, card.edPk, card.mldsaPk).id, expected)) return fail("wrong-identity");
  const signatures = { ed: card.sigEd, mldsa: card.sigMldsa };
  const genuine = await verifyBoth(context, card, signatures, PURPOSE, bytes.subarray(0, SIGNED));
  return genuine ? ok(card) : fail("signature");
}

/** Errors: expired, too-early (signed ahead of our time, or to last longer than a card may). */
export function isCurrentCard(card: Card, now: number): Result<Card> {
  if (isPast(card.expiry, now)) return fail("expired");
  if (card.seq > minuteOf(now + SKEW_MS) || card.expiry > unitOf(now) + CARD_LIFE + 1) return fail("too-early");
  return ok(card);
}

/** Which of two cards of one identity is newer: generation, then seq. Positive when `a` is. */
export function compareCards(a: Card, b: Card): number {
  return a.generation - b.generation || a.seq - b.seq;
}

/** H(card): what a first contact through the card binds, and whence its cell has its tag. */
export function cardHash(core: Core, card: Uint8Array): Uint8Array {
  return core.hash("card-hash", card);
}
/** Where the card lies. */
export function cardAddress(core: Core, id: IdentityId): Uint8Array {
  return core.hash("card", id);
}

/** The cell of an own card, whose bytes are known to be one. */
export function cardCell(core: Core, bytes: Uint8Array): Uint8Array {
  const cell = new Uint8Array(LARGE);
  const expiry = new DataView(bytes.buffer, bytes.byteOffset).getUint16(EXPIRY_AT);
  cell.set(encodeEnvelope(core, expiry, cardHash(core, bytes).slice(0, TAG)));
  cell.set(bytes, ENVELOPE);
  return cell;
}
/** The card's bytes, not yet verified. Errors: malformed, unsupported. */
export function openCardCell(core: Core, cell: Uint8Array): Result<Uint8Array> {
  const envelope = parseEnvelope(core, cell);
  if (!envelope.ok) return envelope;
  const card = cell.slice(ENVELOPE, ENVELOPE + CARD);
  if (cell.length !== LARGE || !isZero(cell.subarray(ENVELOPE + CARD))) return fail("malformed");
  const decoded = core.decode("card", card);
  if (!decoded.ok || decoded.value.expiry !== envelope.value.expiry) return fail("malformed");
  return equal(cardHash(core, card).subarray(0, TAG), envelope.value.tag) ? ok(card) : fail("malformed");
}
