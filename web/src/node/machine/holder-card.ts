/**
 * What a holder checks of a card (protocol.md §10): envelope ∥ card ∥ zeros in a 16 KiB cell. A holder has no ML-DSA,
 * so only readers know whether a card is genuine; that is why two are kept.
 */

import { equal } from "../bytes.ts";
import { AnswerCode } from "../messages.ts";
import type { Core } from "../ports.ts";
import { expiryOf, HEADER_BYTES, minuteOf } from "./cells.ts";

const CARD_BYTES = 9_023;
const CARD_CELL_BYTES = 16_384;
/** Both signatures, at the end: Ed25519 64 B, ML-DSA-87 4,627 B. */
const SIGNATURES_BYTES = 64 + 4_627;
/** A card may be signed this far ahead: two honest clocks may each be 5 minutes off (tier 2). */
const AHEAD_MINUTES = 10;
/** Cards kept at one address. */
export const CARDS_KEPT = 2;

/** Order among cards of one address: generation, then seq; `refused` is an AnswerCode. */
export type CardCheck = { rank: bigint } | { refused: number };

export const checkCard = (
  core: Core,
  network: Uint8Array,
  address: Uint8Array,
  cell: Uint8Array,
  networkTime: number,
): CardCheck => {
  if (cell.length !== CARD_CELL_BYTES) return { refused: AnswerCode.malformed };
  const bytes = cell.subarray(HEADER_BYTES, HEADER_BYTES + CARD_BYTES);
  const card = core.decode("card", bytes);
  if (!card.ok) return { refused: AnswerCode.malformed };
  const { edPk, mldsaPk, generation, seq, expiry, sigEd } = card.value;
  // Bytes that no signature covers must be the ones an honest owner would have put there.
  if (expiryOf(cell) !== expiry || cell.subarray(HEADER_BYTES + CARD_BYTES).some((byte) => byte !== 0)) {
    return { refused: AnswerCode.malformed };
  }
  if (!equal(address, core.hash("card", core.identityId(edPk, mldsaPk)))) return { refused: AnswerCode.badAddress };
  if (seq > minuteOf(networkTime) + AHEAD_MINUTES) return { refused: AnswerCode.tooFarAhead };
  const signed = bytes.subarray(0, CARD_BYTES - SIGNATURES_BYTES);
  if (!core.verify(edPk, sigEd, "card", network, signed)) return { refused: AnswerCode.badSignature };
  return { rank: (BigInt(generation) << 32n) | BigInt(seq) };
};
