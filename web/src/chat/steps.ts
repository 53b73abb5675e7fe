/**
 * Which cell was opened at which of the last steps of a chain. A used step under the tag that stands here is a copy; under
 * another tag it was sealed by a profile that has gone back to an older state, and what it says was never read
 * (session.ts). Bounded to eight blocks of 256 steps; of what is forgotten the highest expiry stays: a cell that expires
 * later was sealed since, and is no copy of any of those.
 *
 * On disk: beyond u16 ∥ count u8 ∥ count × { block u32 ∥ expiry u16 ∥ used u16 ∥ used × tag u32 }, each of the blocks by
 * number, cut behind its last tag.
 */
import type { Reader, Writer } from "./bytes.ts";

interface Block {
  /** The first four bytes of each tag; 0 where nothing was opened. */
  tags: Uint32Array;
  /** The highest of its cells. */
  expiry: number;
}
export interface Steps {
  /** By number: step / 256. */
  blocks: ReadonlyMap<number, Block>;
  /** Highest expiry of the cells whose tags are forgotten. */
  beyond: number;
}
/** The clear part of a cell. */
interface Sealed {
  tag: Uint8Array;
  expiry: number;
}

/** Two thousand may be ahead, so as many are remembered (tier 2). */
const BLOCKS = 8;
const BLOCK = 256;
/** No cell expires so late: of steps opened before they were remembered, all count as copies. */
const ALL = 0xffff;

export const NO_STEPS: Steps = { blocks: new Map(), beyond: 0 };
/** Of a session that was stored before steps were remembered. */
export const UNKNOWN_STEPS: Steps = { blocks: new Map(), beyond: ALL };

/** `next`: the chain's step after this opening. `latest`: no cell that was sealed until now expires later. */
export function withStep(steps: Steps, next: number, n: number, cell: Sealed, latest: number): Steps {
  const first = Math.floor(next / BLOCK) - BLOCKS + 1;
  let beyond = steps.beyond === ALL ? latest : steps.beyond;
  const blocks = new Map<number, Block>();
  for (const [at, block] of steps.blocks) {
    if (at >= first) blocks.set(at, block);
    else beyond = Math.max(beyond, block.expiry);
  }
  const at = Math.floor(n / BLOCK);
  if (at < first) return { blocks, beyond: Math.max(beyond, cell.expiry) };
  const { tags = new Uint32Array(BLOCK), expiry = 0 } = blocks.get(at) ?? {};
  const noted = tags.slice();
  noted[n % BLOCK] = short(cell.tag);
  return { blocks: blocks.set(at, { tags: noted, expiry: Math.max(expiry, cell.expiry) }), beyond };
}

/** Was this very cell opened at its step, as far as it can be known? */
export function isOpened(steps: Steps, n: number, cell: Sealed): boolean {
  const known = steps.blocks.get(Math.floor(n / BLOCK))?.tags[n % BLOCK] ?? 0;
  return known === 0 ? cell.expiry <= steps.beyond : known === short(cell.tag);
}

/** The highest expiry of all cells that were opened. */
export function lastExpiry({ blocks, beyond }: Steps): number {
  return Math.max(beyond, ...[...blocks.values()].map(({ expiry }) => expiry));
}

export function writeSteps(writer: Writer, { blocks, beyond }: Steps): Writer {
  writer.u16(beyond).u8(blocks.size);
  for (const [at, { tags, expiry }] of [...blocks].sort(([a], [b]) => a - b)) {
    const used = tags.findLastIndex((tag) => tag !== 0) + 1;
    writer.u32(at).u16(expiry).u16(used);
    for (const tag of tags.subarray(0, used)) writer.u32(tag);
  }
  return writer;
}
export function readSteps(reader: Reader): Steps {
  const beyond = reader.u16();
  const blocks = new Map<number, Block>();
  const count = Math.min(BLOCKS, reader.u8());
  for (let i = 0; i < count && reader.whole; i++) {
    const at = reader.u32();
    const expiry = reader.u16();
    const used = Math.min(BLOCK, reader.u16());
    const tags = new Uint32Array(BLOCK);
    for (let step = 0; step < used; step++) tags[step] = reader.u32();
    blocks.set(at, { tags, expiry });
  }
  return { blocks, beyond };
}

/** Never 0, which stands for none. */
function short(tag: Uint8Array): number {
  return new DataView(tag.buffer, tag.byteOffset).getUint32(0) || 1;
}
