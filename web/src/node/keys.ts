/** The node key and the incarnation: loaded, made or counted up, and durable before anything is said to anybody. */

import type { Network, NodeKeys, NodeOptions, PrepareKeys } from "./api.ts";
import { concat, u16, u64 } from "./bytes.ts";
import { Fault } from "./errors.ts";
import { dropKept, KEPT } from "./machine/holder-disk.ts";
import type { NodeId } from "./messages.ts";
import type { Change, Clock, Core, Storage } from "./ports.ts";
import { Stop } from "./stop.ts";

/** Layout: 1 ∥ H(network)[0..16] ∥ Ed25519 seed 32 ∥ X25519 secret 32 ∥ nonce u64 ∥ period u16. */
const VERSION = 1;
const LENGTH = 1 + 16 + 32 + 32 + 8 + 2;

export const identify = (core: Core, network: Network, keys: NodeKeys): NodeId | undefined =>
  core.nodeId(core.network(network.name), core.edPublic(keys.edSecret), keys.nonce, keys.period, network.bits);

/** Given keys, else the next ones that were prepared, else stored ones, else new ones (proof of work: seconds). */
export const nodeKeys = async (options: NodeOptions, prefix: "node" | "leaf"): Promise<NodeKeys> => {
  if (options.keys) {
    if (!identify(options.ports.core, options.network, options.keys)) throw unmet();
    return options.keys;
  }
  const adopted = prefix === "node" ? await adopt(options) : undefined;
  return adopted ?? (await stored(options, PLACES[prefix])) ?? (await make(options, PLACES[prefix]));
};

/** See `PrepareKeys` in api.ts. */
export const prepareKeys = async (options: PrepareKeys): Promise<void> => {
  const key = PLACES[options.which];
  if (!(await stored(options, key))) await make(options, key);
};

type Making = Pick<PrepareKeys, "network" | "ports" | "onWork">;
const PLACES = { node: "node/keys", leaf: "leaf/keys", next: "node/next" } as const;
const unmet = (): Fault => new Fault("work-unmet", "The node key does not carry the work that this network asks for.");

/** Undefined where there are none, or none that satisfy this network. */
const stored = async ({ network, ports }: Making, key: string): Promise<NodeKeys | undefined> => {
  const keys = read(await ports.storage.load(key), ports.core.network(network.name));
  return keys && identify(ports.core, network, keys) ? keys : undefined;
};

const make = async ({ network, ports, onWork }: Making, key: string): Promise<NodeKeys> => {
  const { core, storage, random, solver } = ports;
  const edSecret = random.bytes(32);
  const job = core.idWork(core.network(network.name), core.edPublic(edSecret), 0, network.bits);
  const nonce = await solver.solve(job, (tried) => onWork?.(tried), new Stop());
  const keys = { edSecret, x25519Secret: random.bytes(32), nonce, period: 0 };
  if (!identify(core, network, keys)) throw unmet();
  await storage.save([{ key, value: write(core.network(network.name), keys) }]);
  return keys;
};

/** The next keys take the place of the present ones in one transaction, so that these are never used again. What was kept
 * for others goes with them: nobody finds it under another NodeID, and whoever put it could tell the new one by it. */
const adopt = async (options: Making): Promise<NodeKeys | undefined> => {
  const { storage, core } = options.ports;
  const keys = await stored(options, PLACES.next);
  if (!keys) return undefined;
  const changes: Change[] = [
    { key: PLACES.node, value: write(core.network(options.network.name), keys) },
    { key: PLACES.next, value: undefined },
  ];
  for await (const { key } of storage.range(KEPT)) changes.push(...dropKept(key));
  await storage.save(changes);
  return keys;
};

const write = (network: Uint8Array, keys: NodeKeys): Uint8Array =>
  concat(Uint8Array.of(VERSION), network, keys.edSecret, keys.x25519Secret, u64(keys.nonce), u16(keys.period));

const read = (bytes: Uint8Array | undefined, network: Uint8Array): NodeKeys | undefined => {
  if (bytes?.length !== LENGTH || bytes[0] !== VERSION || network.some((byte, at) => byte !== bytes[at + 1])) {
    return undefined;
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  return {
    edSecret: bytes.slice(17, 49),
    x25519Secret: bytes.slice(49, 81),
    nonce: view.getBigUint64(81),
    period: view.getUint16(89),
  };
};

/** Where the last incarnation of a profile lies: one series over all its node keys. */
export const incarnationKey = (prefix: string): string => `${prefix}/incarnation`;
export const readIncarnation = (stored: Uint8Array | undefined): bigint =>
  stored?.length === 8 ? new DataView(stored.buffer, stored.byteOffset).getBigUint64(0) : 0n;
export const writeIncarnation = (incarnation: bigint): Uint8Array => u64(incarnation);
/** max(last + 1, wall ms): of two processes with one key the later one always wins. */
export const incarnationAfter = (last: bigint, wall: number): bigint => {
  const now = BigInt(Math.max(0, Math.floor(wall)));
  return last + 1n > now ? last + 1n : now;
};

/** Counted up from storage, and durable. */
export const nextIncarnation = async (storage: Storage, clock: Clock, prefix: string): Promise<bigint> => {
  const key = incarnationKey(prefix);
  const incarnation = incarnationAfter(readIncarnation(await storage.load(key)), clock.wall());
  await storage.save([{ key, value: writeIncarnation(incarnation) }]);
  return incarnation;
};
