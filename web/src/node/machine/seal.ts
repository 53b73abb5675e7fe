/**
 * Sealed requests and their answers (protocol.md §4 ASK), so that no forwarder and no neighbour learns the address.
 * Request: e 32 ∥ GCM(request), key = HKDF(salt e ∥ target, X25519(e, target's key), "ask").
 * Answer: r 16 ∥ GCM(answer), key = HKDF(salt e ∥ target ∥ r, the same secret, "ask-answer"). Nonces are zero: each
 * key seals once, as e and r are fresh.
 */

import type { Peer } from "../api.ts";
import { concat } from "../bytes.ts";
import type { Answer, Request } from "../messages.ts";
import type { Core, Random } from "../ports.ts";

const NONCE = new Uint8Array(12);
const NO_BYTES = new Uint8Array();
const E = 32;
const R = 16;

export interface Sealed {
  body: Uint8Array;
  e: Uint8Array;
  shared: Uint8Array;
}

/** undefined where the peer's key is no key. */
export const sealRequest = (core: Core, random: Random, to: Peer, request: Request): Sealed | undefined => {
  const secret = random.bytes(E);
  const shared = core.x25519(secret, to.x25519Pk);
  if (!shared) return undefined;
  const e = core.x25519Public(secret);
  const key = core.hkdf(concat(e, to.nodeId), shared, "ask", NO_BYTES, 32);
  return { body: concat(e, core.seal(key, NONCE, NO_BYTES, core.encode("request", request))), e, shared };
};

export const openRequest = (
  core: Core,
  secret: Uint8Array,
  self: Uint8Array,
  body: Uint8Array,
): { request: Request; e: Uint8Array; shared: Uint8Array } | undefined => {
  if (body.length < E) return undefined;
  const e = body.slice(0, E);
  const shared = core.x25519(secret, e);
  if (!shared) return undefined;
  const key = core.hkdf(concat(e, self), shared, "ask", NO_BYTES, 32);
  const plain = core.open(key, NONCE, NO_BYTES, body.subarray(E));
  const decoded = plain && core.decode("request", plain);
  return decoded?.ok ? { request: decoded.value, e, shared } : undefined;
};

export const sealAnswer = (
  core: Core,
  random: Random,
  self: Uint8Array,
  to: { e: Uint8Array; shared: Uint8Array },
  answer: Answer,
): Uint8Array => {
  const r = random.bytes(R);
  const key = core.hkdf(concat(to.e, self, r), to.shared, "ask-answer", NO_BYTES, 32);
  return concat(r, core.seal(key, NONCE, NO_BYTES, core.encode("answer", answer)));
};

export const openAnswer = (
  core: Core,
  target: Uint8Array,
  from: { e: Uint8Array; shared: Uint8Array },
  body: Uint8Array,
): Answer | undefined => {
  if (body.length < R) return undefined;
  const key = core.hkdf(concat(from.e, target, body.subarray(0, R)), from.shared, "ask-answer", NO_BYTES, 32);
  const plain = core.open(key, NONCE, NO_BYTES, body.subarray(R));
  const decoded = plain && core.decode("answer", plain);
  return decoded?.ok ? decoded.value : undefined;
};
