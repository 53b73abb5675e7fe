/** What the person decides about a request. Nothing of it is to be seen outside before its time (deleting.ts). */
import { Fault } from "#node/errors.ts";
import { decide, deleteInTime } from "./deleting.ts";
import type { Draft } from "./draft.ts";
import { background, type Engine } from "./engine.ts";
import { pull } from "./pulling.ts";
import { drain } from "./sending.ts";
import { end, withdraw } from "./withdrawing.ts";

/**
 * The request becomes a contact, and the invite that brought it ends. `again`: the person knows that somebody else was let
 * in by the same invite, and wants this one, too; without it that is refused as Fault("used-twice").
 */
export async function acceptRequest(engine: Engine, chatId: string, again = false): Promise<void> {
  const invite = await engine.store.exclusive((draft) => {
    const chat = draft.chat(chatId);
    if (chat?.contact.phase !== "request") return undefined;
    if (chat.invite !== undefined) use(draft, chat.invite, again);
    draft.setChat({ ...chat, contact: { ...chat.contact, phase: "open" } });
    decide(engine, draft, chatId);
    return chat.invite;
  });
  engine.changed();
  deleteInTime(engine);
  drain(engine, chatId);
  background(engine, "pull", pull(engine, chatId));
  if (invite !== undefined) background(engine, "withdraw", withdraw(engine, invite));
}
function use(draft: Draft, id: string, again: boolean): void {
  const state = draft.invite(id);
  if (state?.invite.phase === "open") end(draft, id, "used");
  if (state?.invite.phase !== "used") return;
  if (!again) throw new Fault("used-twice", "Somebody else was let in by this invite: ask who it was meant for first.");
  draft.setInvite({ ...state, twice: true });
}

export async function declineRequest(engine: Engine, chatId: string): Promise<void> {
  await engine.store.exclusive(async (draft) => {
    // Another tab may have accepted while this waited for its turn.
    if (draft.chat(chatId)?.contact.phase !== "request") return;
    decide(engine, draft, chatId);
    await draft.forgetChat(chatId);
  });
  deleteInTime(engine);
  engine.changed();
}
