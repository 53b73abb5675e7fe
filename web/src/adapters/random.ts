/** The `Random` of a real process: the platform's cryptographic generator. Layer: adapters. */
import type { Random } from "#node/ports.ts";

/** The most that one call of the platform gives. */
const ONE_CALL_BYTES = 65_536;

export const systemRandom: Random = {
  bytes(n) {
    const out = new Uint8Array(n);
    for (let at = 0; at < n; at += ONE_CALL_BYTES) crypto.getRandomValues(out.subarray(at, at + ONE_CALL_BYTES));
    return out;
  },
};
