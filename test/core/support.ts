/** What the tests of the core share: the module, a seeded generator, and an independent BLAKE2b. */
import { readFileSync } from "node:fs";
import { coreOf } from "#adapters/core.ts";

export const core = coreOf(readFileSync(new URL("../../core-wasm/pkg/nodus_core_bg.wasm", import.meta.url)));

export const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
export const ascii = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, "latin1"));
export const concat = (...parts: Uint8Array[]): Uint8Array => new Uint8Array(Buffer.concat(parts));

/** `u8 length ∥ "nodus/1/<purpose>"`, written down once more on purpose. */
export function prefix(purpose: string): Uint8Array {
  const text = ascii(`nodus/1/${purpose}`);
  return concat(Uint8Array.of(text.length), text);
}

/** xorshift32: the same numbers every run. */
export class Dice {
  #state: number;
  constructor(seed: number) {
    this.#state = Math.imul(seed + 1, 0x9e3779b1) >>> 0 || 1;
  }
  below(bound: number): number {
    this.#state ^= this.#state << 13;
    this.#state ^= this.#state >>> 17;
    this.#state ^= this.#state << 5;
    return (this.#state >>> 0) % bound;
  }
  bytes(length: number): Uint8Array {
    return Uint8Array.from({ length }, () => this.below(256));
  }
}

const MASK = (1n << 64n) - 1n;
const IV = [
  0x6a09e667f3bcc908n,
  0xbb67ae8584caa73bn,
  0x3c6ef372fe94f82bn,
  0xa54ff53a5f1d36f1n,
  0x510e527fade682d1n,
  0x9b05688c2b3e6c1fn,
  0x1f83d9abfb41bd6bn,
  0x5be0cd19137e2179n,
];
/** The permutations of §2.7, one hex digit an index. */
const SIGMA = [
  "0123456789abcdef",
  "ea489fd61c02b753",
  "b8c052fdae367194",
  "7931dcbe265a40f8",
  "905724afe1bc683d",
  "2c6a0b834d75fe19",
  "c51fed4a0763928b",
  "db7ec13950f4862a",
  "6fe9b308c2d714a5",
  "a2847615fb9e3cd0",
];

/** BLAKE2b-256 as RFC 7693 §3 writes it, slow and obvious: Node's own gives 512 bits only. */
export function blake2b256(input: Uint8Array): Uint8Array {
  const h = [...IV];
  h[0]! ^= 0x01010020n;
  const blocks = Math.max(1, Math.ceil(input.length / 128));
  for (let block = 0; block < blocks; block++) {
    const bytes = new Uint8Array(128);
    bytes.set(input.subarray(block * 128, block * 128 + 128));
    const view = new DataView(bytes.buffer);
    const m = Array.from({ length: 16 }, (_, at) => view.getBigUint64(at * 8, true));
    const v = [...h, ...IV];
    const last = block === blocks - 1;
    v[12]! ^= BigInt(last ? input.length : (block + 1) * 128);
    if (last) v[14]! ^= MASK;
    for (let round = 0; round < 12; round++) {
      const s = Array.from(SIGMA[round % 10]!, (digit) => Number.parseInt(digit, 16));
      const mix = (a: number, b: number, c: number, d: number, step: number): void => {
        const turn = (value: bigint, by: bigint): bigint => ((value >> by) | (value << (64n - by))) & MASK;
        v[a] = (v[a]! + v[b]! + m[s[2 * step]!]!) & MASK;
        v[d] = turn(v[d]! ^ v[a], 32n);
        v[c] = (v[c]! + v[d]) & MASK;
        v[b] = turn(v[b]! ^ v[c], 24n);
        v[a] = (v[a] + v[b] + m[s[2 * step + 1]!]!) & MASK;
        v[d] = turn(v[d] ^ v[a], 16n);
        v[c] = (v[c] + v[d]) & MASK;
        v[b] = turn(v[b] ^ v[c], 63n);
      };
      for (let column = 0; column < 4; column++) mix(column, column + 4, column + 8, column + 12, column);
      for (let diagonal = 0; diagonal < 4; diagonal++) {
        const [b, c, d] = [4 + ((diagonal + 1) % 4), 8 + ((diagonal + 2) % 4), 12 + ((diagonal + 3) % 4)];
        mix(diagonal, b, c, d, 4 + diagonal);
      }
    }
    for (let at = 0; at < 8; at++) h[at]! ^= v[at]! ^ v[at + 8]!;
  }
  const out = new Uint8Array(32);
  for (let at = 0; at < 4; at++) new DataView(out.buffer).setBigUint64(at * 8, h[at]!, true);
  return out;
}
