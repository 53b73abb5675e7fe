/**
 * The arithmetic behind `Crypto` against published vectors. VECTORS=full runs the long ones too (some minutes).
 */
import { createHash } from "node:crypto";
import { ml_kem1024 } from "@noble/post-quantum/ml-kem.js";
import { describe, expect, it } from "vitest";
import { nobleCrypto } from "#adapters/noble.ts";
import mldsa from "../vectors/ml-dsa-87.json" with { type: "json" };
import mlkem from "../vectors/ml-kem-1024.json" with { type: "json" };

const chosen = <T>(all: readonly T[]): readonly T[] => (process.env["VECTORS"] === "full" ? all : all.slice(0, 1));
/** `count` pieces of one endless SHAKE128 of nothing. */
function* pieces(count: number, length: number): Generator<Uint8Array> {
  const stream = createHash("shake128", { outputLength: count * length }).digest();
  for (let at = 0; at < stream.length; at += length) yield new Uint8Array(stream.subarray(at, at + length));
}
const LONG_MS = 900_000;
const accumulator = () => createHash("shake128", { outputLength: 32 });

describe(mlkem.algorithm, () => {
  it.each(chosen(mlkem.accumulated))(
    "$iterations iterations",
    async ({ iterations, digest }) => {
      const sum = accumulator();
      for (const piece of pieces(iterations, 96 + 1_568)) {
        const [seed, m, invalid] = [piece.slice(0, 64), piece.slice(64, 96), piece.slice(96)];
        const made = await nobleCrypto.kemEncapsulate(await nobleCrypto.kemPublic(seed), m);
        if (made === undefined) throw new Error("refused a good key");
        expect(await nobleCrypto.kemDecapsulate(seed, made.ciphertext)).toEqual(made.shared);
        const rejected = await nobleCrypto.kemDecapsulate(seed, invalid);
        const { publicKey, secretKey } = ml_kem1024.keygen(seed);
        sum.update(publicKey).update(secretKey).update(made.ciphertext).update(made.shared);
        sum.update(rejected as Uint8Array);
      }
      expect(sum.digest("hex")).toBe(digest);
    },
    LONG_MS,
  );

  it("answers undefined to keys and ciphertexts that are none", async () => {
    const [seed] = pieces(1, 64);
    const m = new Uint8Array(32);
    expect(await nobleCrypto.kemEncapsulate(new Uint8Array(1_568).fill(255), m)).toBeUndefined();
    expect(await nobleCrypto.kemEncapsulate(new Uint8Array(1_567), m)).toBeUndefined();
    expect(await nobleCrypto.kemDecapsulate(seed as Uint8Array, new Uint8Array(1_567))).toBeUndefined();
  });
});

describe(mldsa.algorithm, () => {
  it.each(chosen(mldsa.accumulated))(
    "$iterations iterations",
    async ({ iterations, digest }) => {
      const sum = accumulator();
      const nothing = new Uint8Array(0);
      for (const seed of pieces(iterations, 32)) {
        const publicKey = await nobleCrypto.dsaPublic(seed);
        const signature = await nobleCrypto.dsaSign(seed, nothing, new Uint8Array(32));
        sum.update(publicKey).update(signature);
        expect(await nobleCrypto.dsaVerify(publicKey, nothing, signature)).toBe(true);
      }
      expect(sum.digest("hex")).toBe(digest);
    },
    LONG_MS,
  );

  it("is hedged, and answers false to what is no signature", async () => {
    const [seed, random, message] = [...pieces(3, 32)] as [Uint8Array, Uint8Array, Uint8Array];
    const publicKey = await nobleCrypto.dsaPublic(seed);
    const signature = await nobleCrypto.dsaSign(seed, message, random);
    expect(await nobleCrypto.dsaSign(seed, message, random)).toEqual(signature);
    expect(await nobleCrypto.dsaSign(seed, message, message)).not.toEqual(signature);
    expect(await nobleCrypto.dsaVerify(publicKey, random, signature)).toBe(false);
    expect(await nobleCrypto.dsaVerify(publicKey, message, new Uint8Array(4_627).fill(255))).toBe(false);
    expect(await nobleCrypto.dsaVerify(publicKey, message, signature.slice(1))).toBe(false);
    expect(await nobleCrypto.dsaVerify(publicKey.slice(1), message, signature)).toBe(false);
  });
});
