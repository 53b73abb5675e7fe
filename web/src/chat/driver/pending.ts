/**
 * Chats that wait for the answer of somebody whose invite we took: is that invite still open? Who is told that it was used
 * or taken back need not wait on. Not here: what happens when it ended by time (answering.ts, `answerAgain`).
 */
import { DeleteReason } from "#node/ports.ts";
import { MINUTE_MS } from "../clock.ts";
import { parseLink } from "../link.ts";
import { bundlesAt } from "./answering.ts";
import { type Engine, isElsewhere, timeOf } from "./engine.ts";
import { answerTo } from "./expected.ts";
import type { ChatState } from "./records.ts";

/** An invite is also used by our own acceptance, whose word may be under way for so long. Tier 3. */
const USED_PATIENCE_MS = 10 * MINUTE_MS;

/** All that wait, or one. */
export async function checkPending(engine: Engine, only?: string): Promise<void> {
  if (isElsewhere(engine)) return;
  for (const chat of [...engine.store.chats.values()]) {
    if (only !== undefined && chat.id !== only) continue;
    const fault = isWaiting(chat) ? await answerTo(engine, "pending", endOf(engine, chat)) : undefined;
    if (fault === undefined) continue;
    await engine.store.exclusive((draft) => {
      const now = draft.chat(chat.id);
      if (now !== undefined && isWaiting(now)) draft.setChat({ ...now, fault });
    });
    engine.changed();
  }
}

function isWaiting({ contact, answered, fault, blocked }: ChatState): boolean {
  return contact.phase === "pending" && answered !== undefined && fault === undefined && blocked !== true;
}

async function endOf(engine: Engine, { id, answered }: ChatState): Promise<"revoked" | "used" | undefined> {
  const { core, network } = engine.context;
  // Time 0: an invite that ended meanwhile still names its place.
  const link = answered && parseLink(core, network, answered.link, 0);
  const got = link?.ok ? await bundlesAt(engine, link.value) : undefined;
  const reasons = got?.tombstones.map(({ reason }) => reason) ?? [];
  if (reasons.includes(DeleteReason.revoked)) return "revoked";
  return reasons.includes(DeleteReason.used) && waitedLong(engine, id) ? "used" : undefined;
}

function waitedLong(engine: Engine, chat: string): boolean {
  const first = [...engine.store.parcels.values()].find((parcel) => parcel.chat === chat && parcel.kind === "first");
  return first === undefined || timeOf(engine) - first.made > USED_PATIENCE_MS;
}
