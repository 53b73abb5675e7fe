/**
 * Big-endian reading and writing of the chat's own layouts. A reader never throws: what is missing reads as zero, and
 * `done()` at the end tells whether all of it was there. Nothing about meaning here.
 */
export const EMPTY = new Uint8Array(0);

export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** Compares all bytes whatever they are, so that time tells nothing about secrets of equal length. */
export function equal(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  let different = 0;
  for (let i = 0; i < a.length; i++) different |= (a[i] as number) ^ (b[i] as number);
  return different === 0;
}

/** Order of equally long byte strings as numbers: negative, zero or positive. */
export function compare(a: Uint8Array, b: Uint8Array): number {
  const shorter = Math.min(a.length, b.length);
  for (let i = 0; i < shorter; i++) {
    const difference = (a[i] as number) - (b[i] as number);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

export function isZero(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 0);
}

/** `bytes` followed by zeros up to `length`. */
export function padded(bytes: Uint8Array, length: number): Uint8Array {
  const all = new Uint8Array(length);
  all.set(bytes);
  return all;
}

export function toHex(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += byte.toString(16).padStart(2, "0");
  return text;
}

export class Writer {
  readonly #parts: Uint8Array[] = [];

  u8(value: number): this {
    return this.#number(1, (view) => view.setUint8(0, value));
  }
  u16(value: number): this {
    return this.#number(2, (view) => view.setUint16(0, value));
  }
  u32(value: number): this {
    return this.#number(4, (view) => view.setUint32(0, value));
  }
  u64(value: bigint): this {
    return this.#number(8, (view) => view.setBigUint64(0, value));
  }
  /** A safe non-negative integer, such as a time in ms, as u64. */
  safe(value: number): this {
    return this.u64(BigInt(value));
  }
  bytes(value: Uint8Array): this {
    this.#parts.push(value);
    return this;
  }
  /** u16 length ∥ bytes. */
  block(value: Uint8Array): this {
    return this.u16(value.length).bytes(value);
  }
  finish(): Uint8Array {
    return concat(...this.#parts);
  }

  #number(length: number, set: (view: DataView) => void): this {
    const part = new Uint8Array(length);
    set(new DataView(part.buffer));
    this.#parts.push(part);
    return this;
  }
}

export class Reader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;
  #broken = false;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  u8(): number {
    return this.#has(1) ? this.#view.getUint8(this.#at++) : 0;
  }
  u16(): number {
    return this.#has(2) ? this.#view.getUint16(this.#step(2)) : 0;
  }
  u32(): number {
    return this.#has(4) ? this.#view.getUint32(this.#step(4)) : 0;
  }
  u64(): bigint {
    return this.#has(8) ? this.#view.getBigUint64(this.#step(8)) : 0n;
  }
  /** A u64 that a number can hold; any other is not ours. */
  safe(): number {
    const value = this.u64();
    if (value <= BigInt(Number.MAX_SAFE_INTEGER)) return Number(value);
    this.#broken = true;
    return 0;
  }
  /** A copy: the source may be a view of memory that is used again. */
  bytes(length: number): Uint8Array {
    if (!this.#has(length)) return new Uint8Array(0);
    const at = this.#step(length);
    return this.#bytes.slice(at, at + length);
  }
  block(): Uint8Array {
    return this.bytes(this.u16());
  }
  rest(): Uint8Array {
    return this.bytes(this.left);
  }
  /** Bytes not yet read; 0 once something was missing, so that loops over the rest end. */
  get left(): number {
    return this.#broken ? 0 : this.#bytes.length - this.#at;
  }
  /** True while nothing was missing. */
  get whole(): boolean {
    return !this.#broken;
  }
  /** True when everything was there and everything was read. */
  done(): boolean {
    return !this.#broken && this.#at === this.#bytes.length;
  }

  #has(length: number): boolean {
    if (this.#at + length > this.#bytes.length) this.#broken = true;
    return !this.#broken;
  }
  #step(length: number): number {
    const at = this.#at;
    this.#at += length;
    return at;
  }
}
