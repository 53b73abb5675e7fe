/**
 * Live links: keepalive, wake, leave, and their end. Not here: how a channel becomes a link (handshake), which links
 * are wanted (maintain).
 *
 * 1. A link that missed 2 of its last 3 pings is closed. 2. After a wake, one that is silent for 3 s is closed; where all
 *    are silent for 1 s, that is told before (`doubted`), so that a new one is there by then.
 * 3. A gap of more than 30 s between two ticks, by either clock, is a sleep, and so a wake.
 * 4. A LEAVE ends only the incarnation it was signed for, and only the link of its signer.
 * 5. Every up link that ends gives one linkDown.
 */
import { equal, u64 } from "../bytes.ts";
import type { Effect, Input } from "../event.ts";
import { FrameType } from "../messages.ts";
import type { LinkHandle } from "../ports.ts";
import { AHEAD_MS } from "./contacts.ts";
import { type Context, type Machine, NOTHING } from "./machine.ts";

const TICK_MS = 10_000;
const TICKS_A_PING = 2;
const SLEPT_MS = 30_000;
const PROBE_MS = 3_000;
const TICK = "links:tick";
const PROBE = "links:probe";
/** Longer than a round trip, and what remains of 5 s is enough to dial and to ask. */
const DOUBT_MS = 1_000;
const DOUBT = "links:doubt";

interface Health {
  /** Of the ping that is out. */
  id: number;
  sentAt: number;
  answered: boolean;
  /** Bits of the last three pings, 1 = missed. */
  missed: number;
}

export const createLinks = (ctx: Context): Machine => {
  const health = new Map<LinkHandle, Health>();
  let ticks = 0;
  let tickAt = 0;
  let tickWall = 0;
  let pingId = 0;
  let probedAt = 0;

  const ping = (link: LinkHandle, state: Health, now: number): Effect => {
    pingId = (pingId + 1) >>> 0;
    state.id = pingId;
    state.sentAt = now;
    state.answered = false;
    return {
      type: "transmit",
      link,
      frame: ctx.core.frame(FrameType.ping, ctx.core.encode("ping", { id: pingId })),
    };
  };

  const tick = (now: number): readonly Effect[] => {
    const again: Effect = { type: "arm", timer: TICK, at: now + TICK_MS };
    // The wake notes the time: it looks at the gap too.
    if (hasSlept(now)) return [again, { type: "count", counter: "slept" }, { type: "wake", slept: true }];
    tickAt = now;
    tickWall = ctx.time.wall();
    const effects: Effect[] = [again];
    ticks += 1;
    if (ticks % TICKS_A_PING !== 0) return effects;
    for (const [link, state] of health) {
      state.missed = ((state.missed << 1) | (state.answered ? 0 : 1)) & 7;
      if (BITS[state.missed] === 2) {
        effects.push({ type: "count", counter: "links.dead" }, { type: "shut", link, code: "timeout" });
      } else effects.push(ping(link, state, now));
    }
    return effects;
  };

  const hasSlept = (now: number): boolean => Math.max(now - tickAt, ctx.time.wall() - tickWall) > TICK_MS + SLEPT_MS;

  const wake = (now: number): readonly Effect[] => {
    const effects: Effect[] = [
      { type: "arm", timer: PROBE, at: now + PROBE_MS },
      { type: "arm", timer: DOUBT, at: now + DOUBT_MS },
    ];
    if (hasSlept(now)) effects.push({ type: "slept" });
    tickAt = now;
    tickWall = ctx.time.wall();
    probedAt = now;
    for (const [link, state] of health) {
      state.missed = 0;
      const entry = ctx.links.get(link);
      if (entry) entry.mute = true;
      effects.push(ping(link, state, now));
    }
    return effects;
  };

  const probed = (): readonly Effect[] => {
    const effects: Effect[] = [];
    for (const [link, state] of health) {
      if (state.answered || state.sentAt !== probedAt) continue;
      effects.push({ type: "count", counter: "links.dead" }, { type: "shut", link, code: "timeout" });
    }
    return effects;
  };

  const doubt = (): readonly Effect[] => {
    const links = [...ctx.links.up()];
    return links.length > 0 && links.every(({ mute }) => mute) ? [{ type: "doubted" }] : NOTHING;
  };

  const pong = (input: Extract<Input, { type: "frame" }>, now: number): readonly Effect[] => {
    const state = health.get(input.link);
    const entry = ctx.links.get(input.link);
    const decoded = ctx.core.decode("pong", input.payload);
    if (!decoded.ok || !state || !entry) return [{ type: "count", counter: "dropped.malformed" }];
    if (decoded.value.id !== state.id || state.answered) return [{ type: "count", counter: "dropped.pong" }];
    state.answered = true;
    entry.mute = false;
    entry.roundTrip = now - state.sentAt;
    const offset = decoded.value.wall - (now - entry.roundTrip / 2);
    return [{ type: "timeSample", link: input.link, offset, host: entry.host, dialed: entry.dialed }];
  };

  const leave = (input: Extract<Input, { type: "frame" }>, now: number): readonly Effect[] => {
    const entry = ctx.links.get(input.link);
    const decoded = ctx.core.decode("leave", input.payload);
    if (!decoded.ok || !entry) return [{ type: "count", counter: "dropped.malformed" }];
    const { nodeId, incarnation, sent, sig } = decoded.value;
    const fresh = Math.abs(sent - ctx.time.network(now)) <= AHEAD_MS;
    const signed =
      equal(nodeId, entry.peer) &&
      incarnation === entry.incarnation &&
      ctx.core.verify(entry.edPk, sig, "leave", ctx.network, nodeId, u64(incarnation), u64(sent));
    if (!fresh || !signed) return [{ type: "count", counter: "refused.leave" }];
    ctx.table.forget(entry.peer);
    return [
      { type: "left", peer: entry.peer },
      { type: "shut", link: input.link, code: "leave" },
    ];
  };

  const closing = (now: number): readonly Effect[] => {
    const { self, core } = ctx;
    const sent = ctx.time.network(now);
    const sig = core.sign(self.keys.edSecret, "leave", ctx.network, self.nodeId, u64(self.incarnation), u64(sent));
    const message = { nodeId: self.nodeId, incarnation: self.incarnation, sent, sig };
    const frame = core.frame(FrameType.leave, core.encode("leave", message));
    return [...health.keys()].map((link) => ({ type: "transmit", link, frame }));
  };

  const onFrame = (input: Extract<Input, { type: "frame" }>, now: number): readonly Effect[] => {
    if (input.kind === FrameType.ping) {
      const decoded = ctx.core.decode("ping", input.payload);
      if (!decoded.ok) return [{ type: "count", counter: "dropped.malformed" }];
      const answer = ctx.core.encode("pong", { id: decoded.value.id, wall: ctx.time.wall() });
      return [{ type: "transmit", link: input.link, frame: ctx.core.frame(FrameType.pong, answer) }];
    }
    if (input.kind === FrameType.pong) return pong(input, now);
    if (input.kind === FrameType.leave) return leave(input, now);
    return NOTHING;
  };

  const down = (link: LinkHandle): readonly Effect[] => {
    if (!health.delete(link)) return NOTHING;
    const entry = ctx.links.remove(link);
    ctx.table.removeLink(link);
    if (!entry) return NOTHING;
    return [
      { type: "linkDown", link, peer: entry.peer, last: ctx.links.proved(entry.peer) === undefined },
      { type: "emit", event: "links", detail: undefined },
    ];
  };

  return {
    name: "links",
    hears: ["start", "linkUp", "channelClosed", "frame", "wake", "closing"],
    step(input, now) {
      switch (input.type) {
        case "start":
          tickAt = now;
          tickWall = ctx.time.wall();
          return [{ type: "arm", timer: TICK, at: now + TICK_MS }];
        case "linkUp":
          health.set(input.link, { id: 0, sentAt: now, answered: true, missed: 0 });
          return NOTHING;
        case "channelClosed":
          return down(input.link);
        case "frame":
          return onFrame(input, now);
        case "wake":
          return wake(now);
        case "closing":
          return closing(now);
        case "timer":
          if (input.timer === TICK) return tick(now);
          return input.timer === DOUBT ? doubt() : probed();
        default:
          return NOTHING;
      }
    },
  };
};

/** Set bits of 0 … 7; three misses cannot be, the second one closes. */
const BITS = [0, 1, 1, 2, 1, 2, 2, 2];
