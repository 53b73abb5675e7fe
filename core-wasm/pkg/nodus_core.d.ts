/* tslint:disable */
/* eslint-disable */

/**
 * Edges, knowledge, seen-cache and token buckets of one node.
 */
export class Table {
    free(): void;
    [Symbol.dispose](): void;
    /**
     * A live link.
     */
    addLink(link: number, peer: Uint8Array | number[], edge: boolean, now: number): void;
    /**
     * At most `n` records, nearest to the key first; none for a filter that does not exist.
     */
    closest(key: Uint8Array | number[], n: number, except: Uint8Array | number[], filter: number): Array<any>;
    /**
     * Drops a peer that was silent or left.
     */
    forget(peer: Uint8Array | number[]): void;
    /**
     * Number of records.
     */
    known(): number;
    /**
     * One byte: the record is kept. 32: the NodeID to probe. None: it is not for this table.
     */
    learn(record: Uint8Array | number[], now: number): Uint8Array;
    /**
     * At most `n` edges, nearest to the target first.
     */
    links(target: Uint8Array | number[], n: number, closer: boolean): Uint32Array;
    /**
     * The empty table of a node.
     */
    constructor(network: Uint8Array | number[], bits: number, me: Uint8Array | number[], frames_per_second: number, frame_burst: number, bytes_per_second: number);
    /**
     * The next best link after `failed` did not take the frame, or 0.
     */
    nextHop(failed: number): number;
    /**
     * Decides over the first `length` bytes of the arena: verdict << 24 | link or reason.
     */
    onFrame(length: number, from: number, now: number): number;
    /**
     * The record of a peer.
     */
    record(peer: Uint8Array | number[]): Uint8Array | undefined;
    /**
     * A link that is gone.
     */
    removeLink(link: number): void;
    /**
     * Remembers a routed message of our own.
     */
    sent(id: bigint, now: number): void;
    /**
     * Whether messages of others go on from here.
     */
    setCarrying(on: boolean): void;
    /**
     * What each link may send us from now on.
     */
    setRates(frames_per_second: number, frame_burst: number, bytes_per_second: number): void;
    /**
     * Network time − monotonic now.
     */
    setTimeOffset(ms: number): void;
}

/**
 * Where cells of a place lie; throws a `TypeError` that names the field at fault.
 */
export function address(place: any): Uint8Array;

/**
 * Address of the arena in WASM memory; it stays.
 */
export function arena(): number;

/**
 * Bytes of the arena: the longest frame.
 */
export function arenaLength(): number;

/**
 * `Decoded<{ record, nodeId }>`.
 */
export function checkRecord(network: Uint8Array | number[], bits: number, bytes: Uint8Array | number[]): any;

/**
 * `{ ok: true, value }` or `{ ok: false, error }`; never throws.
 */
export function decode(name: string, bytes: Uint8Array | number[]): any;

/**
 * The Ed25519 key of a seed.
 */
export function edPublic(secret: Uint8Array | number[]): Uint8Array;

/**
 * The bytes of the message called `name`. Throws a `TypeError` that names the field at fault.
 */
export function encode(name: string, message: any): Uint8Array;

/**
 * version ∥ type ∥ length ∥ payload; throws for a type without an owner or a payload above the cap.
 */
export function frame(kind: number, payload: Uint8Array | number[]): Uint8Array;

/**
 * BLAKE2b-256 → 32 B.
 */
export function hash(purpose: string, input: Uint8Array | number[]): Uint8Array;

/**
 * HKDF-SHA-512.
 */
export function hkdf(salt: Uint8Array | number[], ikm: Uint8Array | number[], purpose: string, info: Uint8Array | number[], length: number): Uint8Array;

/**
 * HMAC-SHA-512, first 32 B.
 */
export function hmac(key: Uint8Array | number[], purpose: string, input: Uint8Array | number[]): Uint8Array;

/**
 * Bytes before the nonce in the work of a node key.
 */
export function idHead(network: Uint8Array | number[], ed_pk: Uint8Array | number[]): Uint8Array;

/**
 * What contacts know a person by.
 */
export function identityId(ed_pk: Uint8Array | number[], mldsa_pk: Uint8Array | number[]): Uint8Array;

/**
 * H("network" ∥ name)[0..16].
 */
export function network(name: string): Uint8Array;

/**
 * The NodeID of a solved key; undefined below `bits`.
 */
export function nodeId(network: Uint8Array | number[], ed_pk: Uint8Array | number[], nonce: bigint, period: number, bits: number): Uint8Array | undefined;

/**
 * The plaintext; undefined where the authenticator does not hold.
 */
export function open(key: Uint8Array | number[], nonce: Uint8Array | number[], aad: Uint8Array | number[], sealed: Uint8Array | number[]): Uint8Array | undefined;

/**
 * `Decoded<Routed>`.
 */
export function openRouted(network: Uint8Array | number[], bits: number, frame: Uint8Array | number[]): any;

/**
 * A signed routed frame.
 */
export function routed(secret: Uint8Array | number[], network: Uint8Array | number[], kind: number, target: Uint8Array | number[], exact_target: boolean, ttl: number, ed_pk: Uint8Array | number[], nonce: bigint, period: number, sent: number, id: bigint, payload: Uint8Array | number[]): Uint8Array;

/**
 * AES-256-GCM: ciphertext ∥ 16 B.
 */
export function seal(key: Uint8Array | number[], nonce: Uint8Array | number[], aad: Uint8Array | number[], plain: Uint8Array | number[]): Uint8Array;

/**
 * The first of `count` nonces from `from` whose digest has `bits` leading zeros.
 */
export function search(head: Uint8Array | number[], tail: Uint8Array | number[], bits: number, from: bigint, count: number): bigint | undefined;

/**
 * SHA-512 → 64 B.
 */
export function sha512(purpose: string, input: Uint8Array | number[]): Uint8Array;

/**
 * Ed25519 → 64 B.
 */
export function sign(secret: Uint8Array | number[], purpose: string, network: Uint8Array | number[], input: Uint8Array | number[]): Uint8Array;

/**
 * Signs a record and encodes it.
 */
export function signRecord(secret: Uint8Array | number[], network: Uint8Array | number[], record: any): Uint8Array;

/**
 * Leading zero bits of a stamp.
 */
export function stampBits(network: Uint8Array | number[], address: Uint8Array | number[], tag: Uint8Array | number[], cell_hash: Uint8Array | number[], nonce: bigint): number;

/**
 * Bytes before the nonce of a stamp.
 */
export function stampHead(network: Uint8Array | number[], address: Uint8Array | number[], tag: Uint8Array | number[], cell_hash: Uint8Array | number[]): Uint8Array;

/**
 * UTF-8 or undefined. Here, because a page and a service worker need not agree on how lenient a decoder is.
 */
export function text(bytes: Uint8Array): string | undefined;

/**
 * `Decoded<{ type, payload }>`.
 */
export function unframe(bytes: Uint8Array | number[]): any;

/**
 * `n` greedy decisions over `edges` (a row of NodeIDs) for `targets` (another), round and round.
 */
export function unsafeTestingDecide(me: Uint8Array | number[], edges: Uint8Array | number[], targets: Uint8Array | number[], n: number): number;

/**
 * Decodes a routed frame `n` times and reads its fields.
 */
export function unsafeTestingDecode(frame: Uint8Array | number[], n: number): number;

/**
 * Encodes a routed message with `payload` `n` times, its id changing.
 */
export function unsafeTestingEncode(payload: Uint8Array | number[], n: number): number;

/**
 * Ed25519, strict; false for a key or a signature of a wrong length.
 */
export function verify(pk: Uint8Array | number[], sig: Uint8Array | number[], purpose: string, network: Uint8Array | number[], input: Uint8Array | number[]): boolean;

/**
 * The shared secret; undefined where it is all zero or the key has a wrong length.
 */
export function x25519(secret: Uint8Array | number[], pk: Uint8Array | number[]): Uint8Array | undefined;

/**
 * The X25519 key of a secret.
 */
export function x25519Public(secret: Uint8Array | number[]): Uint8Array;

export type InitInput = RequestInfo | URL | Response | BufferSource | WebAssembly.Module;

export interface InitOutput {
    readonly memory: WebAssembly.Memory;
    readonly __wbg_table_free: (a: number, b: number) => void;
    readonly address: (a: any) => [number, number, number, number];
    readonly arena: () => number;
    readonly arenaLength: () => number;
    readonly checkRecord: (a: number, b: number, c: number, d: number, e: number) => [number, number, number];
    readonly decode: (a: number, b: number, c: number, d: number) => any;
    readonly edPublic: (a: number, b: number) => [number, number, number, number];
    readonly encode: (a: number, b: number, c: any) => [number, number, number, number];
    readonly frame: (a: number, b: number, c: number) => [number, number, number, number];
    readonly hash: (a: number, b: number, c: number, d: number) => [number, number, number, number];
    readonly hkdf: (a: number, b: number, c: number, d: number, e: number, f: number, g: number, h: number, i: number) => [number, number, number, number];
    readonly hmac: (a: number, b: number, c: number, d: number, e: number, f: number) => [number, number, number, number];
    readonly idHead: (a: number, b: number, c: number, d: number) => [number, number, number, number];
    readonly identityId: (a: number, b: number, c: number, d: number) => [number, number, number, number];
    readonly network: (a: number, b: number) => [number, number];
    readonly nodeId: (a: number, b: number, c: number, d: number, e: bigint, f: number, g: number) => [number, number, number, number];
    readonly open: (a: number, b: number, c: number, d: number, e: number, f: number, g: number, h: number) => [number, number, number, number];
    readonly openRouted: (a: number, b: number, c: number, d: number, e: number) => [number, number, number];
    readonly routed: (a: number, b: number, c: number, d: number, e: number, f: number, g: number, h: number, i: number, j: number, k: number, l: bigint, m: number, n: number, o: bigint, p: number, q: number) => [number, number, number, number];
    readonly seal: (a: number, b: number, c: number, d: number, e: number, f: number, g: number, h: number) => [number, number, number, number];
    readonly search: (a: number, b: number, c: number, d: number, e: number, f: bigint, g: number) => [number, bigint, number, number];
    readonly sha512: (a: number, b: number, c: number, d: number) => [number, number, number, number];
    readonly sign: (a: number, b: number, c: number, d: number, e: number, f: number, g: number, h: number) => [number, number, number, number];
    readonly signRecord: (a: number, b: number, c: number, d: number, e: any) => [number, number, number, number];
    readonly stampBits: (a: number, b: number, c: number, d: number, e: number, f: number, g: number, h: number, i: bigint) => [number, number, number];
    readonly stampHead: (a: number, b: number, c: number, d: number, e: number, f: number, g: number, h: number) => [number, number, number, number];
    readonly table_addLink: (a: number, b: number, c: number, d: number, e: number, f: number) => [number, number];
    readonly table_closest: (a: number, b: number, c: number, d: number, e: number, f: number, g: number) => [number, number, number];
    readonly table_forget: (a: number, b: number, c: number) => [number, number];
    readonly table_known: (a: number) => number;
    readonly table_learn: (a: number, b: number, c: number, d: number) => [number, number];
    readonly table_links: (a: number, b: number, c: number, d: number, e: number) => [number, number, number, number];
    readonly table_new: (a: number, b: number, c: number, d: number, e: number, f: number, g: number, h: number) => [number, number, number];
    readonly table_nextHop: (a: number, b: number) => number;
    readonly table_onFrame: (a: number, b: number, c: number, d: number) => number;
    readonly table_record: (a: number, b: number, c: number) => [number, number, number, number];
    readonly table_removeLink: (a: number, b: number) => void;
    readonly table_sent: (a: number, b: bigint, c: number) => void;
    readonly table_setCarrying: (a: number, b: number) => void;
    readonly table_setRates: (a: number, b: number, c: number, d: number) => void;
    readonly table_setTimeOffset: (a: number, b: number) => void;
    readonly text: (a: any) => [number, number];
    readonly unframe: (a: number, b: number) => any;
    readonly unsafeTestingDecide: (a: number, b: number, c: number, d: number, e: number, f: number, g: number) => [number, number, number];
    readonly unsafeTestingDecode: (a: number, b: number, c: number) => [number, number, number];
    readonly unsafeTestingEncode: (a: number, b: number, c: number) => [number, number, number];
    readonly verify: (a: number, b: number, c: number, d: number, e: number, f: number, g: number, h: number, i: number, j: number) => [number, number, number];
    readonly x25519: (a: number, b: number, c: number, d: number) => [number, number, number, number];
    readonly x25519Public: (a: number, b: number) => [number, number, number, number];
    readonly __wbindgen_malloc: (a: number, b: number) => number;
    readonly __wbindgen_realloc: (a: number, b: number, c: number, d: number) => number;
    readonly __wbindgen_free: (a: number, b: number, c: number) => void;
    readonly __wbindgen_exn_store: (a: number) => void;
    readonly __externref_table_alloc: () => number;
    readonly __wbindgen_externrefs: WebAssembly.Table;
    readonly __externref_table_dealloc: (a: number) => void;
    readonly __wbindgen_start: () => void;
}

export type SyncInitInput = BufferSource | WebAssembly.Module;

/**
 * Instantiates the given `module`, which can either be bytes or
 * a precompiled `WebAssembly.Module`.
 *
 * @param {{ module: SyncInitInput }} module - Passing `SyncInitInput` directly is deprecated.
 *
 * @returns {InitOutput}
 */
export function initSync(module: { module: SyncInitInput } | SyncInitInput): InitOutput;

/**
 * If `module_or_path` is {RequestInfo} or {URL}, makes a request and
 * for everything else, calls `WebAssembly.instantiate` directly.
 *
 * @param {{ module_or_path: InitInput | Promise<InitInput> }} module_or_path - Passing `InitInput` directly is deprecated.
 *
 * @returns {Promise<InitOutput>}
 */
export default function __wbg_init (module_or_path?: { module_or_path: InitInput | Promise<InitInput> } | InitInput | Promise<InitInput>): Promise<InitOutput>;
