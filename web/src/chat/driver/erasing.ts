/**
 * Removed is not erased: a browser keeps what was overwritten, and the key to it. So the secrets are made anew under a
 * fresh key once something of them was destroyed (the 24 words, an invite's keys, a chat's), and weekly; the history
 * weekly when something was removed from it. What is owed is durable with the removal itself.
 * Not here: how a part is made anew (`Vault.renew`).
 */
import { Fault } from "#node/errors.ts";
import { DAY_MS, HOUR_MS } from "../clock.ts";
import type { Part } from "../ports.ts";
import { background, dueTime, type Engine } from "./engine.ts";

const WEEK_MS = 7 * DAY_MS;
const ROUND_MS = HOUR_MS;
/** After a start, or after something was destroyed: what happens then has its own saves to make. Tier 3. */
const SOON_MS = 5_000;

/** A leaf is gone in seconds: the next page does it. */
export function keepErasing(engine: Engine): void {
  if (!engine.leaf) engine.alarms.setOnce("erase", SOON_MS, () => round(engine));
}
function round(engine: Engine): void {
  engine.alarms.set("erase", ROUND_MS, () => round(engine));
  background(engine, "erase", eraseDue(engine));
}
/** Something of the secrets was destroyed. */
export function eraseSoon(engine: Engine): void {
  if (engine.leaf) return;
  engine.alarms.setOnce("erase soon", SOON_MS, () => {
    if (engine.store.erasing.owed.secrets > 0) background(engine, "erase", erase(engine, "secrets"));
  });
}

async function eraseDue(engine: Engine): Promise<void> {
  const { owed, done } = engine.store.erasing;
  const now = dueTime(engine);
  // A clock that was ahead must not put it off for years.
  const old = (part: Part): boolean => Math.abs(now - done[part]) > WEEK_MS;
  if (done.secrets === 0 && owed.secrets === 0)
    await note(engine, "secrets", 0); // what is there was made in this run, or moved to there
  else if (owed.secrets > 0 || old("secrets")) await erase(engine, "secrets");
  if (owed.history > 0 && old("history")) await erase(engine, "history");
}

/** Resolves when what was removed before the call is erased, or could not be: then it stays owed. */
export async function erase(engine: Engine, part: Part): Promise<void> {
  const { store, log } = engine;
  const owed = store.erasing.owed[part];
  try {
    if (!(await store.renew(part))) return;
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    log.event("chat.erase.failed", { code: error.code });
    if (error.code === "storage-gone") throw error;
    engine.changed();
    return;
  }
  await note(engine, part, owed);
  engine.changed();
}
/** `settled`: what was owed before. What came in between stays owed. */
async function note(engine: Engine, part: Part, settled: number): Promise<void> {
  await engine.store.exclusive((draft) => {
    const { owed, done, words } = draft.erasing;
    const left = { ...owed, [part]: owed[part] === settled ? 0 : owed[part] };
    const still = words === true && left.secrets > 0;
    draft.erasing = { owed: left, done: { ...done, [part]: dueTime(engine) }, ...(still && { words }) };
  });
}
