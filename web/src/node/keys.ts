/** The node key and the incarnation: loaded, made or counted up, and durable before anything is said to anybody. */

import type { Network, NodeKeys, NodeOptions } from "./api.ts";
import { concat, u16, u64 } from "./bytes.ts";
import { Fault } from "./errors.ts";
import type { NodeId } from "./messages.ts";
import type { Clock, Core, Storage } from "./ports.ts";
import { Stop } from "./stop.ts";

/** Layout: 1 ∥ H(network)[0..16] ∥ Ed25519 seed 32 ∥ X25519 secret 32 ∥ nonce u64 ∥ period u16. */
const VERSION = 1;
const LENGTH = 1 + 16 + 32 + 32 + 8 + 2;

export const identify = (core: Core, network: Network, keys: NodeKeys): NodeId | undefined =>
  core.nodeId(core.network(network.name), core.edPublic(keys.edSecret), keys.nonce, keys.period, network.bits);

/** Given keys, else stored ones that still satisfy this network, else new ones (proof of work: seconds). */
export const nodeKeys = async (options: NodeOptions, prefix: string): Promise<NodeKeys> => {
  const { core, storage, random, solver } = options.ports;
  const { network } = options;
  const work = (): Fault => new Fault("work-unmet", "The node key does not carry the work that this network asks for.");
  if (options.keys) {
    if (!identify(core, network, options.keys)) throw work();
    return options.keys;
  }
  const name = core.network(network.name);
  const stored = read(await storage.load(`${prefix}/keys`), name);
  if (stored && identify(core, network, stored)) return stored;
  const edSecret = random.bytes(32);
  const job = core.idWork(name, core.edPublic(edSecret), 0, network.bits);
  const nonce = await solver.solve(job, (tried) => options.onWork?.(tried), new Stop());
  const keys = { edSecret, x25519Secret: random.bytes(32), nonce, period: 0 };
  if (!identify(core, network, keys)) throw work();
  const value = concat(
    Uint8Array.of(VERSION),
    name,
    keys.edSecret,
    keys.x25519Secret,
    u64(keys.nonce),
    u16(keys.period),
  );
  await storage.save([{ key: `${prefix}/keys`, value }]);
  return keys;
};

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

/** max(stored + 1, wall ms), durable: of two processes with one key the later one always wins. */
export const nextIncarnation = async (storage: Storage, clock: Clock, prefix: string): Promise<bigint> => {
  const stored = await storage.load(`${prefix}/incarnation`);
  const last = stored?.length === 8 ? new DataView(stored.buffer, stored.byteOffset).getBigUint64(0) : 0n;
  const wall = BigInt(Math.max(0, Math.floor(clock.wall())));
  const incarnation = last + 1n > wall ? last + 1n : wall;
  await storage.save([{ key: `${prefix}/incarnation`, value: u64(incarnation) }]);
  return incarnation;
};
