/**
 * What the chat needs from outside: post-quantum arithmetic, the mailbox network, an encrypted vault, leadership.
 * `Core`, `Clock` and `Random` come from `#node/ports.ts`.
 */
import type { Change, NodeId } from "#node/ports.ts";

/** ML-KEM-1024 (FIPS 203) and ML-DSA-87 (FIPS 204), off the main thread. Secrets travel as their seeds. */
export interface Crypto {
  /** seed 32 B → public key 2,592 B. */
  dsaPublic(seed: Uint8Array): Promise<Uint8Array>;
  /** Hedged with 32 B of `random` → signature 4,627 B. */
  dsaSign(seed: Uint8Array, message: Uint8Array, random: Uint8Array): Promise<Uint8Array>;
  dsaVerify(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): Promise<boolean>;
  /** seed 64 B (d ∥ z) → public key 1,568 B. */
  kemPublic(seed: Uint8Array): Promise<Uint8Array>;
  /** 32 B of `random` → ciphertext 1,568 B, shared secret 32 B. Undefined where the key is not canonical. */
  kemEncapsulate(
    publicKey: Uint8Array,
    random: Uint8Array,
  ): Promise<{ ciphertext: Uint8Array; shared: Uint8Array } | undefined>;
  kemDecapsulate(seed: Uint8Array, ciphertext: Uint8Array): Promise<Uint8Array | undefined>;
}

/** Entropy as words that a person can write down (BIP39). */
export interface Words {
  /** 32 B → 24 words with a space between. */
  encode(entropy: Uint8Array): string;
  /** Any whitespace and case; undefined where a word is unknown, one is missing, or the checksum does not hold. */
  decode(text: string): Uint8Array | undefined;
}

interface Authority {
  pk: Uint8Array;
  secret?: Uint8Array;
}
export type Box =
  | { kind: 1 | 2 | 3 | 4; day: number; write: Authority; owner: Authority }
  | { kind: 5; address: Uint8Array };
export interface Placement {
  held: number;
  of: number;
  refused: readonly { code: number; count: number }[];
}
export interface Listed {
  entries: readonly { header: Uint8Array; held: number; deleted: number }[];
  asked: number;
  answered: number;
  of: number;
}
export interface Fetched {
  /** `stampBits`: the work in what lies in an inbox. */
  cells: readonly { cell: Uint8Array; signer: number; stampBits?: number }[];
  tombstones: readonly { header: Uint8Array; reason: number }[];
  /** Tags of which none of those asked gave anything: listed, it was a phantom, or is gone. */
  missing?: readonly Uint8Array[];
  answered: number;
}
interface Peer {
  nodeId: NodeId;
  x25519Pk: Uint8Array;
}

/** The network as the chat sees it: the six storage calls, knock and cell. `Node` of `#node/api.ts` fits it. */
export interface Post {
  readonly id: NodeId;
  readonly x25519Pk: Uint8Array;
  readonly incarnation: bigint;
  networkTime(): number;
  /** False while network time is not to be believed: nothing is signed that lasts. */
  timeSure(): boolean;
  online(): boolean;
  put(
    box: Box,
    cell: Uint8Array,
    signer: "none" | "write" | "owner",
    progress?: (now: Placement) => void,
    stampBits?: number,
  ): Promise<Placement>;
  /** Deletions are told where the owner's signature was shown: of the tags in `prove`, without them of all. */
  list(box: Box, breadth: "two" | "all", prove?: readonly Uint8Array[]): Promise<Listed>;
  /** `breadth`: how many holders of a card are asked. */
  get(box: Box, tags: readonly Uint8Array[], breadth?: "two" | "all"): Promise<Fetched>;
  /** `expiry` of the cell: what its deletion is proved against. */
  have(
    box: Box,
    tag: Uint8Array,
    hash: Uint8Array,
    expiry?: number,
  ): Promise<{ held: number; deleted: number; of: number }>;
  watch(box: Box, heard: (header: Uint8Array) => void): { listed: Promise<Listed>; close(): void };
  delete(box: Box, header: Uint8Array, reason: number): Promise<{ answered: number; of: number }>;
  /** KNOCK with a token, then a direct link where one can be made. */
  connect(peer: Peer, token: Uint8Array): Promise<"linked" | "refused" | "unknown" | "unreachable">;
  sendDirect(peer: NodeId, cell: Uint8Array): boolean;
  /** A live link to this peer over which a token was accepted. */
  direct(peer: NodeId): boolean;
  /** From now on nothing is taken from this peer, or sent to it, directly; until another token of it is accepted. */
  drop(peer: NodeId): void;
  on(event: "cell", heard: (detail: { peer: NodeId; bytes: Uint8Array }) => void): () => void;
  on(event: "contact", heard: (detail: { peer: NodeId }) => void): () => void;
  on(event: "links", heard: (detail: undefined) => void): () => void;
  /** Another node runs under our key: it signed what we did not. */
  on(event: "twin", heard: (detail: undefined) => void): () => void;
}

/** What is made anew as a whole: texts of chats are the history, all else the secrets. */
export type Part = "secrets" | "history";
/** Personal data at rest: every value encrypted under a non-extractable key, every change under the leader's epoch. One
 * `save` is one durable change; a fenced leader's save rejects with `Fault("closed")`. */
export interface Vault {
  /** Rejects with `Fault("storage-broken")` where the value cannot be opened. */
  load(key: string): Promise<Uint8Array | undefined>;
  save(changes: readonly Change[]): Promise<void>;
  /** `value` is undefined where it cannot be opened. */
  range(prefix: string): AsyncIterable<{ key: string; value: Uint8Array | undefined }>;
  /** Copies what there is under a fresh key and deletes the old values with their key, while reads and saves go on: what
   * was overwritten or removed before the call can be opened by nobody when it resolves. Rejects where that could not be
   * done, with nothing changed. */
  renew?(part: Part): Promise<void>;
  /** A save that resolved still waits for room on its way to its place. */
  readonly full?: boolean;
  /** Values that could not be opened and that no key names. */
  readonly damaged?: number;
}
/** At most one leader a profile; a higher epoch fences the lower. */
export interface Leader {
  readonly epoch: number;
  /** Resolves when leadership is lost. */
  readonly lost: Promise<void>;
  release(): Promise<void>;
}
