/**
 * A session: two chains of one-time keys and the cells they seal (protocol.md §11). Symmetric steps only: what a stolen
 * state opens stays open until a new first contact; the fields of a ratchet (after the Double Ratchet with header
 * encryption, Signal) have their final place and are zero.
 *
 * Cell: `envelope 20 | GCM(HK_direction, nonce tag[0..12], AAD envelope; header 52) 68 | GCM(key 32, nonce 12, AAD all
 * before; content)`, 1,944 B of content in 2 KiB, 16,280 B in 16 KiB. Header: `dh 32 | pn u32 | n u32 | p u32 | n_pq u32 |
 * flags u32`, all but n zero.
 *
 *     mk_n = HMAC(CK_n, "chain-step" ∥ 1)    CK_(n+1) = HMAC(CK_n, "chain-step" ∥ 2)
 *     key 32 ∥ nonce 12 = HKDF(salt tag, mk_n, "message")
 *
 * An end that has gone back to an older state, as a copied profile does, uses steps again. No key is used under the same
 * nonce for it: the tag is fresh, and key and nonce of the content come from it as the nonce of the header does. But the
 * other end has no key of such a step any more: it recognises the cell by the tag it opened there (steps.ts) and renews.
 *
 * Every function leaves its argument as it was; an error changes nothing.
 */
import { Fault } from "#node/errors.ts";
import type { Core } from "#node/ports.ts";
import { concat, EMPTY, isZero, Reader, Writer } from "./bytes.ts";
import { DAY_MS, MINUTE_MS, minuteOf, SKEW_MS } from "./clock.ts";
import { type CellSize, ENVELOPE, encodeEnvelope, expiryOf, LARGE, parseEnvelope, SMALL } from "./envelope.ts";
import { fail, ok, type Result } from "./errors.ts";
import { isOpened, NO_STEPS, readSteps, type Steps, UNKNOWN_STEPS, withStep, writeSteps } from "./steps.ts";

/** 0: the opener's, who sealed the first contact; 1: the other's. */
export type Role = 0 | 1;

export interface Session {
  sending: Chain;
  receiving: Chain;
  /** Keys of steps that were passed over, by n. */
  skipped: ReadonlyMap<number, SkippedKey>;
  /** What was opened at the last steps. */
  opened: Steps;
  /** Has any cell of the other end been opened? */
  established: boolean;
}
interface Chain {
  headerKey: Uint8Array; // 32
  key: Uint8Array; // 32, CK_n
  /** Next step. */
  n: number;
}
interface SkippedKey {
  key: Uint8Array; // 32, mk_n
  /** Minutes since 2026-01-01 when it was passed over. */
  since: number;
}

const HEADER = 32 + 5 * 4; // B
const SEALED_HEADER = HEADER + 16; // B
const OVERHEAD = ENVELOPE + SEALED_HEADER + 16; // B
const STATE_VERSION = 2;
/** Without the steps that were opened: as version 0.2.0 stored it. */
const STATE_WITHOUT_STEPS = 1;
/** Content of a cell of each size, B. */
export const CONTENT = { [SMALL]: SMALL - OVERHEAD, [LARGE]: LARGE - OVERHEAD } as const;
/** Steps that one cell may be ahead: bounds the work a header can ask for (tier 2, both ends must agree). */
export const STEPS_AHEAD = 2_000;
/** Skipped keys kept; beyond, the oldest are forgotten (tier 2). */
export const SKIPPED_LIMIT = 2_000;
/** Two lives of a cell: what a skipped key opens can no longer come after them. */
const SKIPPED_LIFE_MS = 14 * DAY_MS;
/** Steps skipped once after an unclean start: more cells than can have been sent after the last durable state. */
export const UNCLEAN_SKIP = 32;

/** From what the two ends agreed on. */
export function newSession(core: Core, sk: Uint8Array, role: Role): Session {
  const chain = (direction: Role): Chain => ({
    headerKey: label(core, sk, "header", direction),
    key: label(core, sk, "chain", direction),
    n: 0,
  });
  const [forth, back] = [chain(0), chain(1)];
  const [sending, receiving] = role === 0 ? [forth, back] : [back, forth];
  return { sending, receiving, skipped: new Map(), opened: NO_STEPS, established: false };
}

/** HKDF(SK, purpose ∥ direction), 32 B. */
export function label(core: Core, sk: Uint8Array, purpose: string, direction: Role): Uint8Array {
  return core.hkdf(EMPTY, sk, purpose, new Uint8Array([direction]), 32);
}

/**
 * One cell on the next step. `content` has exactly the room of one size (`CONTENT`); `tag` is 16 fresh random bytes.
 * The new session must be durable before the cell leaves. Throws Fault("too-large") or, after 2^32 steps, Fault("limit").
 */
export function sealCell(
  core: Core,
  session: Session,
  cell: { expiry: number; tag: Uint8Array; content: Uint8Array },
): { session: Session; cell: Uint8Array; n: number } {
  const { sending } = session;
  if (sizeFor(cell.content.length) === undefined) throw new Fault("too-large", "The content has no cell's size.");
  const envelope = encodeEnvelope(core, cell.expiry, cell.tag);
  const header = encodeHeader(sending.n);
  const head = concat(envelope, core.seal(sending.headerKey, cell.tag.slice(0, 12), envelope, header));
  const { key, nonce } = cellKey(core, cell.tag, messageKey(core, sending.key));
  const sealed = concat(head, core.seal(key, nonce, head, cell.content));
  return { session: { ...session, sending: advance(core, sending, 1) }, cell: sealed, n: sending.n };
}

/** The step of a cell, if its header opens with this session. Errors: malformed, unsupported, not-ours. */
export function readHeader(core: Core, session: Session, cell: Uint8Array): Result<number> {
  const envelope = parseEnvelope(core, cell);
  if (!envelope.ok) return envelope;
  const { tag, bytes } = envelope.value;
  const sealed = cell.subarray(ENVELOPE, ENVELOPE + SEALED_HEADER);
  const header = core.open(session.receiving.headerKey, tag.slice(0, 12), bytes, sealed);
  if (header === undefined) return fail("not-ours");
  const reader = new Reader(header);
  const ratchet = [reader.bytes(32), reader.bytes(4)];
  const n = reader.u32();
  ratchet.push(reader.rest());
  return ratchet.every(isZero) ? ok(n) : fail("unsupported");
}

/**
 * Opens a cell and moves the session on. `now` is network time.
 * Errors: malformed, unsupported, not-ours (no header of this session), copy (it was opened before), step-used (another
 * was opened at its step, or the step's key is forgotten), too-far-ahead, tampered.
 */
export function openCell(
  core: Core,
  session: Session,
  cell: Uint8Array,
  now: number,
): Result<{ session: Session; content: Uint8Array; n: number }> {
  const step = readHeader(core, session, cell);
  if (!step.ok) return step;
  const n = step.value;
  const { receiving } = session;
  if (n - receiving.n > STEPS_AHEAD) return fail("too-far-ahead");
  const way = n >= receiving.n ? walk(core, receiving, n) : undefined;
  const mk = way === undefined ? session.skipped.get(n)?.key : messageKey(core, way.last.key);
  const sealed = { tag: cell.subarray(4, ENVELOPE), expiry: new Reader(cell.subarray(2, 4)).u16() };
  if (mk === undefined) return fail(isOpened(session.opened, n, sealed) ? "copy" : "step-used");
  const content = openContent(core, cell, mk);
  if (content === undefined) return fail("tampered");
  const skipped = new Map(session.skipped);
  skipped.delete(n);
  for (const at of way?.passed ?? []) skipped.set(at.n, { key: messageKey(core, at.key), since: minuteOf(now) });
  forgetOldest(skipped);
  const next = way === undefined ? receiving : advance(core, way.last, 1);
  const opened = withStep(session.opened, next.n, n, sealed, expiryOf(now + SKEW_MS, "week"));
  return ok({ session: { ...session, established: true, receiving: next, skipped, opened }, content, n });
}

/** After an unclean start or a take-over, once and before the first send: steps that may have been used are never used
 * for something else. */
export function skipUnclean(core: Core, session: Session): Session {
  return { ...session, sending: advance(core, session.sending, UNCLEAN_SKIP) };
}

/** Forgets skipped keys of more than 14 days. It cannot be undone, so `due` is the lower of own wall clock and network
 * time. */
export function forgetSkipped(session: Session, due: number): Session {
  const kept = [...session.skipped].filter(([, { since }]) => since >= minuteOf(due) - SKIPPED_LIFE_MS / MINUTE_MS);
  return kept.length === session.skipped.size ? session : { ...session, skipped: new Map(kept) };
}

/**
 * version u8 = 2 ∥ established u8 ∥ 2 × { header key 32 ∥ chain key 32 ∥ n u32 }, sending first ∥ count u16 × { n u32 ∥
 * key 32 ∥ since u32 min } ∥ steps (steps.ts). Version 1 ends before the steps.
 */
export function encodeSession(session: Session): Uint8Array {
  const writer = new Writer().u8(STATE_VERSION).u8(session.established ? 1 : 0);
  for (const { headerKey, key, n } of [session.sending, session.receiving]) writer.bytes(headerKey).bytes(key).u32(n);
  writer.u16(session.skipped.size);
  for (const [n, { key, since }] of session.skipped) writer.u32(n).bytes(key).u32(since);
  return writeSteps(writer, session.opened).finish();
}

/** Errors: malformed, unsupported. */
export function decodeSession(bytes: Uint8Array): Result<Session> {
  const reader = new Reader(bytes);
  const version = reader.u8();
  if (version !== STATE_VERSION && version !== STATE_WITHOUT_STEPS) return fail("unsupported");
  const established = reader.u8() === 1;
  const chain = (): Chain => ({ headerKey: reader.bytes(32), key: reader.bytes(32), n: reader.u32() });
  const [sending, receiving] = [chain(), chain()];
  const skipped = new Map<number, SkippedKey>();
  const count = reader.u16();
  for (let i = 0; i < count && reader.whole; i++) {
    skipped.set(reader.u32(), { key: reader.bytes(32), since: reader.u32() });
  }
  const opened = version === STATE_VERSION ? readSteps(reader) : UNKNOWN_STEPS;
  return reader.done() ? ok({ sending, receiving, skipped, opened, established }) : fail("malformed");
}

function sizeFor(content: number): CellSize | undefined {
  if (content === CONTENT[SMALL]) return SMALL;
  return content === CONTENT[LARGE] ? LARGE : undefined;
}

function encodeHeader(n: number): Uint8Array {
  return new Writer().bytes(new Uint8Array(36)).u32(n).bytes(new Uint8Array(12)).finish();
}

function messageKey(core: Core, chainKey: Uint8Array): Uint8Array {
  return core.hmac(chainKey, "chain-step", new Uint8Array([1]));
}

function advance(core: Core, chain: Chain, steps: number): Chain {
  if (chain.n + steps > 0xffff_ffff) throw new Fault("limit", "This session has used all its steps: begin a new one.");
  let key = chain.key;
  for (let i = 0; i < steps; i++) key = core.hmac(key, "chain-step", new Uint8Array([2]));
  return { ...chain, key, n: chain.n + steps };
}

/** Steps of a chain that were walked for a header. Whoever makes headers for a step far ahead, with bodies that do not open,
 * has the way paid for once; it goes with the chain. */
const walked = new WeakMap<Chain, Chain[]>();

/** The chain at step n, and at the steps before it. */
function walk(core: Core, chain: Chain, n: number): { passed: Chain[]; last: Chain } {
  const way = walked.get(chain) ?? [chain];
  let last = way[n - chain.n];
  for (let at = way[way.length - 1] ?? chain; last === undefined; ) {
    at = advance(core, at, 1);
    way.push(at);
    last = way[n - chain.n];
  }
  walked.set(chain, way);
  return { passed: way.slice(0, n - chain.n), last };
}

function cellKey(core: Core, tag: Uint8Array, mk: Uint8Array) {
  const reader = new Reader(core.hkdf(tag, mk, "message", EMPTY, 32 + 12));
  return { key: reader.bytes(32), nonce: reader.bytes(12) };
}

function openContent(core: Core, cell: Uint8Array, mk: Uint8Array): Uint8Array | undefined {
  const { key, nonce } = cellKey(core, cell.slice(4, ENVELOPE), mk);
  const at = ENVELOPE + SEALED_HEADER;
  return core.open(key, nonce, cell.slice(0, at), cell.subarray(at));
}

/** The oldest stand first: keys are only ever added at the end. */
function forgetOldest(skipped: Map<number, SkippedKey>): void {
  for (const n of skipped.keys()) {
    if (skipped.size <= SKIPPED_LIMIT) return;
    skipped.delete(n);
  }
}
