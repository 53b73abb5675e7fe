/** The `Core` port over the WASM module of core-wasm/pkg. Conversion only; what it computes is in core-wasm/src. */
import * as wasm from "#core";
import { initSync, type SyncInitInput } from "#core";
import type { MessageName, Messages } from "#node/messages.ts";
import type { Core, Decoded, LinkHandle, NodeId, Table, TableOptions } from "#node/ports.ts";
import { DropReason, Verdict } from "#node/ports.ts";

const NOTHING = new Uint8Array(0);
const encoder = new TextEncoder();

/** The core over bytes or a module that the entry point brings; a second call gives the same instance. */
export function coreOf(input: SyncInitInput): Core {
  const { memory } = initSync({ module: input });
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

    table: (options) => new WasmTable(memory, options),
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

const TOO_LONG = (Verdict.drop << 24) | DropReason.indexOf("length");
const NO_ROUTE_LENGTH = 46; // header 6 ∥ origin 32 ∥ id 8
/** Views of frames up to this length are kept for reuse: most frames, and at most 4,096 small objects. */
const KEPT_VIEWS = 4096;

/** The start of WASM memory's arena, through which frames go in and out. All tables take turns on it. */
class Arena {
  readonly #memory: { readonly buffer: ArrayBuffer };
  readonly #at = wasm.arena();
  readonly length = wasm.arenaLength();
  #whole = new Uint8Array(0);
  #starts: (Uint8Array | undefined)[] = [];
  /** The number of the table whose frame lies in it. */
  owner = 0;

  constructor(memory: { readonly buffer: ArrayBuffer }) {
    this.#memory = memory;
  }

  /** All of it. When WASM memory grows, the old buffer is detached and its views have no bytes. */
  whole(): Uint8Array {
    if (this.#whole.byteLength === 0) {
      this.#whole = new Uint8Array(this.#memory.buffer, this.#at, this.length);
      this.#starts = [];
    }
    return this.#whole;
  }

  /** Its first `length` bytes, without a new object for a length that was asked for before. */
  start(length: number): Uint8Array {
    const whole = this.whole();
    if (length > KEPT_VIEWS) return whole.subarray(0, length);
    const kept = this.#starts[length];
    if (kept) return kept;
    const made = whole.subarray(0, length);
    this.#starts[length] = made;
    return made;
  }
}
let arena: Arena | undefined;
let tables = 0;

class WasmTable implements Table {
  readonly #table: wasm.Table;
  readonly #arena: Arena;
  readonly #number = ++tables;
  #length = 0;

  constructor(memory: { readonly buffer: ArrayBuffer }, options: TableOptions) {
    const { network, bits, self, framesPerSecond, frameBurst, bytesPerSecond } = options;
    arena ??= new Arena(memory);
    this.#arena = arena;
    this.#table = new wasm.Table(network, bits, self, framesPerSecond, frameBurst, bytesPerSecond);
  }

  onFrame(frame: Uint8Array, from: LinkHandle, now: number): number {
    const { length } = frame;
    if (length > this.#arena.length) return TOO_LONG;
    this.#arena.whole().set(frame);
    this.#arena.owner = this.#number;
    const answer = this.#table.onFrame(length, from, now);
    this.#length = answer >>> 24 === Verdict.noRoute ? NO_ROUTE_LENGTH : length;
    return answer;
  }

  outgoing(): Uint8Array {
    return this.#arena.start(this.#arena.owner === this.#number ? this.#length : 0);
  }

  nextHop(failed: LinkHandle): LinkHandle {
    return this.#arena.owner === this.#number ? this.#table.nextHop(failed) : 0;
  }

  setTimeOffset(ms: number): void {
    this.#table.setTimeOffset(ms);
  }

  setRates(framesPerSecond: number, frameBurst: number, bytesPerSecond: number): void {
    this.#table.setRates(framesPerSecond, frameBurst, bytesPerSecond);
  }

  setCarrying(on: boolean): void {
    this.#table.setCarrying(on);
  }

  addLink(link: LinkHandle, peer: NodeId, edge: boolean, now: number): void {
    this.#table.addLink(link, peer, edge, now);
  }

  removeLink(link: LinkHandle): void {
    this.#table.removeLink(link);
  }

  links(target: Uint8Array, n: number, closer: boolean): LinkHandle[] {
    return Array.from(this.#table.links(target, n, closer));
  }

  /** By its id alone: nobody else's message has it. */
  sent(_origin: NodeId, id: bigint, now: number): void {
    this.#table.sent(id, now);
  }

  learn(record: Uint8Array, now: number): { kept: boolean; probe: NodeId | undefined } {
    const told = this.#table.learn(record, now);
    return { kept: told.length === 1, probe: told.length === 32 ? (told as NodeId) : undefined };
  }

  forget(peer: NodeId): void {
    this.#table.forget(peer);
  }

  closest(key: Uint8Array, n: number, except: Uint8Array, filter: number): Uint8Array[] {
    return this.#table.closest(key, n, except, filter);
  }

  record(peer: NodeId): Uint8Array | undefined {
    return this.#table.record(peer);
  }

  known(): number {
    return this.#table.known();
  }

  free(): void {
    this.#table.free();
  }
}
