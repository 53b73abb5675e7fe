/**
 * A person: 256 bits of entropy (24 words), the keys grown from them and the id that contacts pin (protocol.md §1).
 * Nothing here is ever linked to a node key. Prekeys are random and live in prekey.ts.
 *
 * Each branch is HKDF-SHA-512 of the entropy with an empty salt under a purpose of its own:
 *
 *     "identity-ed25519"   32 B  Ed25519 seed
 *     "identity-mldsa87"   32 B  ML-DSA-87 seed (FIPS 204 ξ)
 *     "identity-inbox"     32 B  Ed25519 seed of the inbox key that the card names
 *
 * On disk: version u8 = 1 ∥ Ed25519 seed 32 ∥ ML-DSA seed 32 ∥ inbox seed 32 ∥ ML-DSA public key 2,592. The last is
 * only kept because it costs a millisecond to compute.
 */
import type { Core, Random } from "#node/ports.ts";
import { EMPTY, Reader, Writer } from "./bytes.ts";
import type { Context } from "./context.ts";
import { fail, ok, type Result } from "./errors.ts";
import type { SigningKeys, VerifyingKeys } from "./signature.ts";

/** H("identity" ∥ ed_pk ∥ H(mldsa87_pk)), 32 B. */
export type IdentityId = Uint8Array & { readonly brand: "IdentityId" };

/** What others know of a person. */
export interface PublicIdentity extends VerifyingKeys {
  id: IdentityId;
}
/** What the person alone has. */
export interface Identity extends PublicIdentity, SigningKeys {
  inboxSecret: Uint8Array; // 32
  inboxPk: Uint8Array; // 32
}

const ENTROPY = 32; // B = 24 words
export const MLDSA_PK = 2_592; // B
const STATE_VERSION = 1;

export function newEntropy(random: Random): Uint8Array {
  return random.bytes(ENTROPY);
}

export async function identityFrom({ core, crypto }: Context, entropy: Uint8Array): Promise<Identity> {
  const branch = (purpose: string) => core.hkdf(EMPTY, entropy, purpose, EMPTY, 32);
  const mldsaSeed = branch("identity-mldsa87");
  const mldsaPk = await crypto.dsaPublic(mldsaSeed);
  return assemble(core, branch("identity-ed25519"), mldsaSeed, branch("identity-inbox"), mldsaPk);
}

export function publicIdentity(core: Core, edPk: Uint8Array, mldsaPk: Uint8Array): PublicIdentity {
  return { id: core.identityId(edPk, mldsaPk) as IdentityId, edPk, mldsaPk };
}

/** The entropy is not part of it: it is kept apart, and erased once the backup is confirmed. */
export function encodeIdentity(identity: Identity): Uint8Array {
  const { edSecret, mldsaSeed, inboxSecret, mldsaPk } = identity;
  return new Writer().u8(STATE_VERSION).bytes(edSecret).bytes(mldsaSeed).bytes(inboxSecret).bytes(mldsaPk).finish();
}

/** Errors: malformed, unsupported. */
export function decodeIdentity(core: Core, bytes: Uint8Array): Result<Identity> {
  const reader = new Reader(bytes);
  if (reader.u8() !== STATE_VERSION) return fail("unsupported");
  const edSecret = reader.bytes(32);
  const mldsaSeed = reader.bytes(32);
  const inboxSecret = reader.bytes(32);
  const mldsaPk = reader.bytes(MLDSA_PK);
  return reader.done() ? ok(assemble(core, edSecret, mldsaSeed, inboxSecret, mldsaPk)) : fail("malformed");
}

function assemble(
  core: Core,
  edSecret: Uint8Array,
  mldsaSeed: Uint8Array,
  inboxSecret: Uint8Array,
  mldsaPk: Uint8Array,
): Identity {
  const inboxPk = core.edPublic(inboxSecret);
  return { ...publicIdentity(core, core.edPublic(edSecret), mldsaPk), edSecret, mldsaSeed, inboxSecret, inboxPk };
}
