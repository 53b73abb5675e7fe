/**
 * What can be taken back before everything here is wiped. Open invites are withdrawn at their holders, so that who opens
 * one is told why. The rest cannot be: a card has no DELETE (protocol.md §10) and lives on for up to 14 days, read by
 * nobody who can find us; cells on their way end after 7. The wiping itself is not done here.
 */
import { type Engine, isElsewhere } from "./engine.ts";
import { answerTo } from "./expected.ts";
import { withdrawInvite } from "./withdrawing.ts";

/** Nobody waits longer for somebody else's disk. Tier 3. */
const FAREWELL_MS = 4_000;

/** Resolves when that is done, or could not be done in 4 s; never rejects. */
export function farewell(engine: Engine): Promise<void> {
  // Of a profile that runs elsewhere they are the other's, too.
  const invites = isElsewhere(engine) ? [] : [...engine.store.invites.values()];
  const open = invites.filter(({ invite }) => invite.phase === "open");
  const done = Promise.all(open.map(({ id }) => answerTo(engine, "farewell", withdrawInvite(engine, id))));
  return new Promise((resolve) => {
    const cancel = engine.clock.after(FAREWELL_MS, resolve);
    void done.then(() => {
      cancel();
      resolve();
    });
  });
}
