/**
 * Personal records as bytes for the vault: JSON, with byte strings and big integers in objects of their own. Only our
 * own disk reads it; nothing of it is signed or sent.
 */
import type { Core } from "#node/ports.ts";
import { fromBase64url, toBase64url } from "../base64url.ts";

export function pack(core: Core, value: unknown): Uint8Array {
  return core.utf8(JSON.stringify(value, outgoing));
}

/** undefined where the bytes are no record: a damaged one is skipped and counted by whoever reads it. */
export function unpack<T>(core: Core, bytes: Uint8Array): T | undefined {
  const text = core.text(bytes);
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text, incoming) as T;
  } catch {
    return undefined;
  }
}

function outgoing(_key: string, value: unknown): unknown {
  if (value instanceof Uint8Array) return { $bytes: toBase64url(value) };
  if (typeof value === "bigint") return { $big: value.toString() };
  return value;
}

// A person's text is a string, never an object, so it cannot pretend to be one of these.
function incoming(_key: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if ("$bytes" in value && typeof value.$bytes === "string") return fromBase64url(value.$bytes);
  if ("$big" in value && typeof value.$big === "string") return BigInt(value.$big);
  return value;
}
