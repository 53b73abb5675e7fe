/**
 * The end of an own invite: used or taken back, its keys are destroyed at once, and its bundles are deleted at their
 * holders until all of them did so (protocol.md §8).
 */
import { DeleteReason } from "#node/ports.ts";
import { boxOf, ended } from "../invite.ts";
import type { Draft } from "./draft.ts";
import { background, type Engine, isElsewhere } from "./engine.ts";
import { answerTo } from "./expected.ts";
import type { InviteState } from "./records.ts";

export async function revokeInvite(engine: Engine, id: string): Promise<void> {
  await revoke(engine, id);
  engine.changed();
  background(engine, "withdraw", withdraw(engine, id));
}
/** The same, until holders answered: also where the disk takes nothing, since all of it is about to go. */
export async function withdrawInvite(engine: Engine, id: string): Promise<void> {
  const state = engine.store.invites.get(id);
  await answerTo(engine, "withdraw", revoke(engine, id));
  if (state !== undefined) await Promise.all(deletions(engine, state, headersIn(state), DeleteReason.revoked));
}
async function revoke(engine: Engine, id: string): Promise<void> {
  await engine.store.exclusive((draft) => {
    if (draft.invite(id)?.invite.phase === "open") end(draft, id, "revoked");
  });
}

/** Its keys are gone with this change; what lies at the holders is still to be deleted, unless it ends there by itself. */
export function end(draft: Draft, id: string, phase: "used" | "revoked" | "expired"): void {
  const state = draft.invite(id);
  if (state === undefined) return;
  const { withdrawing: _before, ...rest } = state;
  const over = { ...rest, invite: ended(state.invite, phase) };
  const withdrawing = phase !== "expired" && { reason: DeleteReason[phase], headers: headersIn(state) };
  draft.setInvite({ ...over, ...(withdrawing && { withdrawing }) });
  if (state.invite.phase === "open") draft.owe("secrets");
}
function headersIn({ invite }: InviteState): Uint8Array[] {
  return invite.bundles.flatMap(({ cell }) => (cell === undefined ? [] : [cell.slice(0, 20)]));
}

/** The bundle's copies, deleted with the reason, so that who opens the link is told why: again in each round, until all
 * holders did so. */
export async function withdraw(engine: Engine, id: string): Promise<void> {
  const state = engine.store.invites.get(id);
  if (state?.withdrawing === undefined || engine.post === undefined || isElsewhere(engine)) return;
  const { headers, reason } = state.withdrawing;
  const answers = await Promise.all(deletions(engine, state, headers, reason));
  if (answers.some(({ answered, of }) => answered === 0 || answered < of)) return;
  await engine.store.exclusive((draft) => {
    const { withdrawing: _done, ...done } = draft.invite(id) ?? state;
    draft.setInvite(done);
  });
}
function deletions({ context, post }: Engine, { invite }: InviteState, headers: readonly Uint8Array[], reason: number) {
  const box = boxOf(context.core, invite);
  return post === undefined ? [] : headers.map((header) => post.delete(box, header, reason));
}
