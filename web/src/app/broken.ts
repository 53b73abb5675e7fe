/** What a failed start is called. */
import { Fault } from "#node/errors.ts";

/** No other tab of the profile fares better. */
export const ofDisk = (error: unknown): boolean => error instanceof Fault && error.code.startsWith("storage-");

export function brokenBy(error: unknown): "storage-broken" | "storage-full" | "newer-version" {
  if (error instanceof Fault && error.code === "storage-full") return "storage-full";
  if (error instanceof Fault && error.code === "unsupported") return "newer-version";
  return "storage-broken";
}
