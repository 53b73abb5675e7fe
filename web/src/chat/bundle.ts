/**
 * What an invite leads to: the 16 KiB cell with the inviter's card, the invite's one-time keys and the name to show
 * before accepting (protocol.md §8). Only who has the link finds and opens it.
 *
 * Cell: `envelope 20 | GCM(key 32, nonce 12, AAD envelope; content 16,348)`; tag 16 ∥ key 32 ∥ nonce 12 =
 * HKDF(secret, "invite-bundle" ∥ expiry u16). As key and nonce follow from secret and expiry, a second bundle with
 * another content must never be made for the same expiry: invite.ts keeps each and hands out the same bytes.
 *
 * Content: `card 9023 | X25519 pk 32 | ML-KEM pk 1568 | uses u16 | end u16 | name length u8 | name ≤ 128 | Ed25519
 * signature 64 | ML-DSA signature 4627 | zeros`. Both signatures, purpose "invite-bundle", cover owner_pk ∥ all before
 * them: nobody can offer these keys under an invite of their own.
 */
import type { Card, Core } from "#node/ports.ts";
import { concat, EMPTY, isZero, Reader, Writer } from "./bytes.ts";
import { CARD, verifyCard } from "./card.ts";
import { unitOf } from "./clock.ts";
import type { Context } from "./context.ts";
import { ENVELOPE, encodeEnvelope, isPast, LARGE, LIFE, parseEnvelope, TAG } from "./envelope.ts";
import { fail, ok, type Result } from "./errors.ts";
import { type Identity, type PublicIdentity, publicIdentity } from "./identity.ts";
import { NAME_LIMIT } from "./items.ts";
import type { InviteLink } from "./link.ts";
import type { Box } from "./ports.ts";
import { MLKEM_PK, type PublicPrekeys } from "./prekey.ts";
import { BOTH_SIGNATURES, ED_SIGNATURE, MLDSA_SIGNATURE, signBoth, verifyBoth } from "./signature.ts";

const CONTENT = LARGE - ENVELOPE - 16; // B
const PURPOSE = "invite-bundle";
/** Expiries of bundles are multiples of this many units: a reader asks for four tags instead of twenty-nine. */
const STEP = 8;
const ASKED = 4;

/** What the inviter signs. */
export interface BundleDraft extends PublicPrekeys {
  card: Uint8Array; // 9023
  uses: number;
  end: number;
  name: string;
}
/** What the invitee reads. */
export interface Bundle extends PublicPrekeys {
  inviter: PublicIdentity;
  card: Card;
  uses: number;
  end: number;
  /** The name that the inviter goes by; "" where they gave none. */
  name: string;
  /** H("invite-bundle" ∥ content up to the zeros): what a first contact binds. */
  hash: Uint8Array;
  /** Tag of the cell: names the invite in a first contact. */
  tag: Uint8Array;
  /** The content up to the zeros: enough to reseal a first contact later. */
  bytes: Uint8Array;
}

/** Expiry of the bundle to be put now: the largest multiple of 8 units up to seven days ahead. */
export function bundleExpiry(now: number): number {
  const latest = unitOf(now) + LIFE.week;
  return latest - (latest % STEP);
}
/** Every expiry that a bundle lying there now can have: four, so that a writer's clock may be ahead of ours. */
export function bundleExpiries(now: number): number[] {
  const first = Math.ceil(unitOf(now) / STEP) * STEP;
  return Array.from({ length: ASKED }, (_, i) => first + i * STEP);
}
export function bundleTag(core: Core, secret: Uint8Array, expiry: number): Uint8Array {
  return bundleKeys(core, secret, expiry).tag;
}

/** The invite's address. Who has the link writes there; with `ownerSecret` also lists and deletes. */
export function inviteBox(core: Core, secret: Uint8Array, ownerPk: Uint8Array, ownerSecret?: Uint8Array): Box {
  const writeSecret = core.hkdf(EMPTY, secret, "invite-write", EMPTY, 32);
  const owner = ownerSecret === undefined ? { pk: ownerPk } : { pk: ownerPk, secret: ownerSecret };
  return { kind: 3, day: 0, write: { pk: core.edPublic(writeSecret), secret: writeSecret }, owner };
}

/** The content up to the zeros. Throws Fault("too-large") for a name beyond 128 B. */
export async function signBundle(
  context: Context,
  identity: Identity,
  ownerPk: Uint8Array,
  draft: BundleDraft,
): Promise<Uint8Array> {
  const name = context.core.utf8(draft.name);
  const writer = new Writer().bytes(draft.card).bytes(draft.x25519Pk).bytes(draft.mlkemPk);
  const unsigned = writer.u16(draft.uses).u16(draft.end).u8(name.length).bytes(name).finish();
  const signatures = await signBoth(context, identity, PURPOSE, ownerPk, unsigned);
  return concat(unsigned, signatures.ed, signatures.mldsa);
}
export function bundleHash(core: Core, bytes: Uint8Array): Uint8Array {
  return core.hash(PURPOSE, bytes);
}

export function sealBundle(core: Core, secret: Uint8Array, expiry: number, bytes: Uint8Array): Uint8Array {
  const { tag, key, nonce } = bundleKeys(core, secret, expiry);
  const envelope = encodeEnvelope(core, expiry, tag);
  const content = new Uint8Array(CONTENT);
  content.set(bytes);
  return concat(envelope, core.seal(key, nonce, envelope, content));
}

/** Opens and verifies against the IdentityID of the link.
 * Errors: malformed, unsupported, expired, not-ours, wrong-identity, signature. */
export async function openBundle(
  context: Context,
  link: InviteLink,
  cell: Uint8Array,
  now: number,
): Promise<Result<Bundle>> {
  const { core } = context;
  const envelope = parseEnvelope(core, cell);
  if (!envelope.ok) return envelope;
  if (cell.length !== LARGE) return fail("malformed");
  const { expiry, bytes: head } = envelope.value;
  if (isPast(expiry, now)) return fail("expired");
  const { key, nonce } = bundleKeys(core, link.secret, expiry);
  const content = core.open(key, nonce, head, cell.subarray(ENVELOPE));
  if (content === undefined) return fail("not-ours");
  const length = bundleLength(content);
  if (length === undefined || !isZero(content.subarray(length))) return fail("malformed");
  const bundle = await readBundle(context, link, content.slice(0, length), envelope.value.tag);
  return bundle.ok && isPast(bundle.value.end, now) ? fail("expired") : bundle;
}

/** Verifies a bundle's content, fresh from its cell or as it was kept.
 * Errors: malformed, unsupported, wrong-identity, signature. */
export async function readBundle(
  context: Context,
  link: InviteLink,
  bytes: Uint8Array,
  tag: Uint8Array,
): Promise<Result<Bundle>> {
  const { core } = context;
  const reader = new Reader(bytes);
  const cardBytes = reader.bytes(CARD);
  const keys = { x25519Pk: reader.bytes(32), mlkemPk: reader.bytes(MLKEM_PK) };
  const terms = { uses: reader.u16(), end: reader.u16() };
  const utf8 = reader.bytes(reader.u8());
  const signatures = { ed: reader.bytes(ED_SIGNATURE), mldsa: reader.bytes(MLDSA_SIGNATURE) };
  const name = utf8.length <= NAME_LIMIT ? core.text(utf8) : undefined;
  if (!reader.done() || name === undefined) return fail("malformed");
  const card = await verifyCard(context, cardBytes, link.identityId);
  if (!card.ok) return card;
  const signed = bytes.subarray(0, bytes.length - BOTH_SIGNATURES);
  const genuine = await verifyBoth(context, card.value, signatures, PURPOSE, link.ownerPk, signed);
  if (!genuine) return fail("signature");
  const inviter = publicIdentity(core, card.value.edPk, card.value.mldsaPk);
  return ok({ ...keys, ...terms, inviter, card: card.value, name, hash: bundleHash(core, bytes), tag, bytes });
}

function bundleKeys(core: Core, secret: Uint8Array, expiry: number) {
  const info = new Writer().u16(expiry).finish();
  const reader = new Reader(core.hkdf(EMPTY, secret, PURPOSE, info, TAG + 32 + 12));
  return { tag: reader.bytes(TAG), key: reader.bytes(32), nonce: reader.bytes(12) };
}

/** Where the zeros of a content begin; undefined where it is cut off. */
function bundleLength(content: Uint8Array): number | undefined {
  const nameAt = CARD + 32 + MLKEM_PK + 4;
  const length = nameAt + 1 + (content[nameAt] ?? 0) + BOTH_SIGNATURES;
  return length <= content.length ? length : undefined;
}
