/**
 * The network that this app belongs to, as its host says it: /.well-known/nodus.json. Remembered, so that the app opens
 * without the host; a host that says nothing yet serves the main network.
 */
export interface HostNetwork {
  name: string;
  bits: number;
  loopbackExempt: boolean;
  /** WebSocket URLs to begin with. */
  bootstrap: string[];
}
interface Remembered {
  name: string;
  bits: number;
}
const MAIN: Remembered = { name: "nodus/1/main", bits: 22 };
const KEY = "nodus-network";
const PATIENCE_MS = 3_000;

export async function hostNetwork(): Promise<HostNetwork> {
  const said = (await ask()) ?? recall() ?? MAIN;
  localStorage.setItem(KEY, JSON.stringify(said));
  const own = `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}`;
  return { ...said, loopbackExempt: said.name !== MAIN.name, bootstrap: [own] };
}

async function ask(): Promise<Remembered | undefined> {
  try {
    const response = await fetch("/.well-known/nodus.json", { signal: AbortSignal.timeout(PATIENCE_MS) });
    return read(((await response.json()) as { network?: unknown }).network);
  } catch {
    return undefined;
  }
}
function recall(): Remembered | undefined {
  try {
    return read(JSON.parse(localStorage.getItem(KEY) ?? ""));
  } catch {
    return undefined;
  }
}
/** Only what is a network: the host is trusted with the app, not with its types. */
function read(value: unknown): Remembered | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { name, bits } = value as { name?: unknown; bits?: unknown };
  const sound = typeof name === "string" && /^nodus\/1\/[\w./-]{1,64}$/.test(name);
  return sound && Number.isInteger(bits) && (bits as number) >= 0 && (bits as number) <= 40
    ? { name, bits: bits as number }
    : undefined;
}
