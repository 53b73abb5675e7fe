/** The key file of a node: made once with its proof of work, for its owner alone (docs/protocol/data-folder.md). Layer: relay. */
import { createHash } from "node:crypto";
import { chmodSync } from "node:fs";
import process from "node:process";
import type { Network, NodeKeys } from "#node/api.ts";
import type { Core, Random, Solver } from "#node/ports.ts";
import { codeOf, Exit, OperatorError } from "./faults.ts";
import { readPlain, statOf, writeWhole } from "./plain-file.ts";

const VERSION = 1;
const KEY_BYTES = 32;
/** u64 in decimal. */
const NONCE = /^\d{1,20}$/;
const OTHERS = 0o077;

export interface KeyMaker {
  core: Core;
  random: Random;
  solver: Solver;
}
interface KeyFile {
  version: number;
  network: string;
  bits: number;
  edSecret: string;
  x25519Secret: string;
  nonce: string;
  period: number;
  /** Over all of the above; files of 0.2.0 have none. */
  check?: string;
}

/** Undefined where there is none yet. Throws an OperatorError where it is not the key of a node of this network. */
export function readKeys(path: string, network: Network, core: Core): NodeKeys | undefined {
  const text = readPlain(path)?.toString("utf8");
  if (text === undefined) return undefined;
  const file = parsed(text);
  if (file === undefined) throw damaged(path);
  if (file.network !== network.name || file.bits !== network.bits) {
    throw new OperatorError(
      `${path} belongs to the network ${file.network} of ${file.bits} bits: choose another --data or --network.`,
      Exit.key,
    );
  }
  const keys = {
    edSecret: new Uint8Array(Buffer.from(file.edSecret, "hex")),
    x25519Secret: new Uint8Array(Buffer.from(file.x25519Secret, "hex")),
    nonce: BigInt(file.nonce),
    period: file.period,
  };
  const edPk = core.edPublic(keys.edSecret);
  if (!core.nodeId(core.network(network.name), edPk, keys.nonce, keys.period, network.bits)) throw damaged(path);
  return keys;
}

/** `closed`: others could read the key file until now; `open`: they can, and it is not ours to change. */
export function closeToOthers(path: string): "closed" | "open" | undefined {
  const mode = statOf(path)?.mode ?? 0;
  if (process.platform === "win32" || (mode & OTHERS) === 0) return undefined; // Windows keeps no such bits
  try {
    chmodSync(path, 0o600);
    return "closed";
  } catch (error) {
    if (["EPERM", "EACCES", "EROFS"].includes(codeOf(error))) return "open";
    throw error;
  }
}

export async function makeKeys(path: string, network: Network, { core, random, solver }: KeyMaker): Promise<NodeKeys> {
  const edSecret = random.bytes(KEY_BYTES);
  const x25519Secret = random.bytes(KEY_BYTES);
  const period = 0; // solved ids do not expire yet
  const job = core.idWork(core.network(network.name), core.edPublic(edSecret), period, network.bits);
  const nonce = await solver.solve(job, () => undefined, new AbortController().signal);
  const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
  const file: KeyFile = {
    version: VERSION,
    network: network.name,
    bits: network.bits,
    edSecret: hex(edSecret),
    x25519Secret: hex(x25519Secret),
    nonce: String(nonce),
    period,
  };
  writeWhole(path, `${JSON.stringify({ ...file, check: checkOf(file) }, undefined, 2)}\n`);
  return { edSecret, x25519Secret, nonce, period };
}

function parsed(text: string): KeyFile | undefined {
  let file: unknown;
  try {
    file = JSON.parse(text);
  } catch {
    return undefined;
  }
  return isKeyFile(file) && (file.check === undefined || file.check === checkOf(file)) ? file : undefined;
}

function isKeyFile(file: unknown): file is KeyFile {
  if (typeof file !== "object" || file === null) return false;
  const { version, network, bits, edSecret, x25519Secret, nonce, period } = file as Partial<KeyFile>;
  return (
    version === VERSION &&
    typeof network === "string" &&
    Number.isInteger(bits) &&
    isSecret(edSecret) &&
    isSecret(x25519Secret) &&
    typeof nonce === "string" &&
    NONCE.test(nonce) &&
    BigInt(nonce) < 2n ** 64n &&
    Number.isInteger(period) &&
    Number(period) >= 0 &&
    Number(period) <= 0xffff
  );
}

const isSecret = (hex: unknown): hex is string => typeof hex === "string" && /^[\da-f]{64}$/i.test(hex);

const checkOf = ({ version, network, bits, edSecret, x25519Secret, nonce, period }: KeyFile): string =>
  createHash("sha256").update([version, network, bits, edSecret, x25519Secret, nonce, period].join("\n")).digest("hex");

const damaged = (path: string): OperatorError =>
  new OperatorError(
    `${path} is damaged or no key file of this version: put a backup in its place, or remove it for a new node.`,
    Exit.key,
  );
