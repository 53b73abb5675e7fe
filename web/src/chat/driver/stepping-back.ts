/** This device is not the one that sends any more, or it is again: what waits here says why, or no longer does. */
import { retire } from "./destroying.ts";
import type { Draft } from "./draft.ts";
import { type Engine, timeOf } from "./engine.ts";
import { keepErasing } from "./erasing.ts";
import { expireInTime } from "./expiring.ts";
import { showText } from "./sending.ts";
import { queuedIn } from "./states.ts";

/** superseded: an identity was restored on another device, and this one still reads what comes by its own sessions.
 * elsewhere: this very profile runs on another, to whom all that comes is addressed as well: here it is left alone. */
export async function stepBack(engine: Engine, why: "superseded" | "elsewhere"): Promise<void> {
  await engine.store.exclusive(async (draft) => {
    if (draft.me === undefined) return;
    const { elsewhere: _elsewhere, ...me } = draft.me;
    // Whoever runs elsewhere may go on here.
    draft.me = { ...(why === "superseded" ? retire(engine, me, timeOf(engine)) : me), [why]: true };
    await tellWaiting(engine, draft);
  });
  if (why === "elsewhere") {
    engine.quiet();
    // What is due at home by the clock goes on.
    expireInTime(engine);
    keepErasing(engine);
  }
  engine.changed();
}

/** What waits in any chat. */
export async function tellWaiting(engine: Engine, draft: Draft): Promise<void> {
  for (const id of engine.store.chats.keys()) {
    const chat = draft.chat(id);
    if (chat === undefined) continue;
    for (const number of [...chat.queue, ...chat.waiting]) {
      const text = await draft.text(id, number);
      if (text?.delivery?.kind === "queued") showText(draft, id, { ...text, delivery: queuedIn(chat, draft.me) });
    }
  }
}
