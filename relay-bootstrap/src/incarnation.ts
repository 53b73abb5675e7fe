/**
 * The incarnation of a bootstrap node: one series for ever (protocol.md §3), durable before the first HELLO. It lies in
 * the store and, since a store may be set aside or its disk be full, in a file beside the key, whose size never changes: to
 * overwrite it takes no room (docs/protocol/data-folder.md). Layer: relay.
 */
import { createHash } from "node:crypto";
import { closeSync, fsyncSync, openSync, writeSync } from "node:fs";
import { Fault } from "#node/errors.ts";
import { incarnationAfter, incarnationKey, readIncarnation, writeIncarnation } from "#node/keys.ts";
import type { Storage } from "#node/ports.ts";
import { OperatorError } from "./faults.ts";
import { mustBeWritable, readPlain, writeWhole } from "./plain-file.ts";

const KEY = incarnationKey("node");
/** Two slots, written in turn, so that a write that is cut short leaves the other: value u64 ∥ check 32 ∥ zeros. */
const SLOT = 64;
const VALUE_BYTES = 8;
const PURPOSE = "nodus/1/incarnation";

export class IncarnationFile {
  readonly #path: string;
  /** Undefined where it is not there, or not in its size. */
  readonly #slots: readonly (bigint | undefined)[] | undefined;
  /** Something is there that was not written so. */
  readonly isDamaged: boolean;

  constructor(path: string) {
    this.#path = path;
    const bytes = readPlain(path);
    mustBeWritable(path);
    this.#slots = bytes?.length === 2 * SLOT ? [slotAt(bytes, 0), slotAt(bytes, 1)] : undefined;
    this.isDamaged = bytes !== undefined && (this.#slots?.includes(undefined) ?? true);
  }

  /** The highest that was written; undefined where none can be read. */
  get last(): bigint | undefined {
    return (this.#slots ?? []).reduce((a, b) => ((b ?? -1n) > (a ?? -1n) ? b : a), undefined);
  }

  /** Durable when it returns. Throws an OperatorError where the disk refuses. */
  write(value: bigint): void {
    const slot = slotOf(value);
    if (this.#slots === undefined) {
      writeWhole(this.#path, Buffer.concat([slot, slot]));
      return;
    }
    const [first, second] = this.#slots;
    const file = openSync(this.#path, "r+");
    try {
      writeSync(file, slot, 0, SLOT, (first ?? -1n) <= (second ?? -1n) ? 0 : SLOT);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
  }
}

export interface Counted {
  incarnation: bigint;
  /** The store took no write. */
  isFull: boolean;
}

/** Counts up from whichever of the two remembers more. With neither to be written the wall clock alone keeps the series:
 * a full disk must not end a node, and it is back in the series with the first start that has room. */
export async function countUp(store: Storage, file: IncarnationFile, wall: number): Promise<Counted> {
  const stored = readIncarnation(await store.load(KEY).catch(ofDisk));
  const last = [stored, file.last ?? 0n].reduce((a, b) => (a > b ? a : b));
  const incarnation = incarnationAfter(last, wall);
  try {
    file.write(incarnation);
  } catch (error) {
    if (!(error instanceof OperatorError || (error instanceof Error && "errno" in error))) throw error;
  }
  const fault = await keep(store, incarnation);
  return { incarnation, isFull: fault !== undefined };
}

/** What the store says of a small write; undefined: it took it. */
export async function keep(store: Storage, incarnation: bigint): Promise<string | undefined> {
  try {
    await store.save([{ key: KEY, value: writeIncarnation(incarnation) }]);
    return undefined;
  } catch (error) {
    if (error instanceof Fault) return error.code;
    throw error;
  }
}

/** A store that cannot be read says nothing; that it cannot is told by the store itself. */
const ofDisk = (error: unknown): undefined => {
  if (!(error instanceof Fault)) throw error;
};

function slotOf(value: bigint): Buffer {
  const slot = Buffer.alloc(SLOT);
  slot.writeBigUInt64BE(value);
  checkOf(slot.subarray(0, VALUE_BYTES)).copy(slot, VALUE_BYTES);
  return slot;
}

function slotAt(bytes: Buffer, at: number): bigint | undefined {
  const slot = bytes.subarray(at * SLOT, (at + 1) * SLOT);
  const value = slot.readBigUInt64BE();
  return slotOf(value).equals(slot) ? value : undefined;
}

const checkOf = (value: Uint8Array): Buffer => createHash("sha256").update(PURPOSE).update(value).digest();
