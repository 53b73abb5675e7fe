/** A node of the test's own that dials bootstrap nodes: an ordinary one, on a memory store. */
import { readFileSync } from "node:fs";
import { systemClock } from "#adapters/clock.ts";
import { coreOf } from "#adapters/core.ts";
import { MemoryStore } from "#adapters/memory-store.ts";
import { systemRandom } from "#adapters/random.ts";
import { SliceSolver } from "#adapters/slices.ts";
import { WebSocketDialer } from "#adapters/websocket.ts";
import type { Box, Node } from "#node/api.ts";
import { createNode } from "#node/node.ts";

export const core = coreOf(readFileSync("core-wasm/pkg/nodus_core_bg.wasm"));
export const NETWORK = { name: "nodus/1/test", bits: 8, loopbackExempt: true };
const EPOCH_MS = Date.UTC(2026, 0, 1);
const DAY_MS = 86_400_000;
const UNIT_MS = DAY_MS / 4;

/** `wallOffset`: ms that its wall clock is off, as that of the nodes it dials. */
export function client(bootstrap: readonly string[], wallOffset = 0): Promise<Node> {
  return createNode({
    network: NETWORK,
    ports: {
      clock: systemClock(wallOffset),
      random: systemRandom,
      core,
      storage: new MemoryStore(),
      solver: new SliceSolver(core, setImmediate),
      log: { event: () => undefined },
    },
    transports: [new WebSocketDialer()],
    store: false,
    bootstrap: bootstrap.map((url) => url.replace(/^http/, "ws")),
  });
}

/** A mailbox that only this test knows. */
export function box(): Box {
  const secret = systemRandom.bytes(32);
  const key = { pk: core.edPublic(secret), secret };
  return { kind: 1, day: Math.floor((Date.now() - EPOCH_MS) / DAY_MS), write: key, owner: key };
}

/** 2 KiB that expire in a week. */
export function cell(): Uint8Array {
  const bytes = systemRandom.bytes(2_048);
  bytes[0] = 1;
  bytes[1] = 1;
  new DataView(bytes.buffer).setUint16(2, Math.floor((Date.now() - EPOCH_MS) / UNIT_MS) + 28);
  return bytes;
}
