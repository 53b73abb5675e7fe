/**
 * What holder and mailbox both know of cells: sizes, expiry units, price, and the bytes under each signature of storage
 * (protocol.md §7, §9). Not here: who keeps what (holder*.ts), who asks whom (mailbox*.ts).
 */
import { concat, u8, u16, u64 } from "../bytes.ts";
import type { Op, Place, Receipt } from "../messages.ts";
import { PlaceKind } from "../messages.ts";
import type { Core } from "../ports.ts";
import { EPOCH_MS } from "./contacts.ts";

/** Clear bytes at the start of every cell. */
export const HEADER_BYTES = 20;
export const TAG_BYTES = 16;
const EXPIRY_AT = 2;
const TAG_AT = 4;

/** The grain of expiries, so that they tell little about when a cell was made (tier 1). */
const UNIT_MS = 6 * 3_600_000;
/** An expiry of 28 units, and one for a holder whose clock is a unit behind (tier 2). */
export const CELL_UNITS_AHEAD = 29;
/** 14 days, and one unit (tier 2). */
export const CARD_UNITS_AHEAD = 57;

/** Size classes of cells, B; few, so that a length tells little. */
export const SMALL = 2_048;
const LARGE = 16_384;
export const isCellSize = (length: number): boolean => length === SMALL || length === LARGE;

/** Zero bits that a stamp needs: 2^12 hashes (~1 ms) for the smallest cell, in proportion above (tier 2). */
export const priceOf = (size: number): number => 12 + Math.log2(size / SMALL);
/** An inbox is open to strangers, and its stamp alone authorises: 2^18 hashes are ~30 ms (tier 2). */
const INBOX_BITS = 18;
/** What every holder asks at an address of this kind. */
export const priceAt = (kind: number, size: number): number =>
  kind === PlaceKind.inbox ? Math.max(INBOX_BITS, priceOf(size)) : priceOf(size);
/** A refusal that asks more is not met: 2^26 hashes are ~10 s of a browser's worker (tier 2). */
export const HIGHEST_PRICE = 26;

/** The 6-hour unit of a network time in ms. Never below 0: unsigned fields must not wrap. */
export const unitOf = (networkTime: number): number => Math.max(0, Math.floor((networkTime - EPOCH_MS) / UNIT_MS));
/** First ms at which a cell of this expiry is past. */
export const pastFrom = (expiry: number): number => EPOCH_MS + (expiry + 1) * UNIT_MS;
/** Minutes since the epoch, as cards count them. */
export const minuteOf = (networkTime: number): number => Math.max(0, Math.floor((networkTime - EPOCH_MS) / 60_000));

/** The clear bytes of a cell. */
export const headerOf = (core: Core, expiry: number, tag: Uint8Array): Uint8Array =>
  core.encode("cellHeader", { version: 1, suite: 1, expiry, tag });
export const expiryOf = (header: Uint8Array): number => ((header[EXPIRY_AT] ?? 0) << 8) | (header[EXPIRY_AT + 1] ?? 0);
export const tagOf = (header: Uint8Array): Uint8Array => header.subarray(TAG_AT, HEADER_BYTES);

/** H(cell), 32 B. */
export const cellHash = (core: Core, cell: Uint8Array): Uint8Array => core.hash("cell", cell);

/** Kinds that this version keeps: all but presence. An inbox has no write key: the same one under another address. */
export const isKept = (place: Place): boolean => {
  const { kind } = place;
  if (kind === PlaceKind.inbox) return isZero(place.writePk);
  return kind === PlaceKind.pair || kind === PlaceKind.invite || kind === PlaceKind.card;
};
export const isZero = (bytes: Uint8Array): boolean => bytes.every((byte) => byte === 0);

/** Operation bytes of requests, as in the codec. */
const OP: Record<Op, number> = { put: 1, list: 2, get: 3, have: 4, watch: 5, delete: 6, knock: 7, offer: 8 };

/** Signed by whoever reads: op u8 ∥ holder NodeID 32 ∥ inner id 16 ∥ sent u64 ∥ address 32. Purpose "read". */
export const readBytes = (
  op: "list" | "get" | "watch",
  holder: Uint8Array,
  innerId: Uint8Array,
  sent: number,
  address: Uint8Array,
): Uint8Array => concat(u8(OP[op]), holder, innerId, u64(sent), address);

/** Signed by whoever writes: address 32 ∥ H(cell) 32. Purpose "put". */
export const putBytes = (address: Uint8Array, hash: Uint8Array): Uint8Array => concat(address, hash);

/** Signed by the owner: address 32 ∥ header 20 ∥ reason u8. Purpose "delete". */
export const deleteBytes = (address: Uint8Array, header: Uint8Array, reason: number): Uint8Array =>
  concat(address, header, u8(reason));

/** Signed by the holder: address 32 ∥ tag 16 ∥ H(cell) 32 ∥ expiry u16 ∥ holder NodeID 32. Purpose "stored". */
export const storedBytes = (receipt: Omit<Receipt, "sig">): Uint8Array =>
  concat(receipt.address, receipt.tag, receipt.hash, u16(receipt.expiry), receipt.holder);
