/** Every entry that the files of a LevelDB hold, also those that were overwritten or removed and not yet compacted away. */
import { readFileSync } from "node:fs";
import { unsnappy } from "./snappy.ts";

export interface Entry {
  key: Uint8Array;
  value: Uint8Array;
}
const BLOCK = 32_768;
const HEAD = 7; // of a record of the log: crc 4, length 2, type 1
const FOOTER = 48;
const BATCH_HEAD = 12; // sequence 8, count 4

export function entriesOf(path: string): Entry[] {
  const bytes = new Uint8Array(readFileSync(path));
  return path.endsWith(".log") ? ofLog(bytes) : ofTable(bytes);
}

function ofLog(bytes: Uint8Array): Entry[] {
  const found: Entry[] = [];
  let whole: number[] = [];
  for (let block = 0; block < bytes.length; block += BLOCK) {
    for (let at = block; at + HEAD <= Math.min(block + BLOCK, bytes.length); ) {
      const length = (bytes[at + 4] as number) + 256 * (bytes[at + 5] as number);
      const type = bytes[at + 6] as number;
      const part = bytes.subarray(at + HEAD, at + HEAD + length);
      at += HEAD + length;
      if (type === 0) break;
      if (type === 1 || type === 2) whole = [];
      for (const byte of part) whole.push(byte);
      if (type === 1 || type === 4) found.push(...ofBatch(Uint8Array.from(whole)));
    }
  }
  return found;
}
function ofBatch(batch: Uint8Array): Entry[] {
  const found: Entry[] = [];
  const read = new Reader(batch, BATCH_HEAD);
  while (!read.over) {
    const put = read.byte() === 1;
    const key = read.bytes(read.varint());
    if (put) found.push({ key, value: read.bytes(read.varint()) });
  }
  return found;
}

function ofTable(bytes: Uint8Array): Entry[] {
  const footer = new Reader(bytes, bytes.length - FOOTER);
  footer.varint();
  footer.varint();
  const index = blockAt(bytes, footer);
  return ofBlock(index).flatMap(({ value }) => ofBlock(blockAt(bytes, new Reader(value, 0))));
}
function blockAt(bytes: Uint8Array, handle: Reader): Uint8Array {
  const [offset, size] = [handle.varint(), handle.varint()];
  const block = bytes.subarray(offset, offset + size);
  return bytes[offset + size] === 1 ? (unsnappy(block) ?? new Uint8Array(4)) : block;
}
function ofBlock(block: Uint8Array): Entry[] {
  const restarts = new DataView(block.buffer, block.byteOffset + block.length - 4).getUint32(0, true);
  const read = new Reader(block.subarray(0, block.length - 4 - 4 * restarts), 0);
  const found: Entry[] = [];
  let before = new Uint8Array(0);
  while (!read.over) {
    const [shared, rest, size] = [read.varint(), read.varint(), read.varint()];
    const key = Uint8Array.from([...before.subarray(0, shared), ...read.bytes(rest)]);
    found.push({ key, value: read.bytes(size) });
    before = key;
  }
  // Keys of tables end in sequence and type, 8 bytes.
  return found.map(({ key, value }) => ({ key: key.subarray(0, Math.max(0, key.length - 8)), value }));
}

export class Reader {
  readonly #bytes: Uint8Array;
  at: number;
  constructor(bytes: Uint8Array, at: number) {
    this.#bytes = bytes;
    this.at = at;
  }
  get over(): boolean {
    return this.at >= this.#bytes.length;
  }
  byte(): number {
    return this.#bytes[this.at++] ?? 0;
  }
  varint(): number {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = this.byte();
      value += (byte & 127) * factor;
      if (byte < 128 || this.over) return value;
    }
  }
  bytes(length: number): Uint8Array {
    const part = this.#bytes.subarray(this.at, this.at + length);
    this.at += length;
    return part;
  }
}
