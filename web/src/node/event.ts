/**
 * The vocabulary of the runtime. A machine is `step(input, now) -> effects`; an effect is either an act of the driver
 * (`Act`) or an input for other machines, which the driver hands on at once. Nothing here but types.
 */
import type { Box, ConnectResult, Peer } from "./api.ts";
import type { FaultCode } from "./errors.ts";
import type { Answer, ContactRecord, NodeId, Request } from "./messages.ts";
import type { Change, LinkHandle, WorkJob } from "./ports.ts";
import type { Timer } from "./timers.ts";

/** A peer with its checked record. */
export interface Contact {
  nodeId: NodeId;
  record: ContactRecord;
  bytes: Uint8Array;
}
/** Where an answer to a sealed request goes; plain data, so that a watch can keep it for later. */
export interface ReplyTo {
  /** The node that brought the request (the asking neighbour, or ourselves). */
  via: NodeId;
  requestId: Uint8Array;
  innerId: Uint8Array;
  /** X25519 secret shared with the author of the request. */
  shared: Uint8Array;
  /** The author's ephemeral key. */
  e: Uint8Array;
}

/** Sealed requests through a neighbour, asked by storage and signalling, carried by the ask machine. */
export type AskInput =
  | {
      type: "ask";
      ask: number;
      to: Peer;
      /** Picks the neighbour: requests of one address and lane go through the same one all day. */
      order: Uint8Array;
      lane: "put" | "read";
      request: Request;
      /** Keeps listening for further answers (GET of several cells, WATCH) until `endAsk`. */
      open: boolean;
    }
  | {
      type: "askFind";
      ask: number;
      key: Uint8Array;
      except: Uint8Array;
      filter: number;
      order: Uint8Array;
      skip: number;
    }
  | { type: "endAsk"; ask: number };
export type AskOutput =
  | { type: "asked"; ask: number; answer: Answer }
  | { type: "found"; ask: number; contacts: readonly Contact[] }
  | { type: "askFailed"; ask: number; reason: FaultCode }
  /** The neighbour that carries an open ask is gone: a watch asks anew through another. */
  | { type: "askLost"; ask: number };

/** A sealed request that ended here, and the answer to it. */
export type ServeInput = {
  type: "request";
  via: NodeId;
  /** The asking neighbour's verified record says ANCHOR. */
  viaAnchor: boolean;
  request: Request;
  reply: ReplyTo;
};
export type ServeOutput = { type: "reply"; to: ReplyTo; answer: Answer };

/** The mailbox asks the holder of its own node; the answers come back as `asked` under the same number. */
export type LocalRequest = { type: "localRequest"; ask: number; request: Request };
/** The store has no room (or has again): STORE leaves the record (or rejoins it). */
export type StorageFull = { type: "storageFull"; full: boolean };

export type LinkEvent =
  | { type: "linkUp"; link: LinkHandle; contact: Contact; dialed: boolean }
  | { type: "linkDown"; link: LinkHandle; peer: NodeId; last: boolean };

/** First input of every machine: the time to arm timers and to load what lies on disk. */
export type Start = { type: "start" };

/** Calls of the public surface; `call` numbers the promise that waits. A watch is `done` with what it listed, and then
 * tells each new header (20 B) as `progress` until `unwatch`. */
export type Command =
  | { type: "put"; call: number; box: Box; cell: Uint8Array; signer: number }
  | { type: "list"; call: number; box: Box; breadth: "two" | "all" }
  | { type: "get"; call: number; box: Box; tags: readonly Uint8Array[] }
  | { type: "have"; call: number; box: Box; tag: Uint8Array; hash: Uint8Array }
  | { type: "watch"; call: number; box: Box }
  | { type: "unwatch"; call: number }
  | { type: "delete"; call: number; box: Box; header: Uint8Array; reason: number }
  | { type: "send"; call: number; peer: Peer; payload: Uint8Array }
  | { type: "connect"; call: number; peer: Peer; token: Uint8Array }
  | { type: "find"; call: number; key: Uint8Array; filter: number };
export type Outcome =
  | { type: "done"; call: number; value: unknown }
  | { type: "progress"; call: number; value: unknown }
  | { type: "failed"; call: number; code: FaultCode; sentence: string };

/** Work of the outside that comes back as an input under the same number. */
export type Act =
  | { type: "save"; save: number; changes: readonly Change[] }
  | { type: "load"; load: number; keys: readonly string[] }
  /** Everything under a prefix, in portions of the driver's choice, so that no store has to fit into memory at once. */
  | { type: "range"; range: number; prefix: string }
  | { type: "solve"; solve: number; job: WorkJob }
  | { type: "cancelSolve"; solve: number }
  | { type: "arm"; timer: Timer; at: number }
  | { type: "disarm"; timer: Timer }
  | { type: "count"; counter: string; by?: number };
export type Done =
  | { type: "saved"; save: number; failed?: "storage-full" | "storage-broken" }
  | { type: "loaded"; load: number; values: readonly (Uint8Array | undefined)[] }
  /** The last portion, empty or not, says `more: false`. */
  | { type: "ranged"; range: number; entries: readonly { key: string; value: Uint8Array }[]; more: boolean }
  | { type: "solved"; solve: number; nonce: bigint | undefined }
  | { type: "timer"; timer: Timer };

export type { ConnectResult };
