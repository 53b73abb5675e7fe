/**
 * What somebody looks at (protocol.md §11, Items): who writes while the other is looking at the chat sees it delivered,
 * and read, within a second. Of all other chats acknowledgements wait for company, so that they do not tell to the second
 * when somebody's device was there.
 */
import type { Engine } from "./engine.ts";

/** What comes together shares a cell, and what goes on coming one cell a second. Tier 3. */
const GATHERED_MS = 250;
const APART_MS = 1_000;
/** Cells of a chat and day that leave at once: an address takes 512 (protocol.md §7), and texts need most of them. Tier 3. */
const AT_ONCE_A_DAY = 192;
const DAY_MS = 86_400_000;

interface Spent {
  since: number;
  cells: number;
  /** Monotonic ms of the last one. */
  last: number;
}
const spent = new WeakMap<Engine, Map<string, Spent>>();

/** ms for which acknowledgements of this chat wait for company; undefined where nobody looks at it. */
export function patienceOf(engine: Engine, chat: string): number | undefined {
  if (!engine.onScreen.has(chat)) return undefined;
  const { cells, last } = spentOf(engine, chat);
  return cells < AT_ONCE_A_DAY ? Math.max(GATHERED_MS, last + APART_MS - engine.clock.now()) : undefined;
}
/** A cell of acknowledgements leaves at once. */
export function spend(engine: Engine, chat: string): void {
  const today = spentOf(engine, chat);
  today.cells += 1;
  today.last = engine.clock.now();
}
function spentOf(engine: Engine, chat: string): Spent {
  const all = spent.get(engine) ?? new Map<string, Spent>();
  spent.set(engine, all);
  const now = engine.clock.now();
  const known = all.get(chat);
  const today =
    known !== undefined && now - known.since < DAY_MS ? known : { since: now, cells: 0, last: now - APART_MS };
  all.set(chat, today);
  return today;
}

/** From now on the person looks at this chat, and at `others` in other tabs; returns those that were not seen before. */
export function look(engine: Engine, chat: string | undefined, others: readonly string[]): string[] {
  const shown = new Set(chat === undefined ? others : [chat, ...others]);
  const came = [...shown].filter((id) => !engine.onScreen.has(id));
  engine.open = chat;
  engine.onScreen.clear();
  for (const id of shown) engine.onScreen.add(id);
  return came;
}
