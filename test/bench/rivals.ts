/**
 * What the core is measured against, on the same machine in the same run: Ed25519 of WebCrypto and of noble, BLAKE2b of
 * noble. Noble is here because the post-quantum library stands on it; nothing that ships uses these parts of it.
 */
import { ed25519 } from "../../node_modules/@noble/curves/ed25519.js";
import { blake2b } from "../../node_modules/@noble/hashes/blake2.js";
import { each, type Metrics, median } from "./figures.ts";

const MESSAGE = new Uint8Array(124).fill(7);
/** What one try of the proof of work hashes: purpose, key, nonce, period. */
const TRY = new Uint8Array(55).fill(3);
const VERIFIES = 200;

/** Microseconds a check of one Ed25519 signature, and BLAKE2b-256 hashes a second. */
export async function rivalMetrics(): Promise<Metrics> {
  return {
    noble_ed25519_verify_us: nobleVerify() * 1000,
    webcrypto_ed25519_verify_us: (await webCryptoVerify()) * 1000,
    noble_pow_hashes_per_s: 1000 / each(20_000, () => blake2b(TRY, { dkLen: 32 })),
  };
}

function nobleVerify(): number {
  const { secretKey, publicKey } = ed25519.keygen();
  const signature = ed25519.sign(MESSAGE, secretKey);
  return each(VERIFIES, () => good(ed25519.verify(signature, MESSAGE, publicKey)));
}

/** Its arithmetic runs on another thread: CPU time of the whole process, one check after the other. */
async function webCryptoVerify(): Promise<number> {
  const { subtle } = globalThis.crypto;
  const pair = (await subtle.generateKey("Ed25519", false, ["sign", "verify"])) as CryptoKeyPair;
  const signature = await subtle.sign("Ed25519", pair.privateKey, MESSAGE);
  const times: number[] = [];
  for (let run = 0; run <= 5; run++) {
    const before = process.cpuUsage();
    for (let at = 0; at < VERIFIES; at++) good(await subtle.verify("Ed25519", pair.publicKey, signature, MESSAGE));
    const { user, system } = process.cpuUsage(before);
    times.push((user + system) / 1000 / VERIFIES);
  }
  return median(times.slice(1));
}

function good(verified: boolean): void {
  if (!verified) throw new Error("a good signature was refused");
}
