/**
 * The data folder: one process at a time, a key file that only its owner reads, the store beside it. Layer: relay.
 */
import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Network, NodeKeys } from "#node/api.ts";
import type { Core, Random, Solver } from "#node/ports.ts";
import { OperatorError } from "./faults.ts";

const KEY_FILE = "node.key";
const KEY_VERSION = 1;
const KEY_BYTES = 32;

export interface DataFolder {
  store: string;
  /** The node key: read, or made once with its proof of work. */
  keys(network: Network, make: KeyMaker): Promise<NodeKeys>;
  close(): void;
}
interface KeyMaker {
  core: Core;
  random: Random;
  solver: Solver;
}

/** Throws an OperatorError where the folder cannot be used, or another process uses it. */
export function openData(folder: string): DataFolder {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new OperatorError(`The data folder ${folder} cannot be made (${codeOf(error)}): choose another with --data.`);
  }
  const lock = lockOf(folder);
  return {
    store: join(folder, "store.db"),
    keys: async (network, make) => readKeys(folder, network) ?? (await makeKeys(folder, network, make)),
    close: () => lock.close(),
  };
}

/** A lock that the system lets go however the process ends: two nodes with one key would wreck each other. */
function lockOf(folder: string): DatabaseSync {
  try {
    const lock = new DatabaseSync(join(folder, "lock.db"));
    lock.exec("PRAGMA busy_timeout = 0; BEGIN EXCLUSIVE");
    return lock;
  } catch {
    throw new OperatorError(
      `A node already runs on the data folder ${folder} (or it cannot be written): end it, or choose another with --data.`,
    );
  }
}

interface KeyFile {
  version: number;
  network: string;
  bits: number;
  edSecret: string;
  x25519Secret: string;
  nonce: string;
  period: number;
}

function readKeys(folder: string, network: Network): NodeKeys | undefined {
  const path = join(folder, KEY_FILE);
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw new OperatorError(`The key file ${path} cannot be read (${codeOf(error)}).`);
  }
  const file = parsed(text, path);
  if (file.network !== network.name || file.bits !== network.bits) {
    throw new OperatorError(`The data folder ${folder} belongs to the network ${file.network}: choose another --data.`);
  }
  return {
    edSecret: bytesOf(file.edSecret, path),
    x25519Secret: bytesOf(file.x25519Secret, path),
    nonce: BigInt(file.nonce),
    period: file.period,
  };
}

function parsed(text: string, path: string): KeyFile {
  try {
    const file = JSON.parse(text) as KeyFile;
    if (file.version === KEY_VERSION && /^\d+$/.test(file.nonce)) return file;
  } catch {
    // told below
  }
  throw damaged(path);
}

function bytesOf(hex: string, path: string): Uint8Array {
  const bytes = new Uint8Array(Buffer.from(hex, "hex"));
  if (bytes.length !== KEY_BYTES) throw damaged(path);
  return bytes;
}

const damaged = (path: string): OperatorError =>
  new OperatorError(`${path} is no key file of this version: put a backup in its place, or remove it for a new node.`);

async function makeKeys(folder: string, network: Network, { core, random, solver }: KeyMaker): Promise<NodeKeys> {
  const edSecret = random.bytes(KEY_BYTES);
  const x25519Secret = random.bytes(KEY_BYTES);
  const period = 0; // solved ids do not expire yet
  const job = core.idWork(core.network(network.name), core.edPublic(edSecret), period, network.bits);
  const nonce = await solver.solve(job, () => undefined, new AbortController().signal);
  const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
  const file: KeyFile = {
    version: KEY_VERSION,
    network: network.name,
    bits: network.bits,
    edSecret: hex(edSecret),
    x25519Secret: hex(x25519Secret),
    nonce: String(nonce),
    period,
  };
  writeWhole(join(folder, KEY_FILE), `${JSON.stringify(file, undefined, 2)}\n`);
  return { edSecret, x25519Secret, nonce, period };
}

/** On disk in full or not at all, and never readable by others. */
function writeWhole(path: string, text: string): void {
  const fresh = `${path}.new`;
  const file = openSync(fresh, "w", 0o600);
  try {
    writeSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(fresh, path);
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : String(error);
}
