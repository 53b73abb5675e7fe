/**
 * First contact: one cell that makes a session with somebody who is not there (protocol.md §11). After PQXDH (Signal),
 * with the prekeys of an invite's bundle or of a card, and with the sender's identity under the seal.
 *
 * Cell, 16 KiB: `envelope 20 | e 32 | ct 1568 | GCM(key 32, nonce 12, AAD all before; content 14,748)`.
 *
 *     ss_x = X25519(e, prekey)                 all-zero refused
 *     ct, ss_m = ML-KEM-1024.Encaps(prekey)
 *     th  = SHA-512("first-contact" ∥ envelope ∥ IdentityID_B ∥ H(card or bundle) ∥ e ∥ ct)
 *     SK  = HKDF(salt th, ss_m ∥ ss_x, "session")                      32 B
 *     key 32 ∥ nonce 12 = HKDF(SK, "first-contact")
 *
 * Content: `Ed25519 pk 32 | ML-DSA pk 2592 | ratchet X25519 pk 32 | ML-KEM pk 1568 | time u64 ms | Ed25519 signature 64 |
 * ML-DSA signature 4627 | items`. Both signatures, purpose "first-contact", cover th ∥ IdentityID_A ∥ IdentityID_B ∥
 * ratchet pk ∥ ML-KEM pk ∥ time ∥ tag of the invite's bundle (zeros through a card): that the contact was made is
 * provable, what was said is not. The secrets of the two fresh keys are destroyed at once: nothing of this version
 * answers to them, and a session begun anew brings its own.
 */
import { concat, EMPTY, equal, Reader, Writer } from "./bytes.ts";
import { DAY_MS, SKEW_MS } from "./clock.ts";
import type { Context } from "./context.ts";
import { ENVELOPE, encodeEnvelope, expiryOf, isPast, LARGE, type Life, parseEnvelope, TAG } from "./envelope.ts";
import { fail, ok, type Result } from "./errors.ts";
import { type Identity, type IdentityId, MLDSA_PK, type PublicIdentity, publicIdentity } from "./identity.ts";
import { decodeItems, encodeItems, type Item } from "./items.ts";
import { MLKEM_CIPHERTEXT, MLKEM_PK, newPrekeys, type PublicPrekeys } from "./prekey.ts";
import { ED_SIGNATURE, MLDSA_SIGNATURE, type Signatures, signBoth, verifyBoth } from "./signature.ts";

const HEAD = ENVELOPE + 32 + MLKEM_CIPHERTEXT; // B
const CONTENT = LARGE - HEAD - 16; // B
const KEYS = 32 + MLDSA_PK + 32 + MLKEM_PK + 8 + ED_SIGNATURE + MLDSA_SIGNATURE; // B
/** Room for items, B. */
export const FIRST_CONTENT = CONTENT - KEYS;
const PURPOSE = "first-contact";
/** A first contact can wait one life of its cell, be put again for another, and come a day late. Tier 2. */
const OLDEST_MS = 15 * DAY_MS;

/** To whom: an invite's bundle or a card. */
export interface Target extends PublicPrekeys {
  id: IdentityId;
  /** H of the bundle or card. */
  hash: Uint8Array; // 32
  /** Tag of the bundle's cell; zeros through a card. */
  tag: Uint8Array; // 16
}
/** With what one opens: secrets, and every bundle or card that named their public halves, newest first. */
export interface Receiver {
  x25519Secret: Uint8Array;
  mlkemSeed: Uint8Array;
  targets: readonly { hash: Uint8Array; tag: Uint8Array }[];
  /** th that were opened with these secrets before. */
  opened: readonly Uint8Array[];
}
/** What both ends have afterwards. The session grows from it (pair.ts). */
export interface Agreement {
  /** Names the session, the same at both ends. */
  th: Uint8Array; // 64
  sk: Uint8Array; // 32
  /** ms, network time of the sender: the day on which the pair's boxes begin. */
  time: number;
}
export interface OpenedContact extends Agreement {
  sender: PublicIdentity;
  ratchetPk: Uint8Array; // 32
  mlkemPk: Uint8Array; // 1568
  items: Item[];
}

/**
 * Errors: malformed, where the target's keys are none. Throws Fault("too-large") where the items take more than
 * `FIRST_CONTENT` bytes.
 */
export async function sealFirstContact(
  context: Context,
  me: Identity,
  target: Target,
  items: readonly Item[],
  when: { now: number; life: Life },
): Promise<Result<Agreement & { cell: Uint8Array }>> {
  const { core, crypto, random } = context;
  const room = encodeItems(core, items, FIRST_CONTENT);
  const envelope = encodeEnvelope(core, expiryOf(when.now, when.life), random.bytes(TAG));
  const secret = random.bytes(32);
  const shared = core.x25519(secret, target.x25519Pk);
  const kem = await crypto.kemEncapsulate(target.mlkemPk, random.bytes(32));
  if (shared === undefined || kem === undefined) return fail("malformed");
  const head = concat(envelope, core.x25519Public(secret), kem.ciphertext);
  const th = transcript(context, head, target.id, target.hash);
  const { sk, key, nonce } = agree(context, th, kem.shared, shared);
  const fresh = await newPrekeys(context);
  const keys = { ratchetPk: fresh.x25519Pk, mlkemPk: fresh.mlkemPk, time: when.now };
  const signatures = await signBoth(context, me, PURPOSE, ...statement(th, me.id, target, keys));
  const content = new Writer().bytes(me.edPk).bytes(me.mldsaPk).bytes(keys.ratchetPk).bytes(keys.mlkemPk);
  content.safe(keys.time).bytes(signatures.ed).bytes(signatures.mldsa).bytes(room);
  const cell = concat(head, core.seal(key, nonce, head, content.finish()));
  return ok({ th, sk, time: when.now, cell });
}

/**
 * Tries every target of every receiver, in order. `now` is network time.
 * Errors: malformed, unsupported, expired (cell or time beyond 15 days), copy (this th was opened before), not-ours,
 * own, signature, too-early.
 */
export async function openFirstContact(
  context: Context,
  me: PublicIdentity,
  receivers: readonly Receiver[],
  cell: Uint8Array,
  now: number,
): Promise<Result<OpenedContact>> {
  const envelope = parseEnvelope(context.core, cell);
  if (!envelope.ok) return envelope;
  if (cell.length !== LARGE) return fail("malformed");
  if (isPast(envelope.value.expiry, now)) return fail("expired");
  for (const receiver of receivers) {
    const found = await unseal(context, me, receiver, cell);
    if (found.ok) return check(context, me, found.value, now);
    if (found.error !== "not-ours") return found;
  }
  return fail("not-ours");
}

interface Unsealed {
  th: Uint8Array;
  sk: Uint8Array;
  tag: Uint8Array;
  content: Uint8Array;
}

async function unseal(
  context: Context,
  me: PublicIdentity,
  receiver: Receiver,
  cell: Uint8Array,
): Promise<Result<Unsealed>> {
  const { core, crypto } = context;
  const head = cell.slice(0, HEAD);
  const tries = receiver.targets.map(({ hash, tag }) => ({ th: transcript(context, head, me.id, hash), tag }));
  const known = tries.some(({ th }) => receiver.opened.some((opened) => equal(opened, th)));
  if (known) return fail("copy");
  const ephemeral = head.subarray(ENVELOPE, ENVELOPE + 32);
  const shared = core.x25519(receiver.x25519Secret, ephemeral);
  const kem = await crypto.kemDecapsulate(receiver.mlkemSeed, head.slice(ENVELOPE + 32));
  if (shared === undefined || kem === undefined) return fail("not-ours");
  for (const { th, tag } of tries) {
    const { sk, key, nonce } = agree(context, th, kem, shared);
    const content = core.open(key, nonce, head, cell.subarray(HEAD));
    if (content !== undefined) return ok({ th, sk, tag, content });
  }
  return fail("not-ours");
}

async function check(
  context: Context,
  me: PublicIdentity,
  { th, sk, tag, content }: Unsealed,
  now: number,
): Promise<Result<OpenedContact>> {
  const { core } = context;
  const reader = new Reader(content);
  const sender = publicIdentity(core, reader.bytes(32), reader.bytes(MLDSA_PK));
  const keys = { ratchetPk: reader.bytes(32), mlkemPk: reader.bytes(MLKEM_PK), time: reader.safe() };
  const signatures: Signatures = { ed: reader.bytes(ED_SIGNATURE), mldsa: reader.bytes(MLDSA_SIGNATURE) };
  const items = decodeItems(core, reader.rest());
  if (!reader.done()) return fail("malformed");
  const signed = statement(th, sender.id, { id: me.id, tag }, keys);
  if (!(await verifyBoth(context, sender, signatures, PURPOSE, ...signed))) return fail("signature");
  if (keys.time > now + SKEW_MS) return fail("too-early");
  if (keys.time < now - OLDEST_MS) return fail("expired");
  if (equal(sender.id, me.id)) return fail("own");
  return items.ok ? ok({ th, sk, sender, ...keys, items: items.value }) : items;
}

function transcript({ core }: Context, head: Uint8Array, recipient: IdentityId, hash: Uint8Array): Uint8Array {
  return core.sha512(PURPOSE, head.subarray(0, ENVELOPE), recipient, hash, head.subarray(ENVELOPE));
}

function agree({ core }: Context, th: Uint8Array, kem: Uint8Array, shared: Uint8Array) {
  const sk = core.hkdf(th, concat(kem, shared), "session", EMPTY, 32);
  const reader = new Reader(core.hkdf(EMPTY, sk, PURPOSE, EMPTY, 32 + 12));
  return { sk, key: reader.bytes(32), nonce: reader.bytes(12) };
}

/** What both signatures cover. */
function statement(
  th: Uint8Array,
  sender: IdentityId,
  recipient: { id: IdentityId; tag: Uint8Array },
  keys: { ratchetPk: Uint8Array; mlkemPk: Uint8Array; time: number },
): Uint8Array[] {
  const time = new Writer().safe(keys.time).finish();
  return [th, sender, recipient.id, keys.ratchetPk, keys.mlkemPk, time, recipient.tag];
}
