/**
 * The messages of the wire as values. Their bytes are the core's business: `Core.encode` and `Core.decode` translate,
 * and core-wasm/src/msg holds one file a message with its layout. Nothing here but types and the table of numbers.
 */

export type NodeId = Uint8Array & { readonly brand: "NodeId" };

/** Frame type bytes. 0x01–0x0f one link, 0x10–0x1f between neighbours, 0x20–0x2f routed; higher ranges are kept for
 * relayed links (0x30), bulk transfer (0x40), media (0x50), names and presence (0x60), ledger (0x70). */
export const FrameType = {
  hello: 0x01,
  proof: 0x02,
  record: 0x03,
  ping: 0x04,
  pong: 0x05,
  leave: 0x06,
  anchors: 0x07,
  ask: 0x10,
  asked: 0x11,
  noRoute: 0x12,
  cell: 0x13,
  find: 0x20,
  sealed: 0x21,
  answer: 0x22,
  data: 0x23,
} as const;
export type FrameType = (typeof FrameType)[keyof typeof FrameType];

/** Capability bits of a contact record. */
export const Capability = { anchor: 1, store: 2, relay: 4, stun: 8, leaf: 16 } as const;

/** Address kinds of a contact record: WebSocket URL (UTF-8), WebTransport, STUN host:port (UTF-8). */
export const AddressKind = { websocket: 1, webtransport: 2, stun: 3 } as const;
export interface Address {
  kind: number;
  bytes: Uint8Array;
}

/** protocol.md §2. `seq` = ms at signing, `expiry` = minutes since 2026-01-01T00Z. */
export interface ContactRecord {
  version: number;
  capabilities: number;
  edPk: Uint8Array;
  nonce: bigint;
  period: number;
  x25519Pk: Uint8Array;
  seq: number;
  expiry: number;
  addresses: Address[];
  sig: Uint8Array;
}

/** `record` and `binding` travel as u16 length ∥ bytes. role: 0 dialer, 1 listener. */
export interface Hello {
  version: number;
  network: Uint8Array; // 16
  role: number;
  record: Uint8Array;
  incarnation: bigint;
  wall: number;
  e: Uint8Array; // 32
  random: Uint8Array; // 32
  binding: Uint8Array;
}
export interface Proof {
  sig: Uint8Array;
}
export interface Ping {
  id: number;
}
export interface Pong {
  id: number;
  wall: number;
}
export interface Leave {
  nodeId: Uint8Array;
  incarnation: bigint;
  sent: number;
  sig: Uint8Array;
}
/** n u8, then n × (u16 length ∥ record). Also the body of the answer to FIND. */
export interface Records {
  records: Uint8Array[];
}

/** mode: 0 SEALED (body = e 32 ∥ ciphertext), 1 FIND (body = FindBody). */
export interface Ask {
  id: Uint8Array; // 16
  mode: number;
  target: Uint8Array;
  body: Uint8Array;
}
/** code: 0 an answer; 1 busy, 2 over budget, 3 no route, 4 unanswered. */
export interface Asked {
  id: Uint8Array;
  code: number;
  answer: Uint8Array;
}
export const AskedCode = { answer: 0, busy: 1, overBudget: 2, noRoute: 3, unanswered: 4 } as const;

export interface NoRoute {
  origin: Uint8Array; // NodeID
  id: bigint;
}

/** key 32 ∥ except 32 (a NodeID or zero) ∥ filter u8 (0 any, 1 STORE, 2 ANCHOR + STORE). */
export interface FindBody {
  key: Uint8Array;
  except: Uint8Array;
  filter: number;
}
/** Payload of every routed request and of ANSWER: request id 16 ∥ body. */
export interface Tagged {
  requestId: Uint8Array;
  body: Uint8Array;
}

/** A routed message as it ended here, signature verified. */
export interface Routed {
  type: FrameType;
  target: Uint8Array;
  exact: boolean;
  ttl: number;
  origin: NodeId;
  originEdPk: Uint8Array;
  sent: number;
  id: bigint;
  payload: Uint8Array;
}

/** Kinds of address (protocol.md §7). */
export const PlaceKind = { pair: 1, inbox: 2, invite: 3, presence: 4, card: 5 } as const;
/** What a storage request names; the holder computes the address from it. */
export type Place =
  | { kind: 1 | 2 | 3 | 4; day: number; writePk: Uint8Array; ownerPk: Uint8Array }
  | { kind: 5; address: Uint8Array };

/** The 20 clear bytes of every cell (protocol.md §9). expiry in 6-hour units since 2026-01-01T00Z. */
export interface CellHeader {
  version: number;
  suite: number;
  expiry: number;
  tag: Uint8Array; // 16
}
export const Signer = { none: 0, write: 1, owner: 2 } as const;

/** Inside a SEALED request: inner id 16 ∥ op u8 ∥ fields ∥ zeros to a multiple of 256. `op` bytes in order 1 … 8. */
export type Request =
  | { op: "put"; innerId: Uint8Array; place: Place; signer: number; sig: Uint8Array; stamp: bigint; cell: Uint8Array }
  | { op: "list"; innerId: Uint8Array; place: Place; sent: number; signer: number; sig: Uint8Array }
  | { op: "get"; innerId: Uint8Array; place: Place; sent: number; tags: Uint8Array[]; signer: number; sig: Uint8Array }
  | { op: "have"; innerId: Uint8Array; place: Place; tag: Uint8Array; hash: Uint8Array }
  | { op: "watch"; innerId: Uint8Array; place: Place; sent: number; signer: number; sig: Uint8Array }
  | { op: "delete"; innerId: Uint8Array; place: Place; header: Uint8Array; reason: number; sig: Uint8Array }
  | { op: "knock"; innerId: Uint8Array; session: Uint8Array; reason: number; token: Uint8Array; record: Uint8Array }
  | { op: "offer"; innerId: Uint8Array; session: Uint8Array; sdp: string };
export type Op = Request["op"];

export const DeleteReason = { read: 0, used: 1, revoked: 2 } as const;
export const KnockReason = { join: 0, table: 1, contact: 2, media: 3 } as const;
export const CellState = { absent: 0, held: 1, deleted: 2 } as const;

/** Codes of an answer; all but `ok` are refusals of the storage layer. `price` carries the bits that would do. */
export const AnswerCode = {
  ok: 0,
  price: 1,
  quota: 2,
  full: 3,
  past: 4,
  tooFarAhead: 5,
  deleted: 6,
  badSignature: 7,
  badAddress: 8,
  stale: 9,
  malformed: 10,
} as const;

/** Signed by the holder over ("stored", address, tag, hash, expiry, holder). */
export interface Receipt {
  address: Uint8Array;
  tag: Uint8Array;
  hash: Uint8Array;
  expiry: number;
  holder: Uint8Array;
  sig: Uint8Array;
}
/** Inside a SEALED answer: inner id 16 ∥ code u8 ∥ kind u8 ∥ fields. */
export interface Answer {
  innerId: Uint8Array;
  code: number;
  body: AnswerBody;
}
/** `left` of a GET answer: how many answers to the same request follow it. kind bytes 0 … 13 in this order. `ended` tells of
 * the one cell that HAVE or a refused PUT named: `sig` is its owner's, as a tombstone has it. */
export type AnswerBody =
  | { kind: "none" }
  | { kind: "price"; bits: number }
  | ({ kind: "stored" } & Receipt)
  | { kind: "listed"; entries: { header: Uint8Array; state: number }[] }
  | { kind: "state"; state: number }
  | { kind: "cell"; left: number; signer: number; sig: Uint8Array; stamp: bigint; cell: Uint8Array }
  | { kind: "tombstone"; left: number; header: Uint8Array; reason: number; sig: Uint8Array }
  | { kind: "missing"; left: number; tag: Uint8Array }
  | { kind: "notify"; header: Uint8Array }
  | { kind: "welcome" }
  | { kind: "refuse"; code: number; retryAfter: number }
  | { kind: "linked" }
  | { kind: "answer"; sdp: string }
  | { kind: "ended"; reason: number; sig: Uint8Array };
export const RefuseCode = { full: 0, unknown: 1, crossing: 2, policy: 3 } as const;

/** Public part of a card that a holder checks (protocol.md §10); 9,023 B with both signatures. */
export interface Card {
  version: number;
  edPk: Uint8Array; // 32
  mldsaPk: Uint8Array; // 2592
  generation: number;
  seq: number;
  inboxPk: Uint8Array; // 32
  x25519Pk: Uint8Array; // 32
  mlkemPk: Uint8Array; // 1568
  stampBits: number;
  expiry: number;
  reserved: Uint8Array; // 64, zero
  sigEd: Uint8Array; // 64
  sigMldsa: Uint8Array; // 4627
}

/** Every message by the name that `Core.encode` and `Core.decode` take. */
export interface Messages {
  hello: Hello;
  proof: Proof;
  record: ContactRecord;
  ping: Ping;
  pong: Pong;
  leave: Leave;
  records: Records;
  ask: Ask;
  asked: Asked;
  noRoute: NoRoute;
  findBody: FindBody;
  tagged: Tagged;
  request: Request;
  answer: Answer;
  cellHeader: CellHeader;
  card: Card;
}
export type MessageName = keyof Messages;
