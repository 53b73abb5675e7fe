/**
 * ML-KEM-1024 (FIPS 203) and ML-DSA-87 (FIPS 204) by @noble/post-quantum, in the thread that calls. Each call takes
 * milliseconds, so a page reaches it through `WorkerCrypto` (pq.ts); workers, tests and benchmarks use it as it is.
 * Layer: adapters.
 */
import { ml_dsa87 } from "@noble/post-quantum/ml-dsa.js";
import { ml_kem1024 } from "@noble/post-quantum/ml-kem.js";
import type { Crypto } from "#chat/ports.ts";

export const nobleCrypto: Crypto = {
  async dsaPublic(seed) {
    return ml_dsa87.keygen(seed).publicKey;
  },
  async dsaSign(seed, message, random) {
    const { secretKey } = ml_dsa87.keygen(seed);
    const signature = ml_dsa87.sign(message, secretKey, { extraEntropy: random });
    secretKey.fill(0);
    return signature;
  },
  async dsaVerify(publicKey, message, signature) {
    return attempt(() => ml_dsa87.verify(signature, message, publicKey)) ?? false;
  },
  async kemPublic(seed) {
    return ml_kem1024.keygen(seed).publicKey;
  },
  async kemEncapsulate(publicKey, random) {
    const made = attempt(() => ml_kem1024.encapsulate(publicKey, random));
    return made && { ciphertext: made.cipherText, shared: made.sharedSecret };
  },
  async kemDecapsulate(seed, ciphertext) {
    const { secretKey } = ml_kem1024.keygen(seed);
    const shared = attempt(() => ml_kem1024.decapsulate(ciphertext, secretKey));
    secretKey.fill(0);
    return shared;
  },
};

/** The library throws on lengths and on keys that are not canonical: here that is an answer. */
function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
