/** What a node says of itself: numbers and a table, no keys, no addresses of mailboxes. */
import type { Limits } from "./limits.ts";
import type { Carrier } from "./ports.ts";

export interface LinkStats {
  /** NodeID in hex. */
  peer: string;
  carrier: Carrier;
  anchor: boolean;
  sibling: boolean;
  /** ms since the handshake, round trip of the last pong in ms. */
  age: number;
  roundTrip: number | undefined;
  bytesIn: number;
  bytesOut: number;
}
export interface Stats {
  nodeId: string;
  uptime: number;
  networkTime: number;
  /** Own wall clock − network time, ms; while that is not sure, − what the links tell. */
  skew: number;
  /** False while the network tells of a time more than a day away that too few hosts vouch for: no card is signed then. */
  timeSure: boolean;
  links: readonly LinkStats[];
  knownPeers: number;
  knownAnchors: number;
  /** Frames of others that went on from here, since the start. */
  carried: { frames: number; bytes: number };
  /** All that came and went since the start, B with the heads of frames; links that are gone included. */
  traffic: { bytesIn: number; bytesOut: number };
  cellsKept: number;
  bytesKept: number;
  /** Of the cells kept, how many lie in each of 64 equal slices of the keyspace: what a map may show, no address. */
  keptAt: readonly number[];
  storing: boolean;
  /** Gives nothing to others (`Node.pause`). */
  paused: boolean;
  /** As they were set; while paused fewer links count. */
  limits: Readonly<Limits>;
  /** Each anchor's share of the boxes this node used, 0 … 1, by NodeID in hex. */
  anchorShares: Readonly<Record<string, number>>;
  /** Every counter by name: `forwarded`, `dropped.<reason>`, `refused.<reason>`, `asks`, `lookups` … */
  counters: Readonly<Record<string, number>>;
}
