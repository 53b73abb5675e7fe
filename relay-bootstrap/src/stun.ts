/**
 * STUN binding (RFC 8489): the bytes. A request is answered with the address it came from; all else is ignored, since an
 * open port that answers noise is a weapon against others. Without authentication, which binding does not need. Pure.
 * Not here: the socket (stun-server.ts). Layer: relay.
 */

import { crc32 } from "node:zlib";

const HEADER = 20;
const COOKIE = 0x2112a442;
const BINDING_REQUEST = 0x0001;
const BINDING_SUCCESS = 0x0101;
const BINDING_ERROR = 0x0111;
const Attribute = {
  username: 0x0006,
  messageIntegrity: 0x0008,
  errorCode: 0x0009,
  unknown: 0x000a,
  xorMappedAddress: 0x0020,
  priority: 0x0024,
  useCandidate: 0x0025,
  fingerprint: 0x8028,
} as const;
/** Comprehension-required attributes (below 0x8000) that a browser may send and that change nothing here. */
const KNOWN: ReadonlySet<number> = new Set([
  Attribute.username,
  Attribute.messageIntegrity,
  Attribute.priority,
  Attribute.useCandidate,
]);
const FINGERPRINT_XOR = 0x5354554e; // RFC 8489 §14.7
/** A binding request has a few attributes; what is longer than one packet of the path is none. */
const LONGEST_REQUEST = 1_200;
const MOST_UNKNOWN = 8;

export interface BindingRequest {
  /** The 12 bytes that tie the answer to it. */
  transaction: Uint8Array;
  /** Attributes that we would have to understand and do not. */
  unknown: number[];
  /** It carried a (right) FINGERPRINT: so does the answer. */
  fingerprint: boolean;
}

/** Undefined where these bytes are not a well-formed binding request. */
export function readRequest(bytes: Uint8Array): BindingRequest | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < HEADER || bytes.length > LONGEST_REQUEST || bytes.length % 4 !== 0) return undefined;
  if (view.getUint16(0) !== BINDING_REQUEST || view.getUint32(4) !== COOKIE) return undefined;
  if (view.getUint16(2) !== bytes.length - HEADER) return undefined;
  const request: BindingRequest = { transaction: bytes.slice(8, HEADER), unknown: [], fingerprint: false };
  for (let at = HEADER; at < bytes.length; ) {
    if (request.fingerprint) return undefined; // nothing may follow it
    const type = view.getUint16(at);
    const length = view.getUint16(at + 2);
    const next = at + 4 + Math.ceil(length / 4) * 4;
    if (next > bytes.length) return undefined;
    if (type === Attribute.fingerprint) {
      if (length !== 4 || view.getUint32(at + 4) !== fingerprintOf(bytes.subarray(0, at))) return undefined;
      request.fingerprint = true;
    } else if (type < 0x8000 && !KNOWN.has(type) && request.unknown.length < MOST_UNKNOWN) request.unknown.push(type);
    at = next;
  }
  return request;
}

/** `address`: 4 or 16 bytes, network order. */
export function writeAnswer(request: BindingRequest, address: Uint8Array, port: number): Uint8Array {
  const refused = request.unknown.length > 0;
  const attributes = refused
    ? [errorCode(420, "Unknown Attribute"), attribute(Attribute.unknown, u16s(request.unknown))]
    : [attribute(Attribute.xorMappedAddress, xorAddress(request.transaction, address, port))];
  return message(refused ? BINDING_ERROR : BINDING_SUCCESS, request, attributes);
}

function message(type: number, request: BindingRequest, attributes: Uint8Array[]): Uint8Array {
  const body = attributes.reduce((sum, each) => sum + each.length, 0);
  const total = body + (request.fingerprint ? 8 : 0);
  const bytes = new Uint8Array(HEADER + total);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, type);
  view.setUint16(2, total);
  view.setUint32(4, COOKIE);
  bytes.set(request.transaction, 8);
  let at = HEADER;
  for (const each of attributes) {
    bytes.set(each, at);
    at += each.length;
  }
  if (request.fingerprint) {
    const checksum = new Uint8Array(4);
    new DataView(checksum.buffer).setUint32(0, fingerprintOf(bytes.subarray(0, at)));
    bytes.set(attribute(Attribute.fingerprint, checksum), at);
  }
  return bytes;
}

function attribute(type: number, value: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(4 + Math.ceil(value.length / 4) * 4);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, type);
  view.setUint16(2, value.length);
  bytes.set(value, 4);
  return bytes;
}

/** RFC 8489 §14.2: zero, family, then port and address under the cookie and the transaction. */
function xorAddress(transaction: Uint8Array, address: Uint8Array, port: number): Uint8Array {
  const value = new Uint8Array(4 + address.length);
  const view = new DataView(value.buffer);
  value[1] = address.length === 4 ? 1 : 2;
  view.setUint16(2, port ^ (COOKIE >>> 16));
  const mask = new Uint8Array(16);
  new DataView(mask.buffer).setUint32(0, COOKIE);
  mask.set(transaction, 4);
  address.forEach((byte, index) => {
    value[4 + index] = byte ^ (mask[index] ?? 0);
  });
  return value;
}

function errorCode(code: number, reason: string): Uint8Array {
  const text = new TextEncoder().encode(reason);
  const value = new Uint8Array(4 + text.length);
  value[2] = Math.floor(code / 100);
  value[3] = code % 100;
  value.set(text, 4);
  return attribute(Attribute.errorCode, value);
}

function u16s(values: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(values.length * 2);
  const view = new DataView(bytes.buffer);
  values.forEach((value, index) => {
    view.setUint16(index * 2, value);
  });
  return bytes;
}

/** CRC-32 of all before the attribute, with the length field already counting it, under a constant. */
function fingerprintOf(before: Uint8Array): number {
  const counted = before.slice();
  new DataView(counted.buffer).setUint16(2, before.length - HEADER + 8);
  return (crc32(counted) ^ FINGERPRINT_XOR) >>> 0;
}
