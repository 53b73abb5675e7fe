/**
 * What people and their apps say to each other inside a cell: a row of items, then zeros (protocol.md §11, Items).
 * Each is `type u8 | length u16 | bytes`:
 *
 *     0  end      no length; all that follows is zero
 *     1  TEXT     message id 16 ∥ sent u64 ms ∥ UTF-8, 1 … 16,000 B
 *     2  ACK      message ids, 16 B each, at least one
 *     3  READ     the same
 *     4  AT       NodeID 32 ∥ x25519_pk 32 ∥ incarnation u64: where the author's node is
 *     5  PROFILE  UTF-8, ≤ 128 B: the name that the author goes by
 *
 * 128–255 are skipped when unknown, others refuse the cell: so an old app never drops half of a meaning unseen.
 */
import { Fault } from "#node/errors.ts";
import type { Core, NodeId } from "#node/ports.ts";
import { isZero, padded, Reader, Writer } from "./bytes.ts";
import { fail, ok, type Result } from "./errors.ts";
import { FIRST_TEXT_LIMIT, NAME_LIMIT, TEXT_LIMIT } from "./limits.ts";

/** 16 random bytes that a text keeps through all its cells. */
export type MessageId = Uint8Array & { readonly brand: "MessageId" };

export interface TextItem {
  kind: "text";
  id: MessageId;
  /** ms, network time of its author. */
  sent: number;
  text: string;
}
interface IdsItem {
  kind: "ack" | "read";
  ids: MessageId[];
}
export interface AtItem {
  kind: "at";
  nodeId: NodeId;
  x25519Pk: Uint8Array;
  incarnation: bigint;
}
interface ProfileItem {
  kind: "profile";
  name: string;
}
export type Item = TextItem | IdsItem | AtItem | ProfileItem;

export { FIRST_TEXT_LIMIT, NAME_LIMIT, TEXT_LIMIT };

const ItemType = { end: 0, text: 1, ack: 2, read: 3, at: 4, profile: 5 } as const;
const MESSAGE_ID = 16; // B
const ITEM_HEAD = 3; // type u8, length u16
const FIRST_SKIPPABLE = 128;

export function messageId(bytes: Uint8Array): MessageId {
  if (bytes.length !== MESSAGE_ID) throw new Fault("malformed", "A message id has 16 bytes.");
  return bytes as MessageId;
}

/** Bytes that the item takes in a cell. */
export function itemSize(core: Core, item: Item): number {
  return ITEM_HEAD + encodeBody(core, item).length;
}
/** Bytes that a text of this many bytes of UTF-8 takes in a cell. */
export function textItemSize(utf8Length: number): number {
  return ITEM_HEAD + MESSAGE_ID + 8 + utf8Length;
}

/** Exactly `capacity` bytes. Throws Fault("too-large") where the items do not fit, or one is beyond its own limit, and
 * Fault("malformed") for a text without letters or a list without ids. */
export function encodeItems(core: Core, items: readonly Item[], capacity: number): Uint8Array {
  const writer = new Writer();
  for (const item of items) {
    const body = encodeBody(core, item);
    if (body.length < leastOf(item)) throw new Fault("malformed", `The ${item.kind} says nothing.`);
    if (body.length > limitOf(item)) throw new Fault("too-large", `The ${item.kind} is longer than a cell takes.`);
    writer.u8(ItemType[item.kind]).block(body);
  }
  const bytes = writer.finish();
  if (bytes.length > capacity) throw new Fault("too-large", "The items do not fit into one cell.");
  return padded(bytes, capacity);
}

/** Errors: malformed (cut off, wrong length, no UTF-8, padding not zero), unsupported (an unknown type below 128). */
export function decodeItems(core: Core, bytes: Uint8Array): Result<Item[]> {
  const reader = new Reader(bytes);
  const items: Item[] = [];
  while (reader.left > 0) {
    const type = reader.u8();
    if (type === ItemType.end) return isZero(reader.rest()) ? ok(items) : fail("malformed");
    const body = reader.block();
    if (!reader.whole) return fail("malformed");
    if (type >= FIRST_SKIPPABLE) continue;
    if (type > ItemType.profile) return fail("unsupported");
    const item = decodeBody(core, type, body);
    if (item === undefined) return fail("malformed");
    items.push(item);
  }
  return reader.whole ? ok(items) : fail("malformed");
}

function leastOf(item: Item): number {
  if (item.kind === "text") return MESSAGE_ID + 8 + 1;
  return item.kind === "profile" ? 0 : MESSAGE_ID;
}
function limitOf(item: Item): number {
  if (item.kind === "text") return MESSAGE_ID + 8 + TEXT_LIMIT;
  if (item.kind === "profile") return NAME_LIMIT;
  return 0xffff;
}

function encodeBody(core: Core, item: Item): Uint8Array {
  const writer = new Writer();
  switch (item.kind) {
    case "text":
      return writer.bytes(item.id).safe(item.sent).bytes(core.utf8(item.text)).finish();
    case "ack":
    case "read":
      for (const id of item.ids) writer.bytes(id);
      return writer.finish();
    case "at":
      return writer.bytes(item.nodeId).bytes(item.x25519Pk).u64(item.incarnation).finish();
    case "profile":
      return core.utf8(item.name);
  }
}

function decodeBody(core: Core, type: number, body: Uint8Array): Item | undefined {
  if (type === ItemType.text) return decodeText(core, body);
  if (type === ItemType.at) return decodeAt(body);
  if (type === ItemType.profile) {
    const name = body.length <= NAME_LIMIT ? core.text(body) : undefined;
    return name === undefined ? undefined : { kind: "profile", name };
  }
  if (body.length === 0 || body.length % MESSAGE_ID !== 0) return undefined;
  const reader = new Reader(body);
  const ids: MessageId[] = [];
  while (reader.left > 0) ids.push(reader.bytes(MESSAGE_ID) as MessageId);
  return { kind: type === ItemType.ack ? "ack" : "read", ids };
}

function decodeText(core: Core, body: Uint8Array): TextItem | undefined {
  const reader = new Reader(body);
  const id = reader.bytes(MESSAGE_ID) as MessageId;
  const sent = reader.safe();
  const utf8 = reader.rest();
  if (!reader.done() || utf8.length === 0 || utf8.length > TEXT_LIMIT) return undefined;
  const text = core.text(utf8);
  return text === undefined ? undefined : { kind: "text", id, sent, text };
}

function decodeAt(body: Uint8Array): AtItem | undefined {
  const reader = new Reader(body);
  const nodeId = reader.bytes(32) as NodeId;
  const x25519Pk = reader.bytes(32);
  const incarnation = reader.u64();
  return reader.done() ? { kind: "at", nodeId, x25519Pk, incarnation } : undefined;
}
