/** The first frames of a link by hand: for strangers who say them wrongly, and for whoever has to choose an own address. */

import { systemRandom } from "#adapters/random.ts";
import { SliceSolver } from "#adapters/slices.ts";
import type { Network } from "#node/api.ts";
import { u8 } from "#node/bytes.ts";
import { FrameType, type Hello } from "#node/messages.ts";
import { core } from "./client.ts";

const EPOCH_MS = Date.UTC(2026, 0, 1);
/** version u8, type u8, length u32. */
export const HEAD = 6;

/** One with a key of its own; its nonce carries the work of its network, or not. */
export interface Stranger {
  secret: Uint8Array;
  edPk: Uint8Array;
  nonce: bigint;
}

/** With as much work as the network asks for: seconds on the network of all. */
export async function solved({ name, bits }: Network): Promise<Stranger> {
  const secret = systemRandom.bytes(32);
  const edPk = core.edPublic(secret);
  const job = core.idWork(core.network(name), edPk, 0, bits);
  const nonce = await new SliceSolver(core, setImmediate).solve(job, () => undefined, new AbortController().signal);
  return { secret, edPk, nonce };
}

/** Signed, as it is sent after PROOF. */
export function record({ secret, edPk, nonce }: Stranger, network: Network): Uint8Array {
  return core.signRecord(secret, core.network(network.name), {
    version: 1,
    capabilities: 0,
    edPk,
    nonce,
    period: 0,
    x25519Pk: core.x25519Public(secret),
    seq: Date.now(),
    expiry: Math.floor((Date.now() - EPOCH_MS) / 60_000) + 60,
    addresses: [],
    sig: new Uint8Array(64),
  });
}

/** `binding`: the WebSocket URL under which the node knows itself. */
export function hello(who: Stranger, network: Network, binding: string, changes: Partial<Hello> = {}): Uint8Array {
  const body = core.encode("hello", {
    version: 1,
    network: core.network(network.name),
    role: 0,
    record: record(who, network),
    incarnation: BigInt(Date.now()),
    wall: Date.now(),
    e: core.x25519Public(systemRandom.bytes(32)),
    random: systemRandom.bytes(32),
    binding: core.utf8(binding),
    ...changes,
  });
  return core.frame(FrameType.hello, body);
}

/** What both ends sign, of the frames of both HELLOs. */
export const transcript = (own: Uint8Array, theirs: Uint8Array): Uint8Array =>
  core.hash("link", own.subarray(HEAD), theirs.subarray(HEAD));

export function proof(who: Pick<Stranger, "secret">, network: Network, th: Uint8Array): Uint8Array {
  const sig = core.sign(who.secret, "link-proof", core.network(network.name), u8(0), th);
  return core.frame(FrameType.proof, core.encode("proof", { sig }));
}
