/** What the person set, as the disk has it. */
import type { Core } from "#node/ports.ts";
import type { Vault } from "../ports.ts";
import { unpack } from "./json.ts";
import { PREFS, type Prefs } from "./records.ts";

/** Before anything is asked or set. */
export const DEFAULT_PREFS: Prefs = { notices: false, noticeContent: false, paused: false };

/** Needs neither leader nor chats: a worker may only want to know what it may show. */
export async function readPrefs(core: Core, vault: Pick<Vault, "load">): Promise<Prefs> {
  const stored = await vault.load(PREFS);
  return { ...DEFAULT_PREFS, ...(stored && unpack<Partial<Prefs>>(core, stored)) };
}
