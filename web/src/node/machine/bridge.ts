/**
 * Finds out whether the anchors we know are in the network that we are in, and joins the two where they are not: after a
 * partition each half has anchors and siblings enough, and nobody would ever look across.
 *
 * 1. Every 2 min ± 25 % one known anchor without a link is asked for our own neighbourhood.
 * 2. It is dialed only where no route leads to it; then it is asked again. Its answer is candidates, as any.
 */
import type { Contact, Effect, Input } from "../event.ts";
import { KnockReason } from "../messages.ts";
import type { AnchorBook } from "./anchors.ts";
import { below, spread } from "./chance.ts";
import { dialable } from "./dial.ts";
import { type Context, type Machine, NOTHING } from "./machine.ts";

/** One FIND, where keeping the neighbourhood costs several a minute (tier 3). */
const EVERY_MS = 2 * 60_000;
const TICK = "bridge:tick";
const NO_TOKEN = new Uint8Array(32);

export const createBridge = (ctx: Context, book: AnchorBook): Machine => {
  /** The anchor in question; `ask` and `meet` are 0 while they are not under way. */
  let across: { contact: Contact; ask: number; meet: number; dialed: boolean } | undefined;

  const ask = (one: NonNullable<typeof across>): readonly Effect[] => {
    one.ask = ctx.serial();
    const { nodeId } = ctx.self;
    return [{ type: "findAt", ask: one.ask, target: one.contact.nodeId, key: nodeId, except: nodeId, filter: 0 }];
  };

  const look = (now: number): readonly Effect[] => {
    const again: Effect = { type: "arm", timer: TICK, at: now + spread(ctx.random, EVERY_MS) };
    const others = [...book.values()].filter(
      ({ contact }) => !ctx.links.to(contact.nodeId) && ctx.contacts.check(contact.bytes, now),
    );
    const chosen = others[below(ctx.random, Math.max(1, others.length))];
    across = undefined;
    if (!chosen || !ctx.self.joined || ctx.self.paused) return [again];
    across = { contact: chosen.contact, ask: 0, meet: 0, dialed: false };
    return [again, ...ask(across)];
  };

  const unreached = (one: NonNullable<typeof across>): readonly Effect[] => {
    one.ask = 0;
    const { record, nodeId } = one.contact;
    if (one.dialed || !dialable(ctx, record)) return NOTHING;
    one.dialed = true;
    one.meet = ctx.serial();
    const to = { nodeId, x25519Pk: record.x25519Pk };
    return [{ type: "meet", meet: one.meet, to, record, reason: KnockReason.join, token: NO_TOKEN }];
  };

  return {
    name: "bridge",
    hears: ["start", "found", "askFailed", "met"],
    step(input: Input, now: number) {
      switch (input.type) {
        case "start":
          return [{ type: "arm", timer: TICK, at: now + spread(ctx.random, EVERY_MS) }];
        case "found":
          if (input.ask !== across?.ask) return NOTHING;
          across.ask = 0;
          return [{ type: "neighboursHeard", contacts: input.contacts }];
        case "askFailed":
          return across && input.ask === across.ask ? unreached(across) : NOTHING;
        case "met":
          if (!across || input.meet !== across.meet || input.result !== "linked") return NOTHING;
          return [{ type: "count", counter: "bridged" }, ...ask(across)];
        case "timer":
          return look(now);
        default:
          return NOTHING;
      }
    },
  };
};
