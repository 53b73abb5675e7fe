/**
 * How a holder's cells lie on disk. Two keys a cell: a short note that the index is rebuilt from at start, and the cell
 * itself, read only when somebody asks for it. Every value begins with 16 B of hash over its key and its body, so that
 * no flipped bit and no value under a wrong key is ever taken for ours.
 *
 *     kept/<address>/c<H(cell)>  check 16 ∥ header 20 ∥ size u32 ∥ signer u8 ∥ arrived u64 ∥ rank u64
 *     kept/<address>/t<header>   check 16 ∥ reason u8 ∥ sig 64 ∥ size u32 ∥ arrived u64 [∥ rank u64, of an inbox]
 *     cell/<address>/<H(cell)>   check 16 ∥ signer u8 ∥ sig 64 ∥ stamp u64 ∥ cell
 */
import { concat, equal, fromHex, hex, u8, u64 } from "../bytes.ts";
import type { Change, Core } from "../ports.ts";
import { HEADER_BYTES } from "./cells.ts";
import { type Held, headerBytes, type Tombstone } from "./holder-index.ts";

export const KEPT = "kept/";
const CHECK_BYTES = 16;
const SIG_BYTES = 64;
const NOTE_BYTES = HEADER_BYTES + 4 + 1 + 8 + 8;
const RANK_BYTES = 8;
const TOMBSTONE_BYTES = 1 + SIG_BYTES + 4 + 8;

/** A cell with what its author proved about it: all that GET gives away. */
export interface CellValue {
  signer: number;
  sig: Uint8Array;
  stamp: bigint;
  cell: Uint8Array;
}
/** One entry of the index as it came from disk. */
export type Restored =
  | { kind: "cell"; address: string; hash: string; held: Held }
  | { kind: "tombstone"; address: string; tombstone: Tombstone };

export const cellKey = (address: string, hash: string): string => `cell/${address}/${hash}`;
const noteKey = (address: string, hash: string): string => `${KEPT}${address}/c${hash}`;
const tombstoneKey = (address: string, header: string): string => `${KEPT}${address}/t${header}`;

/** Keeps a cell: both its keys. */
export const keepCell = (
  core: Core,
  address: string,
  hash: string,
  held: Held,
  { signer, sig, stamp, cell }: CellValue,
  rank = held.rank,
): Change[] => [
  put(core, noteKey(address, hash), headerBytes(held.header), u32(held.size), u8(signer), u64(held.arrived), u64(rank)),
  put(core, cellKey(address, hash), u8(signer), sig, u64(stamp), cell),
];
export const dropCell = (address: string, hash: string): Change[] => [
  { key: noteKey(address, hash), value: undefined },
  { key: cellKey(address, hash), value: undefined },
];
export const keepTombstone = (core: Core, address: string, tombstone: Tombstone): Change =>
  put(
    core,
    tombstoneKey(address, tombstone.header),
    u8(tombstone.reason),
    fromHex(tombstone.sig, SIG_BYTES) ?? new Uint8Array(SIG_BYTES),
    u32(tombstone.size),
    u64(tombstone.arrived),
    ...(tombstone.rank > 0n ? [u64(tombstone.rank)] : []),
  );
export const dropTombstone = (address: string, header: string): Change => ({
  key: tombstoneKey(address, header),
  value: undefined,
});

/** undefined: not what was written under this key. */
export const readCell = (core: Core, key: string, value: Uint8Array): CellValue | undefined => {
  const body = checked(core, key, value);
  if (body === undefined || body.length < 1 + SIG_BYTES + 8 + HEADER_BYTES) return undefined;
  return {
    signer: body[0] ?? 0,
    sig: body.slice(1, 1 + SIG_BYTES),
    stamp: numbers(body).getBigUint64(1 + SIG_BYTES),
    cell: body.slice(1 + SIG_BYTES + 8),
  };
};

/** A note that cannot be read takes its cell with it: nobody would find it again. */
export const dropKept = (key: string): Change[] => {
  const [address = "", name = ""] = key.slice(KEPT.length).split("/");
  const drop = { key, value: undefined };
  return name.startsWith("c") ? [drop, { key: cellKey(address, name.slice(1)), value: undefined }] : [drop];
};

/** undefined: not what was written under this key. */
export const readKept = (core: Core, key: string, value: Uint8Array): Restored | undefined => {
  const [address = "", name = ""] = key.slice(KEPT.length).split("/");
  const body = checked(core, key, value);
  if (body === undefined || fromHex(address, 32) === undefined) return undefined;
  return name.startsWith("c") ? readNote(address, name.slice(1), body) : readTombstone(address, name.slice(1), body);
};

const readNote = (address: string, hash: string, body: Uint8Array): Restored | undefined => {
  if (body.length !== NOTE_BYTES || fromHex(hash, 32) === undefined) return undefined;
  const view = numbers(body);
  const held: Held = {
    header: hex(body.subarray(0, HEADER_BYTES)),
    size: view.getUint32(HEADER_BYTES),
    signer: view.getUint8(HEADER_BYTES + 4),
    arrived: Number(view.getBigUint64(HEADER_BYTES + 5)),
    rank: view.getBigUint64(HEADER_BYTES + 13),
    durable: true,
  };
  return { kind: "cell", address, hash, held };
};

const readTombstone = (address: string, header: string, body: Uint8Array): Restored | undefined => {
  const isRanked = body.length === TOMBSTONE_BYTES + RANK_BYTES;
  if ((body.length !== TOMBSTONE_BYTES && !isRanked) || fromHex(header, HEADER_BYTES) === undefined) return undefined;
  const view = numbers(body);
  const tombstone: Tombstone = {
    header,
    reason: view.getUint8(0),
    sig: hex(body.subarray(1, 1 + SIG_BYTES)),
    size: view.getUint32(1 + SIG_BYTES),
    arrived: Number(view.getBigUint64(1 + SIG_BYTES + 4)),
    rank: isRanked ? view.getBigUint64(TOMBSTONE_BYTES) : 0n,
    durable: true,
  };
  return { kind: "tombstone", address, tombstone };
};

const put = (core: Core, key: string, ...parts: Uint8Array[]): Change => {
  const body = concat(...parts);
  return { key, value: concat(checkOf(core, key, body), body) };
};
const checked = (core: Core, key: string, value: Uint8Array): Uint8Array | undefined => {
  const body = value.subarray(CHECK_BYTES);
  return equal(value.subarray(0, CHECK_BYTES), checkOf(core, key, body)) ? body : undefined;
};
const checkOf = (core: Core, key: string, body: Uint8Array): Uint8Array =>
  core.hash("at-rest", core.utf8(key), body).subarray(0, CHECK_BYTES);

const numbers = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
const u32 = (value: number): Uint8Array => Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value);
