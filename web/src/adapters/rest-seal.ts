/**
 * How a value lies on the disk: `nonce 12 random | AES-256-GCM(key, nonce, AAD = the storage key in UTF-8; value)`, so that a
 * value moved under another key does not open. Storage keys are not encrypted, so they must name nobody. Layer: adapters.
 */
import { Fault } from "#node/errors.ts";
import type { Change } from "#node/ports.ts";

const NONCE = 12; // B
const TAG = 16; // B
const ALGORITHM = "AES-GCM";

/** What WebCrypto of a page, a worker or Node calls CryptoKey; never extractable here. */
export type Key = Parameters<typeof crypto.subtle.encrypt>[1];

export const newKey = (): Promise<Key> =>
  crypto.subtle.generateKey({ name: ALGORITHM, length: 256 }, false, ["encrypt", "decrypt"]);

export async function seal(key: Key, { key: at, value }: Change): Promise<Change> {
  if (value === undefined) return { key: at, value };
  const iv = crypto.getRandomValues(new Uint8Array(NONCE));
  const sealed = await crypto.subtle.encrypt({ ...forKey(at), iv }, key, own(value));
  const whole = new Uint8Array(NONCE + sealed.byteLength);
  whole.set(iv);
  whole.set(new Uint8Array(sealed), NONCE);
  return { key: at, value: whole };
}

/** Undefined where the value is damaged, or was written under another key. */
export async function open(key: Key, at: string, sealed: Uint8Array): Promise<Uint8Array | undefined> {
  if (sealed.length < NONCE + TAG) return undefined;
  const iv = own(sealed.subarray(0, NONCE));
  try {
    return new Uint8Array(await crypto.subtle.decrypt({ ...forKey(at), iv }, key, own(sealed.subarray(NONCE))));
  } catch (error) {
    if (nameOf(error) === "OperationError") return undefined;
    throw new Fault("storage-broken", `The browser did not open a stored value (${nameOf(error)}).`);
  }
}
const nameOf = (error: unknown): string =>
  error instanceof Error || error instanceof DOMException ? error.name : "unknown";

const forKey = (key: string) => ({ name: ALGORITHM, additionalData: new TextEncoder().encode(key) });

/** WebCrypto takes no view of memory that might be shared; a copy never is. */
const own = (bytes: Uint8Array): Uint8Array<ArrayBuffer> => new Uint8Array(bytes);
