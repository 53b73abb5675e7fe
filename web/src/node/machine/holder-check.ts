/**
 * What a holder verifies before it believes a request (protocol.md §7): size, header, expiry, address, stamp and
 * signature, the dear ones last. Pure: nothing here knows what is already kept.
 */
import { hex } from "../bytes.ts";
import { type AnswerBody, AnswerCode, PlaceKind, type Request, Signer } from "../messages.ts";
import type { Core } from "../ports.ts";
import {
  CARD_UNITS_AHEAD,
  CELL_UNITS_AHEAD,
  cellHash,
  deleteBytes,
  expiryOf,
  HEADER_BYTES,
  isCellSize,
  isKept,
  isZero,
  priceAt,
  putBytes,
  readBytes,
  tagOf,
  unitOf,
} from "./cells.ts";
import { checkCard } from "./holder-card.ts";

type Put = Extract<Request, { op: "put" }>;
type Delete = Extract<Request, { op: "delete" }>;
type Read = Extract<Request, { op: "list" | "get" | "watch" }>;

export interface Judge {
  core: Core;
  /** H(network)[0..16]. */
  network: Uint8Array;
  /** NodeID of the holder. */
  holder: Uint8Array;
}
export interface Refused {
  ok: false;
  code: number;
  /** What goes with it: a price that was not met, the proof of a deletion. */
  body?: AnswerBody;
}
export interface Accepted {
  ok: true;
  address: Uint8Array;
  /** The same in hex. */
  name: string;
}
export interface AcceptedPut extends Accepted {
  header: Uint8Array;
  /** The same in hex. */
  headerName: string;
  /** H(cell) in bytes and hex. */
  hash: Uint8Array;
  hashName: string;
  /** Strength where entries compete for few places: of a card its order, of an inbox the bits of its stamp; else 0. */
  rank: bigint;
}

export const checkPut = (judge: Judge, request: Put, networkTime: number): AcceptedPut | Refused => {
  const { core, network } = judge;
  const { place, cell, stamp } = request;
  if (!isCellSize(cell.length)) return refused(AnswerCode.malformed);
  const header = cell.slice(0, HEADER_BYTES);
  if (!isKept(place)) return refused(AnswerCode.badAddress);
  const bad = checkHeader(core, header, networkTime, place.kind === PlaceKind.card);
  if (bad !== undefined) return bad;
  const address = core.address(place);
  const hash = cellHash(core, cell);
  const bits = priceAt(place.kind, cell.length);
  const reached = core.stampBits(network, address, tagOf(header), hash, stamp);
  if (reached < bits) return refused(AnswerCode.price, { kind: "price", bits });
  let rank = 0n;
  if (place.kind === PlaceKind.card) {
    const card = checkCard(core, network, address, cell, networkTime);
    if ("refused" in card) return refused(card.refused);
    rank = card.rank;
  } else if (place.kind === PlaceKind.inbox) {
    // Nobody signs here, so nothing that looks like a signature is kept or given away.
    if (request.signer !== Signer.none || !isZero(request.sig)) return refused(AnswerCode.badSignature);
    rank = BigInt(reached);
  } else if (!signed(judge, place, request, "put", putBytes(address, hash))) return refused(AnswerCode.badSignature);
  return { ok: true, address, name: hex(address), header, headerName: hex(header), hash, hashName: hex(hash), rank };
};

export const checkDelete = (judge: Judge, request: Delete, networkTime: number): Accepted | Refused => {
  const { place, header, reason } = request;
  if (!isKept(place) || place.kind === PlaceKind.card) return refused(AnswerCode.badAddress);
  const bad = checkHeader(judge.core, header, networkTime, false);
  if (bad !== undefined) return bad;
  const address = judge.core.address(place);
  const owner = { signer: Signer.owner, sig: request.sig };
  if (!signed(judge, place, owner, "delete", deleteBytes(address, header, reason))) {
    return refused(AnswerCode.badSignature);
  }
  return { ok: true, address, name: hex(address) };
};

/** Signature and address alone; freshness is `ReadMemory`'s. A card is read by anyone, with GET alone. */
export const checkRead = (judge: Judge, request: Read): Accepted | Refused => {
  const { place, op, innerId, sent } = request;
  if (!isKept(place)) return refused(AnswerCode.badAddress);
  const address = judge.core.address(place);
  const accepted: Accepted = { ok: true, address, name: hex(address) };
  if (place.kind === PlaceKind.card) return op === "get" ? accepted : refused(AnswerCode.badAddress);
  // The writer of an invite knows its link alone: it may fetch what it can name, never see who else wrote.
  const may =
    request.signer === Signer.owner ||
    (request.signer === Signer.write && op === "get" && place.kind !== PlaceKind.inbox);
  const bytes = readBytes(op, judge.holder, innerId, sent, address);
  return may && signed(judge, place, request, "read", bytes) ? accepted : refused(AnswerCode.badSignature);
};

const checkHeader = (core: Core, header: Uint8Array, networkTime: number, card: boolean): Refused | undefined => {
  if (!core.decode("cellHeader", header).ok) return refused(AnswerCode.malformed);
  const unit = unitOf(networkTime);
  const expiry = expiryOf(header);
  if (unit > expiry) return refused(AnswerCode.past);
  return expiry > unit + (card ? CARD_UNITS_AHEAD : CELL_UNITS_AHEAD) ? refused(AnswerCode.tooFarAhead) : undefined;
};

const signed = (
  { core, network }: Judge,
  place: Extract<Request, { op: "put" }>["place"],
  { signer, sig }: { signer: number; sig: Uint8Array },
  purpose: "put" | "delete" | "read",
  bytes: Uint8Array,
): boolean => {
  if (place.kind === PlaceKind.card) return false;
  const pk = signer === Signer.owner ? place.ownerPk : signer === Signer.write ? place.writePk : undefined;
  return pk !== undefined && core.verify(pk, sig, purpose, network, bytes);
};

const refused = (code: number, body?: AnswerBody): Refused =>
  body === undefined ? { ok: false, code } : { ok: false, code, body };
