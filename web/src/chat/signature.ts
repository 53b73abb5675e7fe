/**
 * Both signatures of an identity over the same bytes: Ed25519 (RFC 8032) and ML-DSA-87 (FIPS 204, hedged, empty
 * context string). Neither counts without the other, so that a break of one family forges nothing.
 *
 * Signed bytes: `u8 length ∥ "nodus/1/<purpose>" ∥ H(network)[0..16] ∥ parts`.
 */
import { concat } from "./bytes.ts";
import type { Context } from "./context.ts";

export const ED_SIGNATURE = 64; // B
export const MLDSA_SIGNATURE = 4_627; // B
export const BOTH_SIGNATURES = ED_SIGNATURE + MLDSA_SIGNATURE;
const HEDGE = 32; // B of fresh randomness in an ML-DSA signature (FIPS 204 §3.4)

export interface Signatures {
  ed: Uint8Array; // 64
  mldsa: Uint8Array; // 4627
}
export interface SigningKeys {
  edSecret: Uint8Array; // 32, the seed
  mldsaSeed: Uint8Array; // 32
}
export interface VerifyingKeys {
  edPk: Uint8Array; // 32
  mldsaPk: Uint8Array; // 2592
}

export async function signBoth(
  context: Context,
  keys: SigningKeys,
  purpose: string,
  ...parts: Uint8Array[]
): Promise<Signatures> {
  const { core, crypto, random, network } = context;
  const message = signedBytes(context, purpose, parts);
  return {
    ed: core.sign(keys.edSecret, purpose, network, ...parts),
    mldsa: await crypto.dsaSign(keys.mldsaSeed, message, random.bytes(HEDGE)),
  };
}

/** The cheap one first: ML-DSA costs thirty times as much, and a stranger's noise shall not. */
export async function verifyBoth(
  context: Context,
  keys: VerifyingKeys,
  signatures: Signatures,
  purpose: string,
  ...parts: Uint8Array[]
): Promise<boolean> {
  const { core, crypto, network } = context;
  if (!core.verify(keys.edPk, signatures.ed, purpose, network, ...parts)) return false;
  return crypto.dsaVerify(keys.mldsaPk, signedBytes(context, purpose, parts), signatures.mldsa);
}

function signedBytes({ core, network }: Context, purpose: string, parts: readonly Uint8Array[]): Uint8Array {
  const domain = core.utf8(`nodus/1/${purpose}`);
  return concat(new Uint8Array([domain.length]), domain, network, ...parts);
}
