/** What the person sets or leaves half written: preferences, and a draft for each chat. */
import { Fault } from "#node/errors.ts";
import type { Engine } from "./engine.ts";
import type { Prefs } from "./records.ts";

/** UTF-8 bytes of a draft: four times what one text may have, for who writes first and cuts later. Tier 3. */
const DRAFT_LIMIT = 64_000;

export async function setPrefs(engine: Engine, prefs: Partial<Prefs>): Promise<void> {
  await engine.store.exclusive((draft) => {
    draft.prefs = { ...draft.prefs, ...prefs };
  });
  engine.changed();
}

/** Empty: there is none. */
export async function setDraft(engine: Engine, chat: string, text: string): Promise<void> {
  if (engine.context.core.utf8(text).length > DRAFT_LIMIT) {
    throw new Fault("too-large", "A draft may have 64,000 bytes at most.");
  }
  const changed = await engine.store.exclusive((draft) => {
    if (draft.chat(chat) === undefined || draft.unsent(chat) === text) return false;
    draft.setUnsent(chat, text);
    return true;
  });
  if (changed) engine.changed();
}
