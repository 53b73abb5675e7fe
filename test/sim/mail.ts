/** Cells in mailboxes: made, put, and looked for by nodes that know the keys. Bodies are random; #chat is not needed. */
import type { Box, Listed, Placement } from "#node/api.ts";
import type { Core } from "#node/ports.ts";
import { faultOf, type Live, type World } from "./world.ts";

const UNIT_MS = 6 * 3_600_000;
const DAY_MS = 24 * 3_600_000;
const EPOCH_2026_MS = Date.UTC(2026, 0, 1);
const LIFE_UNITS = 28;
const CELL_BYTES = 2_048;
const HEADER_BYTES = 20;

export interface Letter {
  box: Box;
  tag: Uint8Array;
  cell: Uint8Array;
}

/** A pair box of today with one cell, by network time. */
export function letter(world: World, author: Live): Letter {
  const { core, random } = world;
  const now = author.node.networkTime();
  const key = keys(core, random.bytes(32));
  const box: Box = { kind: 1, day: Math.floor((now - EPOCH_2026_MS) / DAY_MS), write: key, owner: key };
  const tag = random.bytes(16);
  const expiry = Math.floor((now - EPOCH_2026_MS) / UNIT_MS) + LIFE_UNITS;
  const header = core.encode("cellHeader", { version: 1, suite: 1, expiry, tag });
  const cell = random.bytes(CELL_BYTES);
  cell.set(header);
  return { box, tag, cell };
}

function keys(core: Core, secret: Uint8Array): { pk: Uint8Array; secret: Uint8Array } {
  return { pk: core.edPublic(secret), secret };
}

export async function put(world: World, author: Live, { box, cell }: Letter): Promise<Placement | undefined> {
  return settled(await world.call(author.node.put(box, cell, "write").catch(faulty)));
}

/** Every holder's word on the box. */
export async function list(world: World, reader: Live, { box }: Letter): Promise<Listed | undefined> {
  return settled(await world.call(reader.node.list(box, "all").catch(faulty)));
}

/** Copies of this cell that the members of the current set say they hold. */
export function heldIn(listed: Listed | undefined, { cell }: Letter): number {
  const header = cell.subarray(0, HEADER_BYTES);
  return listed?.entries.find((entry) => same(entry.header, header))?.held ?? 0;
}

/** The reader gets the very cell that was put. */
export async function readable(world: World, reader: Live, { box, tag, cell }: Letter): Promise<boolean> {
  const fetched = settled(await world.call(reader.node.get(box, [tag]).catch(faulty)));
  return fetched?.cells.some((found) => same(found.cell, cell)) ?? false;
}

function faulty(error: unknown): undefined {
  faultOf(error);
  return undefined;
}

function settled<T>(value: T | "never"): T | undefined {
  return value === "never" ? undefined : value;
}

function same(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, at) => byte === other[at]);
}
