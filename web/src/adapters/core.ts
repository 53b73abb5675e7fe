/** The `Core` port over the WASM module of core-wasm/pkg. Conversion only; what it computes is in core-wasm/src. */
import * as wasm from "#core";
import { initSync, type SyncInitInput } from "#core";
import type { MessageName, Messages } from "#node/messages.ts";
import type { Core, Decoded, NodeId } from "#node/ports.ts";

const NOTHING = new Uint8Array(0);
const encoder = new TextEncoder();

/** The core over bytes or a module that the entry point brings; a second call gives the same instance. */
export function coreOf(input: SyncInitInput): Core {
  initSync({ module: input });
  return {
    hash: (purpose, ...parts) => wasm.hash(purpose, join(parts)),
    sha512: (purpose, ...parts) => wasm.sha512(purpose, join(parts)),
    hmac: (key, purpose, ...parts) => wasm.hmac(key, purpose, join(parts)),
    hkdf: (salt, ikm, purpose, info, length) => wasm.hkdf(salt, ikm, purpose, info, length),
    edPublic: (secret) => wasm.edPublic(secret),
    sign: (secret, purpose, network, ...parts) => wasm.sign(secret, purpose, network, join(parts)),
    verify: (pk, sig, purpose, network, ...parts) => wasm.verify(pk, sig, purpose, network, join(parts)),
    x25519Public: (secret) => wasm.x25519Public(secret),
    x25519: (secret, pk) => wasm.x25519(secret, pk),
    seal: (key, nonce, aad, plain) => wasm.seal(key, nonce, aad, plain),
    open: (key, nonce, aad, sealed) => wasm.open(key, nonce, aad, sealed),
    utf8: (text) => encoder.encode(text),
    text: (bytes) => wasm.text(bytes),

    network: (name) => wasm.network(name),
    idWork: (network, edPk, period, bits) => ({ head: wasm.idHead(network, edPk), tail: u16(period), bits }),
    nodeId: (network, edPk, nonce, period, bits) =>
      wasm.nodeId(network, edPk, nonce, period, bits) as NodeId | undefined,
    stampWork: (network, address, tag, hash, bits) => ({
      head: wasm.stampHead(network, address, tag, hash),
      tail: NOTHING,
      bits,
    }),
    stampBits: (network, address, tag, hash, nonce) => wasm.stampBits(network, address, tag, hash, nonce),
    search: ({ head, tail, bits }, from, count) => wasm.search(head, tail, bits, from, count),
    address: (place) => wasm.address(place),
    identityId: (edPk, mldsaPk) => wasm.identityId(edPk, mldsaPk),

    encode: (name, message) => wasm.encode(name, message),
    decode: <K extends MessageName>(name: K, bytes: Uint8Array) => wasm.decode(name, bytes) as Decoded<Messages[K]>,
    frame: (type, payload) => wasm.frame(type, payload),
    unframe: (bytes) => wasm.unframe(bytes),
    signRecord: (secret, network, record) => wasm.signRecord(secret, network, record),
    checkRecord: (network, bits, bytes) => wasm.checkRecord(network, bits, bytes),
    routed: (secret, network, { type, target, exact, ttl, edPk, nonce, period, sent, id, payload }) =>
      wasm.routed(secret, network, type, target, exact, ttl, edPk, nonce, period, sent, id, payload),
    openRouted: (network, bits, frame) => wasm.openRouted(network, bits, frame),

    table: () => {
      throw new Error("not built yet");
    },
  };
}

/** One array of all parts: one copy into WASM memory instead of one call a part. */
function join(parts: readonly Uint8Array[]): Uint8Array {
  const [first = NOTHING] = parts;
  if (parts.length < 2) return first;
  const out = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

function u16(value: number): Uint8Array {
  return Uint8Array.of(value >>> 8, value);
}
