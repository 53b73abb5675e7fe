/**
 * What waits to be delivered: texts, the cells that carry them, and how texts are packed into cells (protocol.md §8,
 * §11). A text stays here until the other end acknowledged it; a cell never changes, so a text that needs a later
 * expiry gets a new cell. When to send is the driver's.
 */
import type { Core } from "#node/ports.ts";
import { Reader, Writer } from "./bytes.ts";
import { UNIT_MS } from "./clock.ts";
import { type CellSize, LARGE, LIFE, type Life, SMALL } from "./envelope.ts";
import { fail, ok, type Result } from "./errors.ts";
import { type Item, itemSize, type MessageId, messageId } from "./items.ts";
import { CONTENT } from "./session.ts";

/** A text of ours that is not acknowledged yet. */
export interface OutboxText {
  id: MessageId;
  /** ms, network time when the person sent it. */
  sent: number;
  /** ms of the first receipt; 0 before. */
  stored: number;
  life: Life;
  text: string;
}
/** A cell of ours whose texts are not all acknowledged. */
export interface OutboxCell {
  /** The pair it was sealed for. */
  th: Uint8Array; // 64
  /** The pair's day into whose box it goes. */
  day: number;
  /** Signed receipts of distinct current holders at the last look, and how many there should be. */
  held: number;
  of: number;
  /** ms when its copies were last put or seen. */
  seen: number;
  ids: readonly MessageId[];
  /** The bytes: envelope, header, content. */
  cell: Uint8Array;
}

const STATE_VERSION = 1;
const TH = 64; // B
/** A 16 KiB cell is worth its bytes when what waits would fill more small ones than this: fewer round trips, and an
 * address takes only 512 cells a day. */
const SMALL_CELLS_AT_MOST = 4;

export interface Packed {
  size: CellSize;
  items: Item[];
}
/** Items into as few cells as is sensible, in order; none is split. Throws Fault("too-large") never: an item that no
 * cell takes is refused by `encodeItems`. */
export function pack(core: Core, items: readonly Item[]): Packed[] {
  const sizes = items.map((item) => itemSize(core, item));
  const cells: Packed[] = [];
  for (let at = 0; at < items.length; ) {
    const left = sizes.slice(at).reduce((sum, size) => sum + size, 0);
    const long = (sizes[at] as number) > CONTENT[SMALL];
    const size = long || left > SMALL_CELLS_AT_MOST * CONTENT[SMALL] ? LARGE : SMALL;
    const count = Math.max(1, fitting(sizes.slice(at), CONTENT[size]));
    cells.push({ size, items: items.slice(at, at + count) });
    at += count;
  }
  return cells;
}

/** Two lives without an acknowledgement: the person is told, nothing is put again by itself. */
export function isSilent(text: OutboxText, now: number): boolean {
  return text.stored > 0 && now > text.stored + 2 * LIFE[text.life] * UNIT_MS;
}

/** version u8 = 1 ∥ id 16 ∥ sent u64 ms ∥ stored u64 ms ∥ life u8 ∥ UTF-8. */
export function encodeText(core: Core, text: OutboxText): Uint8Array {
  const writer = new Writer().u8(STATE_VERSION).bytes(text.id).safe(text.sent).safe(text.stored);
  return writer
    .u8(text.life === "week" ? 0 : 1)
    .bytes(core.utf8(text.text))
    .finish();
}
/** Errors: malformed, unsupported. */
export function decodeText(core: Core, bytes: Uint8Array): Result<OutboxText> {
  const reader = new Reader(bytes);
  if (reader.u8() !== STATE_VERSION) return fail("unsupported");
  const id = reader.bytes(16);
  const times = { sent: reader.safe(), stored: reader.safe() };
  const life = reader.u8() === 0 ? "week" : "day";
  const text = core.text(reader.rest());
  return reader.done() && text !== undefined ? ok({ id: messageId(id), ...times, life, text }) : fail("malformed");
}

/** version u8 = 1 ∥ th 64 ∥ day u32 ∥ held u8 ∥ of u8 ∥ seen u64 ms ∥ n u16 × id 16 ∥ cell. */
export function encodeCell(cell: OutboxCell): Uint8Array {
  const writer = new Writer().u8(STATE_VERSION).bytes(cell.th).u32(cell.day).u8(cell.held).u8(cell.of);
  writer.safe(cell.seen).u16(cell.ids.length);
  for (const id of cell.ids) writer.bytes(id);
  return writer.bytes(cell.cell).finish();
}
/** Errors: malformed, unsupported. */
export function decodeCell(bytes: Uint8Array): Result<OutboxCell> {
  const reader = new Reader(bytes);
  if (reader.u8() !== STATE_VERSION) return fail("unsupported");
  const place = { th: reader.bytes(TH), day: reader.u32(), held: reader.u8(), of: reader.u8(), seen: reader.safe() };
  const count = reader.u16();
  const ids: Uint8Array[] = [];
  for (let i = 0; i < count && reader.whole; i++) ids.push(reader.bytes(16));
  const cell = reader.rest();
  if (!reader.done() || (cell.length !== SMALL && cell.length !== LARGE)) return fail("malformed");
  return ok({ ...place, ids: ids.map(messageId), cell });
}

/** How many of the first items fit. */
function fitting(sizes: readonly number[], room: number): number {
  let used = 0;
  let count = 0;
  for (const size of sizes) {
    used += size;
    if (used > room) break;
    count++;
  }
  return count;
}
