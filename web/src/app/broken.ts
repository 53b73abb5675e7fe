/** What a failed start is called. */
import { Fault } from "#node/errors.ts";
import type { AppState } from "./api.ts";

/** No other tab of the profile fares better. */
export const ofDisk = (error: unknown): boolean => error instanceof Fault && error.code.startsWith("storage-");

export function brokenBy(error: unknown): Extract<AppState, { phase: "broken" }>["fault"] {
  if (error instanceof TypeError) return "not-loaded"; // as browsers call a script or file that could not be had
  if (error instanceof Fault && (error.code === "storage-full" || error.code === "storage-gone")) return error.code;
  if (error instanceof Fault && error.code === "unsupported") return "newer-version";
  return "storage-broken";
}
