/**
 * Going on here with a profile that runs, or ran, somewhere else as well (a folder that was copied): as after a restore,
 * under a higher generation, with new prekeys and a new node key. The sessions are begun anew, because the other may have
 * used their steps, and the other stops when it sees the card.
 */
import { toHex } from "../bytes.ts";
import { minuteOf } from "../clock.ts";
import { sendingPair } from "../contact.ts";
import type { Draft } from "./draft.ts";
import { type Engine, timeOf } from "./engine.ts";
import { signOwnCard } from "./publishing.ts";
import { tellWaiting } from "./stepping-back.ts";

/** False where there was nothing to decide. */
export async function continueHere(engine: Engine): Promise<boolean> {
  const begun = await engine.store.exclusive(async (draft) => {
    if (draft.me?.elsewhere !== true) return false;
    const { elsewhere: _elsewhere, ...me } = draft.me;
    const generation = Math.max(minuteOf(timeOf(engine)), me.generation) + 1;
    draft.me = { ...me, generation, published: 0 };
    draft.mustChangeNodeKey = true;
    for (const id of engine.store.chats.keys()) beginAnew(draft, id);
    await tellWaiting(engine, draft);
    return true;
  });
  if (begun) await signOwnCard(engine);
  return begun;
}

function beginAnew(draft: Draft, id: string): void {
  const chat = draft.chat(id);
  const pair = chat && sendingPair(chat.pairs);
  if (chat?.contact.phase !== "open" || pair === undefined) return;
  draft.setChat({ ...chat, lost: toHex(pair.th) });
}
