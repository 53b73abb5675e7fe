/**
 * A pair of encapsulation keys, X25519 (RFC 7748) and ML-KEM-1024 (FIPS 203): the prekeys of a card, the one-time keys
 * of an invite, and the keys that a first contact brings. Random, never derived from the identity, so that destroying
 * the secrets destroys what was sent to them.
 *
 * On disk: X25519 secret 32 ∥ ML-KEM seed d ∥ z 64 ∥ ML-KEM public key 1,568.
 */
import type { Core } from "#node/ports.ts";
import { concat, type Reader } from "./bytes.ts";
import type { Context } from "./context.ts";

export const MLKEM_PK = 1_568; // B
export const MLKEM_CIPHERTEXT = 1_568; // B

export interface PublicPrekeys {
  x25519Pk: Uint8Array; // 32
  mlkemPk: Uint8Array; // 1568
}
export interface Prekeys extends PublicPrekeys {
  x25519Secret: Uint8Array; // 32
  mlkemSeed: Uint8Array; // 64
}

export async function newPrekeys({ core, crypto, random }: Context): Promise<Prekeys> {
  const x25519Secret = random.bytes(32);
  const mlkemSeed = random.bytes(64);
  const mlkemPk = await crypto.kemPublic(mlkemSeed);
  return { x25519Secret, mlkemSeed, x25519Pk: core.x25519Public(x25519Secret), mlkemPk };
}

/** 1,664 B. */
export function encodePrekeys(prekeys: Prekeys): Uint8Array {
  return concat(prekeys.x25519Secret, prekeys.mlkemSeed, prekeys.mlkemPk);
}
export function readPrekeys(core: Core, reader: Reader): Prekeys {
  const x25519Secret = reader.bytes(32);
  const mlkemSeed = reader.bytes(64);
  const mlkemPk = reader.bytes(MLKEM_PK);
  const x25519Pk = reader.whole ? core.x25519Public(x25519Secret) : x25519Secret;
  return { x25519Secret, mlkemSeed, x25519Pk, mlkemPk };
}
