/**
 * The vocabulary of the runtime. A machine is `step(input, now) -> effects`; an effect is either an act of the driver
 * (`Act`) or an input for other machines, which the driver hands on at once. Nothing here but types.
 */
import type { Box, ConnectResult, NodeEvents, Peer } from "./api.ts";
import type { FaultCode } from "./errors.ts";
import type { Limits } from "./limits.ts";
import type { Answer, ContactRecord, FrameType, NodeId, Request } from "./messages.ts";
import type { Binding, Carrier, Change, CloseCode, LinkHandle, WorkJob } from "./ports.ts";
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
      /** Nodes that should not carry it while another neighbour exists: the whole holder set of the address. */
      avoid?: readonly NodeId[];
      /** Sent EXACT in our own name instead of through a neighbour: signalling of a joined node. */
      direct?: boolean;
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
      avoid?: readonly NodeId[];
      /** EXACT: this node answers for any key. Without it CLOSEST: the node nearest to the key answers. */
      target?: NodeId;
    }
  | { type: "endAsk"; ask: number };
export type AskOutput =
  | { type: "asked"; ask: number; answer: Answer }
  /** `from`: who answered, where that was verified. */
  | { type: "found"; ask: number; contacts: readonly Contact[]; from?: NodeId }
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
  | { type: "put"; call: number; box: Box; cell: Uint8Array; signer: number; stampBits: number }
  | { type: "list"; call: number; box: Box; breadth?: "two" | "all"; prove?: readonly Uint8Array[] | undefined }
  | { type: "get"; call: number; box: Box; tags: readonly Uint8Array[]; breadth?: "two" | "all" }
  | { type: "have"; call: number; box: Box; tag: Uint8Array; hash: Uint8Array; expiry?: number | undefined }
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
  /** `failed`: the disk did not answer, which says nothing about what lies there. */
  | { type: "loaded"; load: number; values: readonly (Uint8Array | undefined)[]; failed?: "storage-broken" }
  /** The last portion, empty or not, says `more: false`. */
  | {
      type: "ranged";
      range: number;
      entries: readonly { key: string; value: Uint8Array }[];
      more: boolean;
      failed?: "storage-broken";
    }
  | { type: "solved"; solve: number; nonce: bigint | undefined }
  | { type: "timer"; timer: Timer };

/** Channels before they are links, and what ends here. `attempt` is the number of the dial or rtc act, 0 for inbound. */
export type WireInput =
  | {
      type: "channel";
      link: LinkHandle;
      attempt: number;
      carrier: Carrier;
      binding: Binding;
      role: 0 | 1;
      /** The dialer knows which node it wants. */
      expect: NodeId | undefined;
    }
  /** A frame of a channel that is not a link yet. */
  | { type: "channelFrame"; link: LinkHandle; frame: Uint8Array }
  | { type: "channelClosed"; link: LinkHandle; code: CloseCode }
  /** A frame of a link that ended here; routed ones are not verified yet. */
  | { type: "frame"; link: LinkHandle; kind: FrameType; frame: Uint8Array; payload: Uint8Array }
  | { type: "launched"; send: number; link: LinkHandle }
  | { type: "launchFailed"; send: number }
  | { type: "dialFailed"; attempt: number }
  | { type: "rtcOffered"; attempt: number; sdp: string }
  | { type: "rtcAnswered"; attempt: number; sdp: string }
  | { type: "rtcFailed"; attempt: number }
  /** Page shown, resumed, online again; `slept`: noticed by the gap between two ticks. */
  | { type: "wake"; slept: boolean }
  /** Give nothing to others for now, or again. */
  | { type: "pause"; on: boolean }
  /** Take no cells for others for now, or again. */
  | { type: "offer"; on: boolean }
  | { type: "limits"; caps: Partial<Limits> }
  /** This peer's tokens count for nothing any more. */
  | { type: "drop"; peer: NodeId }
  /** A record under our own key was seen that no run of this profile signed. */
  | { type: "twin" }
  | { type: "closing" };
export type WireAct =
  /** Best effort; what does not go out is counted. */
  | { type: "transmit"; link: LinkHandle; frame: Uint8Array }
  /** Goes out on the first of these links that takes it. */
  | { type: "launch"; send: number; frame: Uint8Array; hops: readonly LinkHandle[] }
  /** From now on frames of this channel go through the table. */
  | { type: "open"; link: LinkHandle }
  | { type: "shut"; link: LinkHandle; code: CloseCode }
  | { type: "dial"; attempt: number; kind: number; address: Uint8Array; expect: NodeId | undefined }
  | { type: "rtcOffer"; attempt: number; stun: readonly string[]; expect: NodeId }
  | { type: "rtcAccept"; attempt: number; sdp: string }
  | { type: "rtcAnswer"; attempt: number; sdp: string; stun: readonly string[]; expect: NodeId }
  /** Gives up a dial or an exchange that has no channel yet. */
  | { type: "cancelAttempt"; attempt: number }
  | { [K in keyof NodeEvents]: { type: "emit"; event: K; detail: NodeEvents[K] } }[keyof NodeEvents]
  | { type: "log"; event: string; fields?: Readonly<Record<string, number | string | boolean>> };

/** Between the machines of the overlay. */
export type OverlayInput =
  | { type: "handshakeFailed"; link: LinkHandle; attempt: number; reason: string }
  /** The peer proved its NodeID; its RECORD is still to come. */
  | { type: "proved"; link: LinkHandle }
  /** The knowledge is full where `waiting` belongs: if this peer is silent, it makes room. */
  | { type: "probe"; peer: NodeId; waiting: Uint8Array }
  /** A clock of a link: its wall time − our monotonic time, ms. `host` tells samples of one origin. */
  | { type: "timeSample"; link: LinkHandle; offset: number; host: string; dialed: boolean }
  /** Network time moved by more than slewing would. */
  | { type: "timeStepped"; by: number }
  /** A verified LEAVE of the peer of this link. */
  | { type: "left"; peer: NodeId }
  /** A message of our own; answers come back until `keep` ms are over or `routedEnd`. */
  | {
      type: "routedSend";
      send: number;
      kind: FrameType;
      target: NodeId;
      exact: boolean;
      body: Uint8Array;
      /** 0: the first answer ends it. */
      keep: number;
    }
  | { type: "routedEnd"; send: number }
  | { type: "routedAnswer"; send: number; origin: NodeId; body: Uint8Array }
  | { type: "routedFailed"; send: number; reason: FaultCode }
  /** A verified answer that ended here. */
  | { type: "routedEnded"; kind: FrameType; origin: NodeId; requestId: Uint8Array; body: Uint8Array }
  /** A verified request that ended here, new to us. */
  | { type: "routedRequest"; kind: FrameType; origin: NodeId; requestId: Uint8Array; body: Uint8Array }
  | { type: "routedReply"; origin: NodeId; requestId: Uint8Array; body: Uint8Array }
  /** FIND in our own name, or through a neighbour while joining; comes back as `found` or `askFailed`. */
  | { type: "findAt"; ask: number; target: NodeId | undefined; key: Uint8Array; except: Uint8Array; filter: number }
  /** Make a link to this node; `met` tells how it went. */
  | { type: "meet"; meet: number; to: Peer; record: ContactRecord | undefined; reason: number; token: Uint8Array }
  | { type: "met"; meet: number; peer: NodeId; result: ConnectResult; retryAfter: number }
  /** Nothing ran for a while: what neighbours and holders kept for us may be over. */
  | { type: "slept" }
  /** A second after a wake no link has answered. */
  | { type: "doubted" }
  /** `limits` or `paused` are other than they were. */
  | { type: "limitsChanged" }
  /** Our own record was signed anew. */
  | { type: "recordSigned" }
  /** Checked records of anchors that a neighbour told of. */
  | { type: "anchorsHeard"; contacts: readonly Contact[] }
  /** Checked records of nodes near us, from an anchor that may stand in another part of the network. */
  | { type: "neighboursHeard"; contacts: readonly Contact[] };

export type Input =
  | AskInput
  | AskOutput
  | ServeInput
  | ServeOutput
  | LocalRequest
  | StorageFull
  | LinkEvent
  | Start
  | Command
  | Done
  | WireInput
  | OverlayInput;
export type Effect = Act | WireAct | Outcome | Input;
