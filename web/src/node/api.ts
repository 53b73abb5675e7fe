/**
 * The public surface of a node, as a library: options in, calls and events out. Reviewed as a whole; everything else
 * in this folder is internal. Times are network time in ms unless said otherwise.
 */

import type { Limits } from "./limits.ts";
import type { CellHeader, NodeId } from "./messages.ts";
import type { Clock, Core, Log, Random, Rtc, Solver, Storage, Transport } from "./ports.ts";
import type { Stats } from "./stats.ts";

/** A network is its name and these parameters; nodes of different networks refuse each other (tier 1). */
export interface Network {
  name: string;
  /** Leading zero bits of a node's proof of work. */
  bits: number;
  /** Loopback addresses do not count against the diversity caps. Never on main. */
  loopbackExempt: boolean;
}

/** The node key: routing only, replaceable, never derived from the person's words. */
export interface NodeKeys {
  edSecret: Uint8Array;
  x25519Secret: Uint8Array;
  nonce: bigint;
  period: number;
}

/**
 * Keys ahead of need: `prepareKeys` (in node.ts) makes sure that solved ones lie in storage, and starts no node. It does
 * nothing where they do already. Rejects as the solver and the storage do.
 *
 * - `node`: what `createNode` will use.
 * - `leaf`: what `createNode({ leaf: true })` will use: solved by the page for its service worker.
 * - `next`: another node key. The next `createNode` of this storage that is given none adopts it: the present key is gone
 *   from then on, its NodeID never used again, and what was kept for others is dropped, for nobody would find it. The
 *   incarnation goes on. Close the node that runs before: that is its leave.
 */
export interface PrepareKeys {
  network: Network;
  ports: { random: Random; core: Core; storage: Storage; solver: Solver };
  which: "node" | "leaf" | "next";
  onWork?: (tried: number) => void;
}

export interface NodeOptions {
  network: Network;
  ports: { clock: Clock; random: Random; core: Core; storage: Storage; solver: Solver; log: Log };
  transports: readonly Transport[];
  rtc?: Rtc;
  /** Own public addresses; non-empty makes the node an anchor. */
  addresses?: readonly { kind: number; text: string }[];
  /** Does this node keep cells for others? */
  store: boolean;
  /** Dials only, routes nothing, asks only. */
  leaf?: boolean;
  /** WebSocket URLs to begin with. */
  bootstrap: readonly string[];
  /** Solved beforehand; otherwise from storage (`PrepareKeys`), otherwise made (with progress). */
  keys?: NodeKeys;
  onWork?: (tried: number) => void;
  /** Higher than any before it and durable already; otherwise counted up in storage. */
  incarnation?: bigint;
  /** Does this token, shown by this peer, open a contact's link? Answers at once. */
  onToken?: (peer: NodeId, token: Uint8Array) => boolean;
  limits?: Partial<Limits>;
  unsafeTesting?: UnsafeTesting;
}
/** Levers for tests only (quality.md §4); the build that ships is the one that is tested. */
export interface UnsafeTesting {
  /** NodeIDs (hex) with which no direct link is made or accepted. A Set is kept: what is taken out is refused no more. */
  refusePeers?: readonly string[] | ReadonlySet<string>;
}

/** Whom to reach: both come from a record, or from what a contact told. */
export interface Peer {
  nodeId: NodeId;
  x25519Pk: Uint8Array;
}
export interface Authority {
  pk: Uint8Array;
  /** Needed by whoever signs with it. */
  secret?: Uint8Array;
}
/** A mailbox address with the keys the caller holds (protocol.md §7). */
export type Box =
  | { kind: 1 | 2 | 3 | 4; day: number; write: Authority; owner: Authority }
  | { kind: 5; address: Uint8Array };

export interface Placement {
  /** Valid receipts of distinct members of the current set, and how many that set has. */
  held: number;
  of: number;
  /** Holders that refused, by AnswerCode; as deleted only those that showed its owner's signature. */
  refused: readonly { code: number; count: number }[];
}
export interface Listed {
  entries: readonly { header: Uint8Array; parsed: CellHeader; held: number; deleted: number }[];
  /** Members of the current set that were asked and that answered. */
  asked: number;
  answered: number;
  of: number;
}
/** Answer to `get`: every signature in it was checked against the box (an inbox has none, there the stamp was checked;
 * `stampBits` tells its work, for a reader that drops what is below its card's). A tombstone says that and why (DeleteReason) the
 * owner ended a cell. */
export interface Fetched {
  cells: readonly { cell: Uint8Array; signer: number; stampBits: number }[];
  tombstones: readonly { header: Uint8Array; reason: number }[];
  /** Tags of which none of those asked gave anything. */
  missing: readonly Uint8Array[];
  /** Holders that answered at all: nothing found means little when this is 0. */
  answered: number;
}
export interface KnownPeer extends Peer {
  anchor: boolean;
  store: boolean;
}
/** `full`: it takes no more cells, and gives out what it has. `unreadable`: the disk does not answer; it is tried again. */
export type StoreState = "loading" | "ready" | "full" | "unreadable";
export type ConnectResult = "linked" | "refused" | "unknown" | "unreachable";

export interface NodeEvents {
  /** A cell from a peer whose token was accepted. */
  cell: { peer: NodeId; bytes: Uint8Array };
  /** The payload of a `send` that ended here; its origin is verified. Acknowledged already. */
  message: { origin: NodeId; payload: Uint8Array };
  /** A link came or went. */
  links: undefined;
  /** A token was accepted from this peer: it is the contact's current node. */
  contact: { peer: NodeId };
  /** The clock of this device is off by this many ms from the network's. */
  skew: { ms: number };
  /** The store can take no more cells; STORE left the record. */
  full: undefined;
  /** Another node runs under our key, from a copy of our storage: it signed a record that no run of ours did. */
  twin: undefined;
  /** What the store is now. */
  store: StoreState;
}

export interface Node {
  readonly id: NodeId;
  readonly x25519Pk: Uint8Array;
  readonly incarnation: bigint;
  /** Own contact record, encoded; signed anew as it ages. */
  record(): Uint8Array;
  networkTime(): number;
  /** False while network time is more than a day from the last one known, and too few links vouch for it. */
  timeSure(): boolean;
  /** True once a verified link lives. */
  online(): boolean;
  /** Routed, EXACT, acknowledged by the verified target. Rejects with a Fault. */
  send(peer: Peer, payload: Uint8Array): Promise<void>;
  /** One CELL on a live link whose token was accepted; false when there is none or it takes no more. */
  sendDirect(peer: NodeId, cell: Uint8Array): boolean;
  /** KNOCK, then a direct link where one can be made. The token is shown even where a link lives already. */
  connect(peer: Peer, token: Uint8Array): Promise<ConnectResult>;
  /** A live link to this peer over which a token was accepted. */
  direct(peer: NodeId): boolean;
  /** This peer is a contact no more: from now on its link takes no cells and none are sent over it, whatever is under way
   * for its token ends, and a link that does not serve the table besides is closed. Its next token is asked for anew. */
  drop(peer: NodeId): void;
  find(key: Uint8Array, filter: 0 | 1 | 2): Promise<readonly KnownPeer[]>;

  /** Stamp, then PUT to the 8 holders. `signer`: which authority signs (none for a card and an inbox, whose
   * `write.pk` is 32 zeros). `stampBits`: pay at least so many bits, ≤ 26: what the card of an inbox asks. Holders keep
   * of one day's inbox the 64 strongest stamps: a receipt from there says "kept while among them". */
  put(
    box: Box,
    cell: Uint8Array,
    signer: "none" | "write" | "owner",
    progress?: (now: Placement) => void,
    stampBits?: number,
  ): Promise<Placement>;
  /** `all`: every member of the set; else one anchor and one other first. Deletions are told only where the owner's
   * signature was shown; it is asked for of the tags in `prove`, without them of all. */
  list(box: Box, breadth: "two" | "all", prove?: readonly Uint8Array[]): Promise<Listed>;
  /** `breadth`: of a card's holders all are asked, or one anchor and one other, another two each time. */
  get(box: Box, tags: readonly Uint8Array[], breadth?: "two" | "all"): Promise<Fetched>;
  /** Of a cell that the caller knows. `deleted`: holders that showed its owner's signature, or say it after one did. */
  have(
    box: Box,
    tag: Uint8Array,
    hash: Uint8Array,
    expiry?: number,
  ): Promise<{ held: number; deleted: number; of: number }>;
  /** Lists, then calls `heard` with each new header until closed. Renews its lease by itself. */
  watch(box: Box, heard: (header: Uint8Array) => void): { listed: Promise<Listed>; close(): void };
  delete(box: Box, header: Uint8Array, reason: number): Promise<{ answered: number; of: number }>;

  /** Paused, the node gives nothing to others: it carries no messages, asks for nobody and keeps no new cells (STORE
   * leaves its record), and it keeps 3 links beside those of contacts. What it promised to keep it still gives out; its own
   * calls, watches and messages go on. */
  pause(on: boolean): void;
  /** Other caps from now on: fewer links are pruned, the least useful first (below 16 that costs the network siblings; at
   * least 3); less storage takes no further cells and evicts none. Throws Fault("malformed"). */
  setLimits(caps: Partial<Limits>): void;
  /** Take cells for others, or no more for now: STORE leaves the record. What is kept is still given out. */
  offer(on: boolean): void;
  store(): StoreState;
  stats(): Stats;
  on<K extends keyof NodeEvents>(event: K, heard: (detail: NodeEvents[K]) => void): () => void;
  /** The page became visible, online or resumed: probe all links now. */
  wake(): void;
  /** Leaves, saves and closes every link. */
  close(): Promise<void>;
}
