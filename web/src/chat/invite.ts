/**
 * An invite as the inviter keeps it: the link's secrets, the one-time keys, the bundles made so far (protocol.md §8).
 * What it is put where, and when again, is the driver's.
 *
 * Invariants:
 * 1. One bundle an expiry, never remade: key and nonce of its cell follow from the expiry.
 * 2. `keys` exists exactly while the state is "open": used or revoked means destroyed.
 * 3. Every th of a first contact opened here is in `opened` as long as the keys live.
 */
import type { Core } from "#node/ports.ts";
import { bundleExpiry, bundleHash, bundleTag, inviteBox, sealBundle, signBundle } from "./bundle.ts";
import { equal, Reader, Writer } from "./bytes.ts";
import type { Context } from "./context.ts";
import { isPast, LARGE, LIFE } from "./envelope.ts";
import { fail, ok, type Result } from "./errors.ts";
import type { Receiver } from "./firstcontact.ts";
import type { Identity } from "./identity.ts";
import { encodeLink, INVITE_SECRET, type InviteLink } from "./link.ts";
import type { Box } from "./ports.ts";
import { encodePrekeys, newPrekeys, type Prekeys, readPrekeys } from "./prekey.ts";

/** open: waits for a first contact; used: one was accepted; revoked: taken back by the person; expired: over, and the
 * last cell for it past. */
export type InvitePhase = "open" | "used" | "revoked" | "expired";

export interface Invite {
  phase: InvitePhase;
  /** ms, network time. */
  created: number;
  flags: number;
  /** Last 6-hour unit in which it counts. */
  end: number;
  uses: number;
  secret: Uint8Array; // 16
  ownerSecret: Uint8Array; // 32
  ownerPk: Uint8Array; // 32; also the invite's id on this device
  keys: Prekeys | undefined;
  /** Those that can still lie in the network. */
  bundles: readonly StoredBundle[];
  /** Those whose cells are past: a first contact to them may still come. */
  past: readonly Omit<StoredBundle, "cell">[];
  /** th of every first contact opened with these keys: it does nothing again. */
  opened: readonly Uint8Array[];
}
interface StoredBundle {
  expiry: number;
  hash: Uint8Array;
  /** 16 KiB, put again as the same bytes. */
  cell: Uint8Array;
}

const STATE_VERSION = 1;
const PHASES: readonly InvitePhase[] = ["open", "used", "revoked", "expired"];
const TH = 64; // B

export async function newInvite(context: Context, terms: { now: number; end: number; flags: number }): Promise<Invite> {
  const { core, random } = context;
  const ownerSecret = random.bytes(32);
  return {
    phase: "open",
    created: terms.now,
    flags: terms.flags,
    end: terms.end,
    uses: 1,
    secret: random.bytes(INVITE_SECRET),
    ownerSecret,
    ownerPk: core.edPublic(ownerSecret),
    keys: await newPrekeys(context),
    bundles: [],
    past: [],
    opened: [],
  };
}

export function linkOf(identity: Identity, invite: Invite, url?: string): InviteLink {
  const { flags, ownerPk, secret, end } = invite;
  const link = { flags, identityId: identity.id, ownerPk, secret, end };
  return url === undefined ? link : { ...link, url };
}
/** What stands behind the "#". */
export function payloadOf({ core, network }: Context, identity: Identity, invite: Invite, url?: string): string {
  return encodeLink(core, network, linkOf(identity, invite, url));
}
export function boxOf(core: Core, invite: Invite): Box {
  return inviteBox(core, invite.secret, invite.ownerPk, invite.ownerSecret);
}

/**
 * The invite with the bundle that belongs into the network now, made if there is none of this expiry yet. The result
 * must be durable before the cell is put (invariant 1). Undefined once the invite is over.
 */
export async function withBundle(
  context: Context,
  identity: Identity,
  invite: Invite,
  offer: { card: Uint8Array; name: string; now: number },
): Promise<{ invite: Invite; cell: Uint8Array } | undefined> {
  const { core } = context;
  const expiry = bundleExpiry(offer.now);
  const gone = invite.past.some((bundle) => bundle.expiry === expiry);
  if (invite.keys === undefined || isPast(invite.end, offer.now) || gone) return undefined;
  const kept = invite.bundles.find((bundle) => bundle.expiry === expiry);
  if (kept !== undefined) return { invite, cell: kept.cell };
  const { x25519Pk, mlkemPk } = invite.keys;
  const draft = { card: offer.card, x25519Pk, mlkemPk, uses: invite.uses, end: invite.end, name: offer.name };
  const bytes = await signBundle(context, identity, invite.ownerPk, draft);
  const cell = sealBundle(core, invite.secret, expiry, bytes);
  const ending = invite.bundles.filter((old) => isPast(old.expiry, offer.now));
  const lasting = invite.bundles.filter((old) => !ending.includes(old));
  const bundles = [...lasting, { expiry, hash: bundleHash(core, bytes), cell }];
  const past = [...invite.past, ...ending.map((old) => ({ expiry: old.expiry, hash: old.hash }))];
  return { invite: { ...invite, bundles, past }, cell };
}

/** With what a first contact at this invite's address is opened; undefined once its keys are destroyed. */
export function receiverOf(core: Core, invite: Invite): Receiver | undefined {
  if (invite.keys === undefined) return undefined;
  const targets = [...invite.past, ...invite.bundles].map(({ expiry, hash }) => ({
    hash,
    tag: bundleTag(core, invite.secret, expiry),
  }));
  return { ...invite.keys, targets: targets.reverse(), opened: invite.opened };
}

export function withOpened(invite: Invite, th: Uint8Array): Invite {
  return invite.opened.some((known) => equal(known, th)) ? invite : { ...invite, opened: [...invite.opened, th] };
}
/** Is the invite over, and so is the life of a first contact that was put in its last hour? */
export function isOver(invite: Invite, now: number): boolean {
  return isPast(invite.end + LIFE.week, now);
}
/** Ends the invite: its keys and bundles are gone for good. */
export function ended(invite: Invite, phase: Exclude<InvitePhase, "open">): Invite {
  return { ...invite, phase, keys: undefined, bundles: [], past: [], opened: [] };
}

/**
 * version u8 = 1 ∥ phase u8 ∥ created u64 ∥ flags u8 ∥ end u16 ∥ uses u16 ∥ secret 16 ∥ owner secret 32 ∥ keys (0 or
 * 1 u8, then 1,664 B) ∥ n u8 × { expiry u16 ∥ hash 32 ∥ cell 16,384 } ∥ n u8 × { expiry u16 ∥ hash 32 } ∥ n u16 × th 64.
 */
export function encodeInvite(invite: Invite): Uint8Array {
  const writer = new Writer().u8(STATE_VERSION).u8(PHASES.indexOf(invite.phase)).safe(invite.created);
  writer.u8(invite.flags).u16(invite.end).u16(invite.uses).bytes(invite.secret).bytes(invite.ownerSecret);
  writer.u8(invite.keys === undefined ? 0 : 1);
  if (invite.keys !== undefined) writer.bytes(encodePrekeys(invite.keys));
  writer.u8(invite.bundles.length);
  for (const { expiry, hash, cell } of invite.bundles) writer.u16(expiry).bytes(hash).bytes(cell);
  writer.u8(invite.past.length);
  for (const { expiry, hash } of invite.past) writer.u16(expiry).bytes(hash);
  writer.u16(invite.opened.length);
  for (const th of invite.opened) writer.bytes(th);
  return writer.finish();
}

/** Errors: malformed, unsupported. */
export function decodeInvite(core: Core, bytes: Uint8Array): Result<Invite> {
  const reader = new Reader(bytes);
  if (reader.u8() !== STATE_VERSION) return fail("unsupported");
  const phase = PHASES[reader.u8()];
  const terms = { created: reader.safe(), flags: reader.u8(), end: reader.u16(), uses: reader.u16() };
  const secret = reader.bytes(INVITE_SECRET);
  const ownerSecret = reader.bytes(32);
  const keys = reader.u8() === 1 ? readPrekeys(core, reader) : undefined;
  const bundles = Array.from({ length: reader.u8() }, () => {
    return { expiry: reader.u16(), hash: reader.bytes(32), cell: reader.bytes(LARGE) };
  });
  const past = Array.from({ length: reader.u8() }, () => ({ expiry: reader.u16(), hash: reader.bytes(32) }));
  const opened = Array.from({ length: reader.u16() }, () => reader.bytes(TH));
  if (phase === undefined || !reader.done()) return fail("malformed");
  return ok({ phase, ...terms, secret, ownerSecret, ownerPk: core.edPublic(ownerSecret), keys, bundles, past, opened });
}
