/**
 * The network that this app belongs to, as its host says it at /.well-known/nodus.json; asked by page and worker alike.
 * Remembered, so that the app opens without the host: where, is the caller's business. A host that says nothing yet
 * serves the main network. Layer: adapters.
 */
import { unlessRefused } from "./refused.ts";

export interface HostNetwork {
  name: string;
  /** Leading zero bits of a node's proof of work. */
  bits: number;
  loopbackExempt: boolean;
  /** WebSocket URLs to begin with. */
  bootstrap: string[];
}
export interface Told {
  name: string;
  bits: number;
}
export interface Memory {
  /** What was kept last, or whatever else lies there; may reject. */
  recall(): Promise<unknown>;
  keep(told: Told): Promise<void>;
}
const MAIN: Told = { name: "nodus/1/main", bits: 22 };
const PATH = "/.well-known/nodus.json";
const PATIENCE_MS = 3_000;

export async function hostNetwork(memory: Memory): Promise<HostNetwork> {
  const told = (await askHost()) ?? toldOf(await unlessRefused("network", memory.recall(), undefined)) ?? MAIN;
  await memory.keep(told);
  const own = `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}`;
  return { ...told, loopbackExempt: told.name !== MAIN.name, bootstrap: [own] };
}

async function askHost(): Promise<Told | undefined> {
  try {
    const response = await fetch(PATH, { signal: AbortSignal.timeout(PATIENCE_MS) });
    return toldOf(((await response.json()) as { network?: unknown }).network);
  } catch {
    return undefined;
  }
}

/** Only what is a network: the host is trusted with the app, not with its types. */
function toldOf(value: unknown): Told | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { name, bits } = value as { name?: unknown; bits?: unknown };
  const sound = typeof name === "string" && /^nodus\/1\/[\w./-]{1,64}$/.test(name);
  return sound && Number.isInteger(bits) && (bits as number) >= 0 && (bits as number) <= 40
    ? { name, bits: bits as number }
    : undefined;
}
