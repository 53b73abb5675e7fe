/**
 * Blocking a contact: from then on nothing is asked for, taken from, deleted for or sent to them (protocol.md §8, §11),
 * and it outlives every run. What waits for them stays and says so. Nobody is told.
 */
import { checkAll } from "./checking.ts";
import { decide, deleteInTime } from "./deleting.ts";
import type { Draft } from "./draft.ts";
import { background, type Engine } from "./engine.ts";
import { readInboxAnew } from "./inbox.ts";
import { lookAtInvitesAnew } from "./inviting.ts";
import { contactAgain, unlink } from "./online.ts";
import { closeOld, pull } from "./pulling.ts";
import type { ChatState, Delivery } from "./records.ts";
import { drain, showText } from "./sending.ts";
import { queuedIn } from "./states.ts";

export async function block(engine: Engine, id: string): Promise<void> {
  await engine.store.exclusive(async (draft) => {
    const chat = draft.chat(id);
    if (chat === undefined || chat.blocked === true) return;
    draft.setChat({ ...chat, blocked: true });
    decide(engine, draft, id);
    await show(draft, id, queuedIn({ blocked: true }, draft.me));
    // They could go on looking for us at the node they know.
    if (knowsNode(engine, chat)) draft.mustChangeNodeKey = true;
  });
  unlink(engine, id);
  closeOld(engine);
  deleteInTime(engine);
  engine.changed();
}

/** Fetches what has waited for up to eight days, through an invite and the inbox too, and sends what waited here. */
export async function unblock(engine: Engine, id: string): Promise<void> {
  await engine.store.exclusive(async (draft) => {
    const chat = draft.chat(id);
    if (chat?.blocked !== true) return;
    const { blocked: _blocked, ...rest } = chat;
    draft.setChat(rest);
    await show(draft, id, queuedIn({}, draft.me));
  });
  engine.changed();
  background(engine, "pull", pull(engine, id));
  background(engine, "invite", lookAtInvitesAnew(engine));
  readInboxAnew(engine);
  checkAll(engine);
  drain(engine, id);
  contactAgain(engine, id);
}

/** Told by an AT, by our first contact to them, or by a link. */
function knowsNode(engine: Engine, { id, contact, pairs }: ChatState): boolean {
  return contact.told !== undefined || pairs.some(({ role }) => role === 0) || engine.nodes.has(id);
}

/** What waits says why. */
async function show(draft: Draft, id: string, delivery: Delivery): Promise<void> {
  const { queue, waiting } = draft.chat(id) ?? { queue: [], waiting: [] };
  for (const number of [...queue, ...waiting]) {
    const text = await draft.text(id, number);
    if (text?.delivery?.kind === "queued") showText(draft, id, { ...text, delivery });
  }
}
