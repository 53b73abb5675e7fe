/** A page that is a node and nothing else: what overlay.spec.ts asks of it goes through `overlay`. */
import { systemClock } from "#adapters/clock.ts";
import { coreOf } from "#adapters/core.ts";
import { MemoryStore } from "#adapters/memory-store.ts";
import { systemRandom } from "#adapters/random.ts";
import { WorkerSolver } from "#adapters/solver.ts";
import { WebRtc } from "#adapters/webrtc.ts";
import { WebSocketDialer } from "#adapters/websocket.ts";
import type { Box, Node, Peer } from "#node/api.ts";
import { createNode } from "#node/node.ts";
import type { NodeId } from "#node/ports.ts";
import wasmUrl from "../../../core-wasm/pkg/nodus_core_bg.wasm?url";
import powUrl from "../../../web/src/workers/pow.ts?worker&url";

const EPOCH_MS = Date.UTC(2026, 0, 1);
const DAY_MS = 86_400_000;
/** A contact's token, as far as this page is concerned. */
const TOKEN = new Uint8Array(32).fill(7);

const hex = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
const bytesOf = (text: string): Uint8Array =>
  Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));

/** Values that a test can carry from page to page. */
export interface PeerName {
  id: string;
  x25519: string;
}
const peerOf = ({ id, x25519 }: PeerName): Peer => ({ nodeId: bytesOf(id) as NodeId, x25519Pk: bytesOf(x25519) });

const core = coreOf(await WebAssembly.compileStreaming(fetch(wasmUrl)));
let node: Node;
const cells: number[] = [];
const refused = new Set<string>();

/** A mailbox of today whose key is this seed. */
function boxOf(seed: number): Box {
  const secret = new Uint8Array(32).fill(seed);
  const key = { pk: core.edPublic(secret), secret };
  return { kind: 1, day: Math.floor((Date.now() - EPOCH_MS) / DAY_MS), write: key, owner: key };
}
/** 2 KiB that expire in a week. */
function cellOf(fill: number): Uint8Array {
  const cell = new Uint8Array(2_048).fill(fill);
  cell.set([1, 1]);
  new DataView(cell.buffer).setUint16(2, Math.floor((Date.now() - EPOCH_MS) / (DAY_MS / 4)) + 28);
  return cell;
}

const overlay = {
  /** `refuse`: NodeIDs with which this node makes no link until `relent`. */
  async start(bootstrap: string, refuse: readonly string[]): Promise<PeerName> {
    for (const id of refuse) refused.add(id);
    node = await createNode({
      network: { name: "nodus/1/test", bits: 8, loopbackExempt: true },
      ports: {
        clock: systemClock(),
        random: systemRandom,
        core,
        storage: new MemoryStore(),
        solver: new WorkerSolver(new Worker(powUrl, { type: "module" })),
        log: { event: () => undefined },
      },
      transports: [new WebSocketDialer()],
      rtc: new WebRtc(),
      store: true,
      bootstrap: [bootstrap],
      onToken: (_peer, token) => token.every((byte) => byte === TOKEN[0]),
      unsafeTesting: { refusePeers: refused },
    });
    node.on("cell", ({ bytes }) => cells.push(bytes.length));
    return { id: hex(node.id), x25519: hex(node.x25519Pk) };
  },
  relent: (): void => refused.clear(),
  /** Carrier by NodeID. */
  links: (): Record<string, string> =>
    Object.fromEntries(node.stats().links.map(({ peer, carrier }) => [peer, carrier])),
  counters: (): Readonly<Record<string, number>> => node.stats().counters,
  connect: (peer: PeerName): Promise<string> => node.connect(peerOf(peer), TOKEN),
  sendDirect: ({ id }: PeerName, bytes: number): boolean =>
    node.sendDirect(bytesOf(id) as NodeId, cellOf(bytes & 0xff)),
  cells: (): number[] => cells,
  put: async (seed: number, fill: number): Promise<number> => (await node.put(boxOf(seed), cellOf(fill), "write")).held,
  /** The first body byte of each cell in that mailbox. */
  async fetch(seed: number): Promise<number[]> {
    const { entries } = await node.list(boxOf(seed), "all");
    const tags = entries.map(({ parsed }) => parsed.tag);
    const { cells: found } = await node.get(boxOf(seed), tags);
    return found.map(({ cell }) => cell[20] ?? 0);
  },
};
export type Overlay = typeof overlay;
Object.assign(globalThis, { overlay });
