/**
 * The epoch: a u64 in the clear, one higher with each leader. Whoever saves names the epoch under which it leads, and is
 * refused within the same transaction once a later leader has raised it. Layer: adapters.
 */
import { Fault } from "#node/errors.ts";
import type { FencedStorage } from "#node/ports.ts";

export const EPOCH = "epoch";

/** The next leader's epoch, above `least`: durable when it resolves, and every leader before it is fenced from then on.
 * Rejects where `leads` says that another leads by now. */
export async function raiseEpoch(storage: FencedStorage, leads: () => boolean, least = 0): Promise<number> {
  for (;;) {
    const held = await storage.load(EPOCH);
    if (!leads()) throw fenced();
    const next = Math.max(epochOf(held), least) + 1;
    if (await storage.saveIf({ key: EPOCH, value: held }, [{ key: EPOCH, value: epochBytes(next) }])) return next;
  }
}

/** This storage follows the leader of `epoch` from now on; rejects where a later one was here. */
export async function followEpoch(storage: FencedStorage, epoch: number): Promise<void> {
  for (;;) {
    const held = await storage.load(EPOCH);
    if (epochOf(held) > epoch) throw fenced();
    if (await storage.saveIf({ key: EPOCH, value: held }, [{ key: EPOCH, value: epochBytes(epoch) }])) return;
  }
}

export const fenced = (): Fault =>
  new Fault("closed", "Another tab or worker of this profile leads now: nothing was saved here.");

export const gone = (): Fault => new Fault("storage-gone", "What this profile had stored was deleted meanwhile.");

export function epochBytes(epoch: number): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(epoch));
  return bytes;
}
function epochOf(bytes: Uint8Array | undefined): number {
  return bytes?.length === 8 ? Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0)) : 0;
}
