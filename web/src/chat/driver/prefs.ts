/** What the person set, as the disk has it. */
import type { Core } from "#node/ports.ts";
import { unpack } from "./json.ts";
import type { Prefs } from "./records.ts";

/** Before anything is asked or set. */
export const DEFAULT_PREFS: Prefs = { notices: false, noticeContent: false, paused: false };

export function prefsOf(core: Core, stored: Uint8Array | undefined): Prefs {
  return { ...DEFAULT_PREFS, ...(stored && unpack<Partial<Prefs>>(core, stored)) };
}
