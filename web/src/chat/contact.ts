/**
 * A contact: whose keys are pinned, what they told us, and which of the pairs counts (protocol.md §11). The pairs
 * themselves are stored apart, because they change with every cell.
 */
import type { Core, NodeId } from "#node/ports.ts";
import { compare, equal, Reader, Writer } from "./bytes.ts";
import { DAY_MS } from "./clock.ts";
import { expiryOf } from "./envelope.ts";
import { fail, ok, type Result } from "./errors.ts";
import { MLDSA_PK, type PublicIdentity, publicIdentity } from "./identity.ts";
import type { AtItem } from "./items.ts";
import type { Pair } from "./pair.ts";
import { lastExpiry } from "./steps.ts";

/** request: they wrote first and wait for our decision; pending: we wrote first and they have not answered; open. */
export type ContactPhase = "request" | "pending" | "open";

/** Where a node is, as an AT item says it. */
export interface Whereabouts {
  nodeId: NodeId;
  x25519Pk: Uint8Array; // 32
  incarnation: bigint;
}
export interface Contact {
  phase: ContactPhase;
  /** Pinned at first contact. */
  keys: PublicIdentity;
  /** The name they go by; "" where they gave none. */
  name: string;
  /** ms, network time of the last sign of life of theirs, for the order of reading and knocking. */
  lastHeard: number;
  /** ms when the contact was made here. */
  created: number;
  /** Their node, as last told. */
  at: Whereabouts | undefined;
  /** Our node, as last told to them. */
  told: Whereabouts | undefined;
}

/** How long a pair that no longer counts is still read: one life of a cell and a day (tier 2). */
const RETIRED_READ_MS = 8 * DAY_MS;
/** Pairs of one contact: three renewals a day from either side may begin, and what is read of each costs. Tier 3. */
const PAIRS_LIMIT = 16;
const STATE_VERSION = 1;
const PHASES: readonly ContactPhase[] = ["request", "pending", "open"];

export function newContact(phase: ContactPhase, keys: PublicIdentity, name: string, now: number): Contact {
  return { phase, keys, name, lastHeard: now, created: now, at: undefined, told: undefined };
}

/** The pairs of one contact after another first contact, ours or theirs. */
export function withPair(pairs: readonly Pair[], added: Pair, now: number): Pair[] {
  return settle(pairs.some((pair) => equal(pair.th, added.th)) ? pairs : bounded([...pairs, added]), now);
}
/** After a renewal of ours: it counts at once, because the others have been lost at the other end. */
export function withRenewal(pairs: readonly Pair[], added: Pair, now: number): Pair[] {
  return settle(bounded([...pairs.map((pair) => ({ ...pair, ended: true })), added]), now);
}

/**
 * Decides on which pair to go on, after one was added or became established. A pair that only we may know of, an own
 * first contact without an answer, counts only while there is no other: the invite it went through may be over. Of those
 * that both know, the newest by the time in its first contact, which is the same at both ends, and of two of one instant
 * the lower th. So both ends come to the same choice, in whatever order they learn. What we renewed is out of the choice:
 * the renewal is newer, so that it would lose at the other end, too. The others are read for 8 days more.
 */
export function settle(pairs: readonly Pair[], now: number): Pair[] {
  const live = pairs.filter((pair) => !pair.ended);
  const shared = live.filter(isShared);
  const chosen = newestOf(shared.length > 0 ? shared : live);
  return pairs.map((pair) => {
    if (pair === chosen) return pair.retired === 0 ? pair : { ...pair, retired: 0 };
    return pair.retired === 0 ? { ...pair, retired: now } : pair;
  });
}
/** The pair to send on. */
export function sendingPair(pairs: readonly Pair[]): Pair | undefined {
  return pairs.find((pair) => pair.retired === 0);
}
/** Do both ends know of it? */
export function isShared(pair: Pair): boolean {
  return pair.role === 1 || pair.session.established;
}
/** The pairs still to be read; the rest can be erased. `due` is the lower of own wall clock and network time. While only
 * we may know of the one that counts, the other end may still write on any other. */
export function pairsToRead(pairs: readonly Pair[], due: number): Pair[] {
  const used = sendingPair(pairs);
  if (used !== undefined && !isShared(used)) return [...pairs];
  return pairs.filter((pair) => !isPastReading(pair, due));
}
/** Another took over so long ago that no cell of it lives any more. */
export function isPastReading({ retired }: Pair, due: number): boolean {
  return retired !== 0 && due >= retired + RETIRED_READ_MS;
}

/** The pair that counts here, where the other end wrote `by` an older one after all it ever wrote on that: a profile that has
 * gone back to an older state knows nothing of it. Expiries tell the time to 6 h; `margin`, in such units, is for two
 * renewals that cross. */
export function forgottenPair(pairs: readonly Pair[], by: Pair, expiry: number, margin: number): Pair | undefined {
  const used = sendingPair(pairs);
  if (used === undefined || used === by || !isShared(used)) return undefined;
  const last = Math.max(expiryOf(used.created, "week"), lastExpiry(used.session.opened));
  return expiry > last + margin ? used : undefined;
}

/** What an AT item or a good token taught: the highest incarnation wins. */
export function heardFrom(contact: Contact, at: Whereabouts): Contact {
  if (contact.at !== undefined && at.incarnation < contact.at.incarnation) return contact;
  const { nodeId, x25519Pk, incarnation } = at;
  return { ...contact, at: { nodeId, x25519Pk, incarnation } };
}
/** Must they be told where we are? A new node, a new key, or the first cell of a session (`told` undefined). */
export function mustTell(contact: Contact, own: Whereabouts): boolean {
  const { told } = contact;
  return told === undefined || !equal(told.nodeId, own.nodeId) || !equal(told.x25519Pk, own.x25519Pk);
}
export function atItem({ nodeId, x25519Pk, incarnation }: Whereabouts): AtItem {
  return { kind: "at", nodeId, x25519Pk, incarnation };
}

/**
 * version u8 = 1 ∥ phase u8 ∥ Ed25519 pk 32 ∥ ML-DSA pk 2592 ∥ last heard u64 ms ∥ created u64 ms ∥ name block ∥ 2 ×
 * (0 u8, or 1 u8 ∥ NodeID 32 ∥ x25519_pk 32 ∥ incarnation u64), theirs first.
 */
export function encodeContact(core: Core, contact: Contact): Uint8Array {
  const writer = new Writer().u8(STATE_VERSION).u8(PHASES.indexOf(contact.phase));
  writer.bytes(contact.keys.edPk).bytes(contact.keys.mldsaPk).safe(contact.lastHeard).safe(contact.created);
  writer.block(core.utf8(contact.name));
  for (const at of [contact.at, contact.told]) {
    writer.u8(at === undefined ? 0 : 1);
    if (at !== undefined) writer.bytes(at.nodeId).bytes(at.x25519Pk).u64(at.incarnation);
  }
  return writer.finish();
}

/** Errors: malformed, unsupported. */
export function decodeContact(core: Core, bytes: Uint8Array): Result<Contact> {
  const reader = new Reader(bytes);
  if (reader.u8() !== STATE_VERSION) return fail("unsupported");
  const phase = PHASES[reader.u8()];
  const [edPk, mldsaPk] = [reader.bytes(32), reader.bytes(MLDSA_PK)];
  const times = { lastHeard: reader.safe(), created: reader.safe() };
  const name = core.text(reader.block());
  const whereabouts = (): Whereabouts | undefined => {
    if (reader.u8() === 0) return undefined;
    return { nodeId: reader.bytes(32) as NodeId, x25519Pk: reader.bytes(32), incarnation: reader.u64() };
  };
  const [at, told] = [whereabouts(), whereabouts()];
  if (phase === undefined || name === undefined || !reader.done()) return fail("malformed");
  return ok({ phase, keys: publicIdentity(core, edPk, mldsaPk), name, ...times, at, told });
}

export function newestOf(pairs: readonly Pair[]): Pair | undefined {
  return pairs.reduce<Pair | undefined>((a, b) => (a && newer(a, b) ? a : b), undefined);
}
function newer(a: Pair, b: Pair): boolean {
  return a.created !== b.created ? a.created > b.created : compare(a.th, b.th) < 0;
}
/** Without the oldest beyond the limit. */
function bounded(pairs: readonly Pair[]): Pair[] {
  const kept = [...pairs].sort((a, b) => (newer(a, b) ? -1 : 1)).slice(0, PAIRS_LIMIT);
  return pairs.filter((pair) => kept.includes(pair));
}
