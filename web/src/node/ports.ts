/**
 * The boundaries of the runtime to the outside: interfaces and the values that cross them, nothing else.
 * `#node` and `#chat` see time, randomness, network, disk and the WASM core only through these.
 */
import type { ContactRecord, FrameType, MessageName, Messages, NodeId, Place, Routed } from "./messages.ts";

/** Monotonic and wall time in ms. `after` fires once and returns its cancel. */
export interface Clock {
  now(): number;
  wall(): number;
  after(ms: number, fire: () => void): () => void;
}
export interface Random {
  bytes(n: number): Uint8Array;
}
/** Events for the operator: never ids, addresses, keys or content. */
export interface Log {
  event(name: string, fields?: Readonly<Record<string, number | string | boolean>>): void;
}
/** What an AbortSignal offers of itself; es2023 alone has no such type. */
export interface Signal {
  readonly aborted: boolean;
  addEventListener(type: "abort", heard: () => void): void;
}

export type Carrier = "webrtc" | "webtransport" | "websocket" | "relayed" | "memory";
/** Why a channel or link ended. */
export type CloseCode =
  | "local"
  | "remote"
  | "replaced"
  | "timeout"
  | "protocol"
  | "refused"
  | "backpressure"
  | "limit"
  | "leave"
  | "failed";

/** What ties a handshake to the channel it runs over (protocol.md §3). `url` is the canonical URL dialed; a listener
 * that learns it from the dialer's HELLO checks it against its own addresses. */
export type Binding =
  | { kind: "dtls"; offerer: Uint8Array; answerer: Uint8Array }
  | { kind: "url"; url: string }
  | { kind: "listener" }
  | { kind: "none" };

/** A carrier before the handshake: frames in order, or closed. The node makes a link of it. */
export interface Channel {
  readonly carrier: Carrier;
  readonly binding: Binding;
  /** false under back-pressure; copies before it returns. */
  send(frame: Uint8Array): boolean;
  /** Frames that came before the first call wait, bounded. */
  onFrame(take: (frame: Uint8Array) => void): void;
  close(code: CloseCode): void;
  readonly closed: Promise<CloseCode>;
}
/** Carriers that have addresses: WebSocket, later WebTransport, memory. */
export interface Transport {
  readonly kind: number; // an AddressKind
  dial(address: Uint8Array, signal: Signal): Promise<Channel>;
  /** Inbound channels; never called by a transport that cannot listen. */
  onChannel(take: (channel: Channel) => void): void;
  close(): Promise<void>;
}
/** WebRTC: both ends exchange one non-trickle offer and answer, carried by the node. */
export interface Rtc {
  offer(stun: readonly string[], signal: Signal): Promise<{ sdp: string; accept(answer: string): Promise<Channel> }>;
  answer(offer: string, stun: readonly string[], signal: Signal): Promise<{ sdp: string; channel: Promise<Channel> }>;
}

/** Ordered byte store. Keys are ASCII. `save` is one durable transaction: it resolves after the disk has it all, and
 * rejects with nothing changed; `value: undefined` removes. */
export interface Storage {
  load(key: string): Promise<Uint8Array | undefined>;
  save(changes: readonly Change[]): Promise<void>;
  range(prefix: string): AsyncIterable<{ key: string; value: Uint8Array }>;
  close(): Promise<void>;
}
export interface Change {
  key: string;
  value: Uint8Array | undefined;
}
/** Storage that several contexts of one profile share. */
export interface FencedStorage extends Storage {
  /** `save`, but only while `guard.key` holds exactly `guard.value`, looked at within the same transaction; false, and
   * nothing changed, where it holds something else. */
  saveIf(guard: Change, changes: readonly Change[]): Promise<boolean>;
}

/** Searches for a nonce off the main thread. Rejects with `Cancelled` when the signal fires. */
export interface Solver {
  solve(job: WorkJob, progress: (tried: number) => void, signal: Signal): Promise<bigint>;
}
/** H(head ∥ nonce u64 ∥ tail) has at least `bits` leading zero bits. The core makes the job (`Core.idWork`, `stampWork`). */
export interface WorkJob {
  head: Uint8Array;
  tail: Uint8Array;
  bits: number;
}

export type Decoded<T> = { ok: true; value: T } | { ok: false; error: DecodeError };
export type DecodeError =
  | "short"
  | "long"
  | "version"
  | "type"
  | "length"
  | "range"
  | "value"
  | "signature"
  | "padding";

/**
 * The WASM core (core-wasm/src/bindings): synchronous and pure. `purpose` is the part after "nodus/1/"; the core puts
 * `u8 length ∥ "nodus/1/<purpose>"` before the input. `network` is H(network)[0..16].
 */
export interface Core {
  /** BLAKE2b-256 (RFC 7693) → 32 B. */
  hash(purpose: string, ...parts: Uint8Array[]): Uint8Array;
  /** SHA-512 → 64 B. */
  sha512(purpose: string, ...parts: Uint8Array[]): Uint8Array;
  /** HMAC-SHA-512, first 32 B. */
  hmac(key: Uint8Array, purpose: string, ...parts: Uint8Array[]): Uint8Array;
  /** HKDF-SHA-512 (RFC 5869). */
  hkdf(salt: Uint8Array, ikm: Uint8Array, purpose: string, info: Uint8Array, length: number): Uint8Array;
  /** Ed25519 (RFC 8032), verified strictly. `secret` is the 32-byte seed. */
  edPublic(secret: Uint8Array): Uint8Array;
  sign(secret: Uint8Array, purpose: string, network: Uint8Array, ...parts: Uint8Array[]): Uint8Array;
  verify(pk: Uint8Array, sig: Uint8Array, purpose: string, network: Uint8Array, ...parts: Uint8Array[]): boolean;
  /** X25519 (RFC 7748); undefined where the shared secret is all zero. */
  x25519Public(secret: Uint8Array): Uint8Array;
  x25519(secret: Uint8Array, pk: Uint8Array): Uint8Array | undefined;
  /** AES-256-GCM, 16 B of authenticator at the end; undefined where it does not verify. */
  seal(key: Uint8Array, nonce: Uint8Array, aad: Uint8Array, plain: Uint8Array): Uint8Array;
  open(key: Uint8Array, nonce: Uint8Array, aad: Uint8Array, sealed: Uint8Array): Uint8Array | undefined;
  utf8(text: string): Uint8Array;
  /** undefined on malformed UTF-8. */
  text(bytes: Uint8Array): string | undefined;

  /** H("network" ∥ name)[0..16]. */
  network(name: string): Uint8Array;
  idWork(network: Uint8Array, edPk: Uint8Array, period: number, bits: number): WorkJob;
  /** The NodeID of a solved key; undefined where the work is below `bits`. */
  nodeId(network: Uint8Array, edPk: Uint8Array, nonce: bigint, period: number, bits: number): NodeId | undefined;
  stampWork(network: Uint8Array, address: Uint8Array, tag: Uint8Array, hash: Uint8Array, bits: number): WorkJob;
  /** Leading zero bits that a stamp reaches. */
  stampBits(network: Uint8Array, address: Uint8Array, tag: Uint8Array, hash: Uint8Array, nonce: bigint): number;
  /** Tries `count` nonces from `from`; the first that does, or undefined. */
  search(job: WorkJob, from: bigint, count: number): bigint | undefined;
  /** protocol.md §7. */
  address(place: Place): Uint8Array;
  identityId(edPk: Uint8Array, mldsaPk: Uint8Array): Uint8Array;

  encode<K extends MessageName>(name: K, message: Messages[K]): Uint8Array;
  decode<K extends MessageName>(name: K, bytes: Uint8Array): Decoded<Messages[K]>;
  /** version u8 ∥ type u8 ∥ length u32 ∥ payload. */
  frame(type: FrameType, payload: Uint8Array): Uint8Array;
  unframe(bytes: Uint8Array): Decoded<{ type: number; payload: Uint8Array }>;
  /** Signs `record` (its `sig` is ignored) and encodes it. */
  signRecord(secret: Uint8Array, network: Uint8Array, record: ContactRecord): Uint8Array;
  /** Checks length, signature and work; times are the caller's business. */
  checkRecord(network: Uint8Array, bits: number, bytes: Uint8Array): Decoded<{ record: ContactRecord; nodeId: NodeId }>;
  /** A signed routed frame (protocol.md §4). */
  routed(secret: Uint8Array, network: Uint8Array, message: NewRouted): Uint8Array;
  /** Decodes a routed frame and verifies its signature and work. */
  openRouted(network: Uint8Array, bits: number, frame: Uint8Array): Decoded<Routed>;

  /** Routing state of one node. */
  table(options: TableOptions): Table;
}
export interface NewRouted {
  type: FrameType;
  target: Uint8Array;
  exact: boolean;
  ttl: number;
  edPk: Uint8Array;
  nonce: bigint;
  period: number;
  sent: number;
  id: bigint;
  payload: Uint8Array;
}

export interface TableOptions {
  network: Uint8Array;
  bits: number;
  self: NodeId;
  /** Token bucket of each link. */
  framesPerSecond: number;
  frameBurst: number;
  bytesPerSecond: number;
}
/** A number of the node's own for one live link, 1 … 2^24 − 1. */
export type LinkHandle = number;

/** What `onFrame` decided. The top byte of its answer is one of these, the low 24 bits a link handle or a drop reason. */
export const Verdict = {
  /** The frame ends here: not routed, or routed to us (signature not yet verified). */
  take: 0,
  /** `outgoing()` goes out on the link in the low bits. */
  forward: 1,
  /** Counted under `DropReason`. */
  drop: 2,
  /** No edge is closer: `outgoing()` is a NO_ROUTE for the link in the low bits. */
  noRoute: 3,
} as const;
export const DropReason = [
  "malformed",
  "version",
  "type",
  "length",
  "work",
  "stale",
  "seen",
  "rate",
  "ttl",
  "unlinked",
  "loop",
] as const;
export type DropReason = (typeof DropReason)[number];

/** Edges, knowledge, seen-cache, token buckets and the arena of one node. `now` is monotonic ms. */
export interface Table {
  /** The hot path: one call, no allocation. `frame` is copied into the arena. */
  onFrame(frame: Uint8Array, from: LinkHandle, now: number): number;
  /** View of the frame that the last `onFrame` or `nextHop` wants sent; valid until the next call. */
  outgoing(): Uint8Array;
  /** Local repair after a failed send of `outgoing()`: the next best link, or 0. */
  nextHop(failed: LinkHandle): LinkHandle;
  /** network time − monotonic now, for freshness. */
  setTimeOffset(ms: number): void;
  /** What each link may send us from now on. */
  setRates(framesPerSecond: number, frameBurst: number, bytesPerSecond: number): void;
  /** False: messages of others do not go on from here; EXACT ones are answered with NO_ROUTE, CLOSEST ones end here. */
  setCarrying(on: boolean): void;
  /** A live link. `edge` false: counted and rate-limited, but nothing is routed to it (LEAF). */
  addLink(link: LinkHandle, peer: NodeId, edge: boolean, now: number): void;
  removeLink(link: LinkHandle): void;
  /** Links by distance to the target, nearest first, at most n; `closer` keeps only those nearer than we are. */
  links(target: Uint8Array, n: number, closer: boolean): LinkHandle[];
  /** Remembers a routed message of our own, so that a copy that comes back is dropped. */
  sent(origin: NodeId, id: bigint, now: number): void;

  /** A checked record of a peer that answered us itself. Full: the peer to probe, whose silence makes room. */
  learn(record: Uint8Array, now: number): { kept: boolean; probe: NodeId | undefined };
  forget(peer: NodeId): void;
  /** Records that we know, nearest to the key first. filter as in FIND. */
  closest(key: Uint8Array, n: number, except: Uint8Array, filter: number): Uint8Array[];
  record(peer: NodeId): Uint8Array | undefined;
  known(): number;
  free(): void;
}

export type { Card, CellHeader, NodeId } from "./messages.ts";
export { AnswerCode, DeleteReason } from "./messages.ts";
