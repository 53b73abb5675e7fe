/**
 * When the cards of contacts are looked at (protocol.md §11, Renewal): while a text waits without an acknowledgement, the
 * open chat's within a minute and any other's within ten, and where a session leads nowhere. Holders see that somebody
 * asks: times are drawn, all chats share one budget, and those that have waited longest come first.
 */
import { HOUR_MS, MINUTE_MS } from "../clock.ts";
import { background, count, type Engine, isSuperseded, jitter, timeOf } from "./engine.ts";
import { isBooked } from "./meeting.ts";
import type { ChatState } from "./records.ts";
import { isLost, lookOnce } from "./renewing.ts";

/** From one look at a contact's card to the next, and from when a text waits to the first (protocol.md §11; tier 2): a base
 * and what is drawn on top of it. */
const OPEN_MS = [22_000, 18_000] as const;
const AWAY_MS = [6 * MINUTE_MS, 3 * MINUTE_MS] as const;
/** Between two for a session that leads nowhere, where the first found no card that leads on. */
const LOST_MS = HOUR_MS;
const TICK_MS = 10_000;
/** Nodes that lost the same anchor do not all ask at once (protocol.md §3). */
const SPREAD_MS = 30_000;
/** Looks of all chats but the open one: so many at once, then one each two seconds, which is three hundred in ten
 * minutes. Tier 3. */
const BURST = 8;
const REFILL_MS = 2_000;

interface Plan {
  /** Monotonic ms of the next look, and of the last, by chat. */
  due: Map<string, number>;
  last: Map<string, number>;
  busy: Set<string>;
  budget: number;
  filled: number;
}
const plans = new WeakMap<Engine, Plan>();

/** The network is there (again): the open chat at once, the others within half a minute, none sooner after its last look
 * than it would be otherwise, however often the network comes and goes. */
export function lookAtStart(engine: Engine): void {
  const now = engine.clock.now();
  const { last = new Map<string, number>(), budget = BURST, filled = now } = plans.get(engine) ?? {};
  const plan: Plan = { due: new Map(), last, busy: new Set(), budget, filled };
  plans.set(engine, plan);
  for (const { id, looked } of engine.store.chats.values()) {
    const before = last.get(id);
    const noted = looked === undefined ? Number.POSITIVE_INFINITY : timeOf(engine) - looked;
    const age = before === undefined ? noted : now - before;
    const rest = age >= 0 ? Math.max(0, pause(engine, id) - age) : 0;
    plan.due.set(id, now + Math.max(rest, engine.onScreen.has(id) ? 0 : jitter(engine, SPREAD_MS)));
  }
  tick(engine);
}
/** This chat is on the screen now. */
export function lookSoon(engine: Engine, chatId: string): void {
  const plan = plans.get(engine);
  const due = plan?.due.get(chatId);
  if (plan === undefined || due === undefined) return;
  const last = plan.last.get(chatId);
  const open = last === undefined ? engine.clock.now() : last + pause(engine, chatId);
  plan.due.set(chatId, Math.min(due, open));
  run(engine, plan);
}
/** The session of this chat leads nowhere. */
export function lookNow(engine: Engine, chatId: string): void {
  const plan = plans.get(engine);
  const chat = engine.store.chats.get(chatId);
  if (chat !== undefined && isBooked(chat, "ours", timeOf(engine))) count(engine, "renewal.limit");
  if (plan === undefined) return;
  plan.due.set(chatId, engine.clock.now());
  run(engine, plan);
}

function tick(engine: Engine): void {
  const plan = plans.get(engine);
  if (plan === undefined) return;
  engine.alarms.set("look", TICK_MS, () => tick(engine));
  run(engine, plan);
}

function run(engine: Engine, plan: Plan): void {
  const { post, store } = engine;
  if (post === undefined || !post.online() || !post.timeSure() || isSuperseded(engine)) return;
  const now = engine.clock.now();
  refill(plan, now);
  const due: { id: string; at: number }[] = [];
  for (const chat of store.chats.values()) {
    const at = waits(engine, chat) ? planned(engine, plan, chat, now) : undefined;
    if (at === undefined) plan.due.delete(chat.id);
    else if (at <= now && !plan.busy.has(chat.id)) due.push({ id: chat.id, at });
  }
  for (const { id } of due.sort((a, b) => order(engine, a) - order(engine, b))) {
    if (!engine.onScreen.has(id) && plan.budget < 1) return;
    if (!engine.onScreen.has(id)) plan.budget--;
    background(engine, "renew", look(engine, plan, id));
  }
}
const order = (engine: Engine, { id, at }: { id: string; at: number }): number => (engine.onScreen.has(id) ? -1 : at);

async function look(engine: Engine, plan: Plan, id: string): Promise<void> {
  plan.busy.add(id);
  plan.last.set(id, engine.clock.now());
  try {
    const answered = await lookOnce(engine, id);
    const chat = engine.store.chats.get(id);
    const wait = answered && chat !== undefined && isLost(chat) ? LOST_MS : pause(engine, id);
    plan.due.set(id, engine.clock.now() + wait);
  } finally {
    plan.busy.delete(id);
  }
}

function waits(engine: Engine, chat: ChatState): boolean {
  const { contact, blocked, queue, waiting } = chat;
  if (contact.phase === "request" || blocked === true) return false;
  return queue.length + waiting.length > 0 || (isLost(chat) && !isBooked(chat, "ours", timeOf(engine)));
}
function planned(engine: Engine, plan: Plan, { id }: ChatState, now: number): number {
  const known = plan.due.get(id);
  // On the screen since: what was planned for elsewhere is too late.
  const late = engine.onScreen.has(id) && known !== undefined && known > now + OPEN_MS[0] + OPEN_MS[1];
  const at = known === undefined || late ? now + pause(engine, id) : known;
  plan.due.set(id, at);
  return at;
}
function pause(engine: Engine, id: string): number {
  const [base, drawn] = engine.onScreen.has(id) ? OPEN_MS : AWAY_MS;
  return base + jitter(engine, drawn);
}
function refill(plan: Plan, now: number): void {
  const grown = Math.floor((now - plan.filled) / REFILL_MS);
  plan.budget = Math.min(BURST, plan.budget + grown);
  plan.filled += grown * REFILL_MS;
}
