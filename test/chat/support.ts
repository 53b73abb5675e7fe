/** What all tests of the chat share: a context over the real core and real post-quantum arithmetic, people, time. */
import { readFileSync } from "node:fs";
import { expect } from "vitest";
import { coreOf } from "#adapters/core.ts";
import { SeededRandom } from "#adapters/memory-random.ts";
import { nobleCrypto } from "#adapters/noble.ts";
import { signCard } from "#chat/card.ts";
import { DAY_MS, EPOCH_MS, HOUR_MS } from "#chat/clock.ts";
import type { Context } from "#chat/context.ts";
import type { ChatError, Result } from "#chat/errors.ts";
import { type Identity, identityFrom, newEntropy } from "#chat/identity.ts";
import { type Item, type MessageId, messageId } from "#chat/items.ts";
import { newPrekeys } from "#chat/prekey.ts";

export const core = coreOf(readFileSync(new URL("../../core-wasm/pkg/nodus_core_bg.wasm", import.meta.url)));
export const NETWORK = core.network("nodus/1/test-chat");
/** 2026-07-10T13:00Z, an hour like any other. */
export const NOW = EPOCH_MS + 190 * DAY_MS + 13 * HOUR_MS;

export function contextOf(seed: number): Context {
  return { core, crypto: nobleCrypto, random: new SeededRandom(seed), network: NETWORK };
}

/** The same with post-quantum arithmetic that costs nothing and agrees to everything: for ten thousand runs of a parser. */
export function lenient(context: Context): Context {
  const yes = { dsaVerify: async () => true, kemDecapsulate: async () => new Uint8Array(32) };
  return { ...context, crypto: { ...context.crypto, ...yes } };
}

export interface Person {
  me: Identity;
  card: Uint8Array;
}
export async function person(context: Context): Promise<Person> {
  const me = await identityFrom(context, newEntropy(context.random));
  const prekeys = await newPrekeys(context);
  return { me, card: await signCard(context, me, prekeys, { generation: 270_000, now: NOW, stampBits: 22 }) };
}

export function id(context: Context): MessageId {
  return messageId(context.random.bytes(16));
}
export function text(context: Context, words: string): Item {
  return { kind: "text", id: id(context), sent: NOW, text: words };
}

/** The value of a result that must be good. */
export function good<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(`refused: ${result.error}`);
  return result.value;
}
export function refused(result: Result<unknown>): ChatError | undefined {
  return result.ok ? undefined : result.error;
}

/** A copy with one bit of one byte turned. */
export function tampered(bytes: Uint8Array, at: number): Uint8Array {
  const copy = bytes.slice();
  copy[at] = (copy[at] as number) ^ 1;
  return copy;
}
/** Runs, and fails if the bytes or state that went in are not what they were. */
export async function unchanged<T, R>(state: T, run: (state: T) => R | Promise<R>): Promise<R> {
  const before = structuredClone(state);
  const result = await run(state);
  expect(state).toEqual(before);
  return result;
}

/** Every fuzz test prints its seed: `FUZZ_SEED=… npm test` runs it again. */
export function fuzzing(runs = 10_000): { numRuns: number; seed: number; verbose: 0 } {
  const seed = Number(process.env["FUZZ_SEED"] ?? Date.now() % 2 ** 31);
  console.log(`fuzz seed ${seed}`);
  return { numRuns: runs, seed, verbose: 0 };
}
