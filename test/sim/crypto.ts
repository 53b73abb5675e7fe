/**
 * Stands in for the costly arithmetic of the core where a simulation needs thousands of nodes: signatures, key agreement
 * and seals become keyed 64-bit digests of the same lengths. Everything a signature guards is still checked, against
 * honest mistakes; against an attacker it is worth nothing. Ids, work, codecs and tables stay the core's own.
 */

import type { ContactRecord, FrameType, NodeId } from "#node/messages.ts";
import type { Core, Decoded, NewRouted } from "#node/ports.ts";

/** Offsets in a routed frame: 6 B of frame header, then protocol.md §4. */
export const ROUTED = {
  type: 1,
  target: 6,
  flags: 38,
  ttl: 39,
  avoid: 40,
  edPk: 41,
  nonce: 73,
  period: 81,
  sent: 83,
  id: 91,
  payload: 99,
} as const;
const SIG_BYTES = 64;
const KEY_BYTES = 32;
const MAC_BYTES = 16;
const AVOID_BYTES = 8;

/** Two multiplicative lanes over all bytes and lengths, drawn out to as many bytes as wanted. */
export function digest(length: number, parts: readonly Uint8Array[]): Uint8Array {
  let one = 0x9e3779b9;
  let other = 0x7f4a7c15;
  for (const part of parts) {
    one = Math.imul(one ^ part.length, 0x85ebca6b);
    for (let at = 0; at < part.length; at++) {
      const byte = part[at] as number;
      one = Math.imul(one ^ byte, 0x01000193);
      other = Math.imul(other ^ (byte + at), 0x85ebca77);
    }
    other ^= one >>> 15;
  }
  const out = new Uint8Array(length);
  for (let at = 0; at < length; at++) {
    if ((at & 3) === 0) {
      one = Math.imul(one ^ (one >>> 16) ^ at, 0x21f0aaad) ^ other;
      other = Math.imul(other ^ (other >>> 15), 0x735a2d97) + one;
    }
    out[at] = other >>> ((at & 3) * 8);
  }
  return out;
}

const equal = (one: Uint8Array, other: Uint8Array): boolean =>
  one.length === other.length && one.every((byte, at) => byte === other[at]);

export function fastCore(real: Core): Core {
  const label = new Map<string, Uint8Array>();
  const word = (text: string): Uint8Array => {
    let bytes = label.get(text);
    if (!bytes) {
      bytes = real.utf8(text);
      label.set(text, bytes);
    }
    return bytes;
  };
  const edPublic = (secret: Uint8Array): Uint8Array => digest(KEY_BYTES, [word("ed"), secret]);
  const x25519Public = (secret: Uint8Array): Uint8Array => digest(KEY_BYTES, [word("x"), secret]);
  /** Of the public key alone: whoever reads can check, and nobody in a simulation forges. */
  const mark = (pk: Uint8Array, parts: readonly Uint8Array[]): Uint8Array => digest(SIG_BYTES, [pk, ...parts]);
  const routedMark = (frame: Uint8Array): Uint8Array => {
    const payload = ROUTED.payload + (frame[ROUTED.avoid] as number) * AVOID_BYTES;
    return mark(frame.subarray(ROUTED.edPk, ROUTED.nonce), [
      frame.subarray(ROUTED.type, ROUTED.type + 1),
      frame.subarray(ROUTED.target, ROUTED.ttl),
      frame.subarray(ROUTED.nonce, ROUTED.payload),
      frame.subarray(payload, frame.length - SIG_BYTES),
    ]);
  };
  const recordMark = (network: Uint8Array, record: ContactRecord): Uint8Array =>
    mark(record.edPk, [network, real.encode("record", { ...record, sig: new Uint8Array(SIG_BYTES) })]);

  return {
    ...real,
    edPublic,
    x25519Public,
    sign: (secret, purpose, network, ...parts) => mark(edPublic(secret), [word(purpose), network, ...parts]),
    verify: (pk, sig, purpose, network, ...parts) => equal(sig, mark(pk, [word(purpose), network, ...parts])),
    x25519(secret, pk) {
      const own = x25519Public(secret);
      // Alike from both ends.
      return digest(KEY_BYTES, [own.map((byte, at) => byte ^ (pk[at] as number))]);
    },
    seal(key, nonce, aad, plain) {
      const sealed = new Uint8Array(plain.length + MAC_BYTES);
      sealed.set(plain);
      sealed.set(digest(MAC_BYTES, [key, nonce, aad, plain]), plain.length);
      return sealed;
    },
    open(key, nonce, aad, sealed) {
      if (sealed.length < MAC_BYTES) return undefined;
      const plain = sealed.slice(0, -MAC_BYTES);
      return equal(sealed.subarray(-MAC_BYTES), digest(MAC_BYTES, [key, nonce, aad, plain])) ? plain : undefined;
    },
    signRecord: (secret, network, record) =>
      real.encode("record", { ...record, edPk: edPublic(secret), sig: recordMark(network, record) }),
    checkRecord(network, bits, bytes): Decoded<{ record: ContactRecord; nodeId: NodeId }> {
      const decoded = real.decode("record", bytes);
      if (!decoded.ok) return decoded;
      const record = decoded.value;
      const nodeId = real.nodeId(network, record.edPk, record.nonce, record.period, bits);
      if (!nodeId) return { ok: false, error: "value" };
      if (!equal(record.sig, recordMark(network, record))) return { ok: false, error: "signature" };
      return { ok: true, value: { record, nodeId } };
    },
    routed: (_secret, _network, message) => routedFrame(real, message, routedMark),
    openRouted(network, bits, frame) {
      const decoded = real.unframe(frame);
      if (!decoded.ok) return decoded;
      if (frame.length < ROUTED.payload + SIG_BYTES) return { ok: false, error: "short" };
      const view = new DataView(frame.buffer, frame.byteOffset, frame.length);
      const originEdPk = frame.slice(ROUTED.edPk, ROUTED.nonce);
      const period = view.getUint16(ROUTED.period);
      const origin = real.nodeId(network, originEdPk, view.getBigUint64(ROUTED.nonce), period, bits);
      if (!origin) return { ok: false, error: "value" };
      if (!equal(frame.subarray(-SIG_BYTES), routedMark(frame))) return { ok: false, error: "signature" };
      const payload = ROUTED.payload + (frame[ROUTED.avoid] as number) * AVOID_BYTES;
      return {
        ok: true,
        value: {
          type: decoded.value.type as FrameType,
          target: frame.slice(ROUTED.target, ROUTED.flags),
          exact: frame[ROUTED.flags] === 1,
          ttl: frame[ROUTED.ttl] as number,
          origin,
          originEdPk,
          sent: Number(view.getBigUint64(ROUTED.sent)),
          id: view.getBigUint64(ROUTED.id),
          payload: frame.slice(payload, -SIG_BYTES),
        },
      };
    },
  };
}

function routedFrame(core: Core, message: NewRouted, mark: (frame: Uint8Array) => Uint8Array): Uint8Array {
  const header = ROUTED.target;
  const body = new Uint8Array(ROUTED.payload - header + message.payload.length + SIG_BYTES);
  const view = new DataView(body.buffer);
  body.set(message.target, ROUTED.target - header);
  body[ROUTED.flags - header] = message.exact ? 1 : 0;
  body[ROUTED.ttl - header] = message.ttl;
  body.set(message.edPk, ROUTED.edPk - header);
  view.setBigUint64(ROUTED.nonce - header, message.nonce);
  view.setUint16(ROUTED.period - header, message.period);
  view.setBigUint64(ROUTED.sent - header, BigInt(Math.round(message.sent)));
  view.setBigUint64(ROUTED.id - header, message.id);
  body.set(message.payload, ROUTED.payload - header);
  const frame = core.frame(message.type, body);
  frame.set(mark(frame), frame.length - SIG_BYTES);
  return frame;
}
