/**
 * Randomness that a seed repeats: xoshiro128** (Blackman and Vigna), seeded through splitmix32. For simulation and
 * tests only; nothing here is fit for keys. Layer: adapters.
 */
import type { Random } from "#node/ports.ts";

/** A 32-bit digest of a seed in words; enough to keep the streams of different names apart. */
function seedOf(text: string): number {
  let digest = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) digest = Math.imul(digest ^ text.charCodeAt(at), 0x01000193);
  return digest >>> 0;
}

export class SeededRandom implements Random {
  readonly #name: string;
  #a: number;
  #b: number;
  #c: number;
  #d: number;

  constructor(seed: number | string) {
    this.#name = String(seed);
    let state = seedOf(this.#name);
    const word = (): number => {
      state = (state + 0x9e3779b9) | 0;
      let mixed = state;
      mixed = Math.imul(mixed ^ (mixed >>> 16), 0x21f0aaad);
      mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
      return mixed ^ (mixed >>> 15);
    };
    this.#a = word();
    this.#b = word();
    this.#c = word();
    this.#d = word() | 1; // an all-zero state would stay zero
  }

  /** A stream of its own: drawing from one never moves another. */
  fork(name: string): SeededRandom {
    return new SeededRandom(`${this.#name}/${name}`);
  }

  /** 0 … 2^32 − 1. */
  next(): number {
    const five = Math.imul(this.#b, 5);
    const result = Math.imul((five << 7) | (five >>> 25), 9);
    const shifted = this.#b << 9;
    this.#c ^= this.#a;
    this.#d ^= this.#b;
    this.#b ^= this.#c;
    this.#a ^= this.#d;
    this.#c ^= shifted;
    this.#d = (this.#d << 11) | (this.#d >>> 21);
    return result >>> 0;
  }

  /** 0 ≤ x < 1. */
  unit(): number {
    return this.next() / 0x1_0000_0000;
  }

  /** A whole number 0 … n − 1. */
  below(n: number): number {
    return Math.floor(this.unit() * n);
  }

  /** True with this probability; draws nothing where the answer is certain. */
  chance(probability: number): boolean {
    return probability > 0 && this.unit() < probability;
  }

  bytes(n: number): Uint8Array {
    const out = new Uint8Array(n);
    let word = 0;
    for (let at = 0; at < n; at++) {
      word = (at & 3) === 0 ? this.next() : word >>> 8;
      out[at] = word;
    }
    return out;
  }
}
