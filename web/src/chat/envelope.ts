/**
 * The 20 clear bytes of every cell (protocol.md §9) and the sizes that cells have. The codec is the core's; what lies
 * behind the envelope is the business of session.ts, firstcontact.ts, bundle.ts and card.ts.
 *
 *     0   1  version 0x01
 *     1   1  suite   0x01 = X25519 + ML-KEM-1024, Ed25519 + ML-DSA-87, AES-256-GCM, HKDF-SHA-512
 *     2   2  expiry  u16, 6-hour units since 2026-01-01T00Z
 *     4  16  tag     random: cell id, delete handle, KDF salt
 *
 * All 20 bytes are associated data of every AEAD inside.
 */
import type { CellHeader, Core } from "#node/ports.ts";
import { unitOf } from "./clock.ts";
import { fail, ok, type Result } from "./errors.ts";

export const ENVELOPE = 20; // B
export const TAG = 16; // B
export const SMALL = 2_048; // B; a cell of texts
export const LARGE = 16_384; // B; long texts, first contacts, bundles, cards
export type CellSize = typeof SMALL | typeof LARGE;

/** The only two lives of a cell, so that its expiry marks no more than that. Units of 6 h; tier 1. */
export const LIFE = { week: 28, day: 4 } as const;
export type Life = keyof typeof LIFE;

const VERSION = 1;
const SUITE = 1;

export function expiryOf(now: number, life: Life): number {
  return unitOf(now) + LIFE[life];
}
/** A cell is past when the own unit is beyond its expiry: after 7 d to 7 d 6 h, or 24 to 30 h. */
export function isPast(expiry: number, now: number): boolean {
  return unitOf(now) > expiry;
}

/** The 20 bytes. */
export function encodeEnvelope(core: Core, expiry: number, tag: Uint8Array): Uint8Array {
  return core.encode("cellHeader", { version: VERSION, suite: SUITE, expiry, tag });
}

export interface Envelope extends CellHeader {
  /** The 20 bytes themselves. */
  bytes: Uint8Array;
}
/** Checks size, version and suite of a whole cell. Errors: malformed, unsupported. */
export function parseEnvelope(core: Core, cell: Uint8Array): Result<Envelope> {
  if (cell.length !== SMALL && cell.length !== LARGE) return fail("malformed");
  if (cell[0] !== VERSION || cell[1] !== SUITE) return fail("unsupported");
  const bytes = cell.slice(0, ENVELOPE);
  const header = core.decode("cellHeader", bytes);
  return header.ok ? ok({ ...header.value, bytes }) : fail("malformed");
}
