/**
 * Meeting without a server, the knocker's half (protocol.md §6): KNOCK → WELCOME, offer → answer, a peer connection.
 * Both steps are sealed requests, in our own name once joined, through a neighbour before. The other half: welcome.ts.
 *
 * 1. No peer connection before WELCOME. 2. One exchange a pair; of two that crossed the lower NodeID's counts.
 * 3. An exchange is over after 30 s. 4. ≤ 100 peer connections are made in 10 min, by both halves together.
 * 5. A contact is tried again after 2, 8 and 30 s; others are the business of maintain.
 * 6. A link is trusted for cells only after a token was accepted over this exchange or shown and accepted by us, and
 *    until that peer is dropped. A link that then serves nothing is closed.
 */

import type { ConnectResult, Peer } from "../api.ts";
import { hex } from "../bytes.ts";
import type { Effect, Input } from "../event.ts";
import { type AnswerBody, FrameType, KnockReason, type NodeId, RefuseCode, type Request } from "../messages.ts";
import { dialable } from "./dial.ts";
import { type Exchanges, type Outgoing, stunOf } from "./exchanges.ts";
import { type Context, type Machine, NOTHING } from "./machine.ts";
import { serves } from "./prune.ts";

const VALID_MS = 30_000;
/** Exchanges under way at once, and the pause that a caller beyond them is told. */
const MEETINGS = 256;
const BUSY_S = 30;
const AGAIN_MS = [2_000, 8_000, 30_000] as const;

export const createSignal = (ctx: Context, exchanges: Exchanges, sign: (now: number) => Uint8Array): Machine => {
  const { outgoing } = exchanges;
  const find = (test: (one: Outgoing) => boolean): Outgoing | undefined => [...outgoing.values()].find(test);
  const timer = (one: Outgoing): string => `signal:${one.key}`;
  const hasToken = (token: Uint8Array): boolean => token.some((byte) => byte !== 0);

  const begin = (
    to: Peer,
    reason: number,
    token: Uint8Array,
    waiter: { meet?: number; call?: number },
    now: number,
  ): readonly Effect[] => {
    const key = hex(to.nodeId);
    const one: Outgoing = {
      to,
      key,
      reason,
      token,
      session: ctx.random.bytes(16),
      meets: waiter.meet === undefined ? [] : [waiter.meet],
      calls: waiter.call === undefined ? [] : [waiter.call],
      phase: "knock",
      ask: 0,
      attempt: 0,
      tries: 0,
      direct: ctx.self.joined,
    };
    if (ctx.refusePeers.has(key)) return told(one, "refused", 0);
    if (ctx.links.toKey(key) && !hasToken(token)) return told(one, "linked", 0);
    if (!ctx.rtc && !hasToken(token)) return told(one, "unreachable", 300);
    const other = outgoing.get(key);
    if (other && (!hasToken(token) || hasToken(other.token))) {
      other.meets.push(...one.meets);
      other.calls.push(...one.calls);
      return NOTHING;
    }
    if (!other && outgoing.size >= MEETINGS) return told(one, "unreachable", BUSY_S);
    const cancelled = other ? [...cancel(other), ...adopt(one, other)] : [];
    outgoing.set(key, one);
    const theirs = exchanges.incomingFrom(key);
    if (theirs && !hasToken(token)) return [...cancelled, ...wait(one, now)];
    return [...cancelled, ...knock(one, now)];
  };

  /** The waiters of an exchange go over to the one that takes its place. */
  const adopt = (one: Outgoing, other: Outgoing): Effect[] => {
    one.meets.push(...other.meets);
    one.calls.push(...other.calls);
    return [];
  };

  const wait = (one: Outgoing, now: number): Effect[] => {
    one.phase = "theirs";
    return [{ type: "arm", timer: timer(one), at: now + VALID_MS }];
  };

  const knock = (one: Outgoing, now: number): Effect[] => {
    one.phase = "knock";
    one.tries += 1;
    const { session, reason, token } = one;
    return [
      { type: "count", counter: "knocks" },
      { type: "arm", timer: timer(one), at: now + VALID_MS },
      asking(one, { op: "knock", innerId: ctx.random.bytes(16), session, reason, token, record: sign(now) }),
    ];
  };

  const asking = (one: Outgoing, request: Request): Effect => {
    const { to, direct } = one;
    one.ask = ctx.serial();
    return { type: "ask", ask: one.ask, to, order: to.nodeId, lane: "read", direct, open: false, request };
  };

  const cancel = (one: Outgoing): Effect[] => {
    const effects: Effect[] = [{ type: "disarm", timer: timer(one) }];
    if (one.ask !== 0) effects.push({ type: "endAsk", ask: one.ask });
    if (one.attempt !== 0) effects.push({ type: "cancelAttempt", attempt: one.attempt });
    one.ask = 0;
    one.attempt = 0;
    return effects;
  };

  const told = (one: Outgoing, result: ConnectResult, retryAfter: number): Effect[] => [
    ...one.meets.map((meet): Effect => ({ type: "met", meet, peer: one.to.nodeId, result, retryAfter })),
    ...one.calls.map((call): Effect => ({ type: "done", call, value: result })),
  ];

  const over = (one: Outgoing, result: ConnectResult, retryAfter = 0): Effect[] => {
    if (outgoing.get(one.key) === one) outgoing.delete(one.key);
    return [...cancel(one), { type: "count", counter: `met.${result}` }, ...told(one, result, retryAfter)];
  };

  /** Nothing came of this try. */
  const failed = (one: Outgoing, now: number): Effect[] => {
    const pause = AGAIN_MS[one.tries - 1];
    if (one.reason !== KnockReason.contact || pause === undefined) return over(one, "unreachable");
    const effects = cancel(one);
    one.phase = "pause";
    effects.push({ type: "arm", timer: timer(one), at: now + pause });
    return effects;
  };

  const answered = (one: Outgoing, body: AnswerBody, now: number): Effect[] => {
    one.ask = 0;
    if (one.phase === "knock" && body.kind === "welcome") {
      if (!ctx.rtc) return over(one, "unreachable");
      if (!exchanges.connections.take(now)) {
        return [{ type: "count", counter: "refused.connections" }, ...over(one, "unreachable", 60)];
      }
      one.phase = "offer";
      one.attempt = ctx.serial();
      return [{ type: "rtcOffer", attempt: one.attempt, stun: stunOf(ctx), expect: one.to.nodeId }];
    }
    if (one.phase === "knock" && body.kind === "linked") {
      const entry = ctx.links.toKey(one.key);
      if (!entry) return failed(one, now);
      if (hasToken(one.token)) entry.trusted = true;
      return over(one, "linked");
    }
    if (one.phase === "answer" && body.kind === "answer") {
      one.phase = "channel";
      return [{ type: "rtcAccept", attempt: one.attempt, sdp: body.sdp }];
    }
    if (body.kind !== "refuse") return failed(one, now);
    if (body.code === RefuseCode.crossing) return wait(one, now);
    return over(one, body.code === RefuseCode.unknown ? "unknown" : "refused", body.retryAfter);
  };

  const offered = (one: Outgoing, sdp: string): Effect[] => {
    one.phase = "answer";
    return [asking(one, { op: "offer", innerId: ctx.random.bytes(16), session: one.session, sdp })];
  };

  const linkUp = (peer: NodeId): readonly Effect[] => {
    const one = outgoing.get(hex(peer));
    // A token is shown by KNOCK: a link that came by other ways does not answer that one.
    if (!one || (hasToken(one.token) && (one.phase === "knock" || one.phase === "pause"))) return NOTHING;
    const entry = ctx.links.toKey(one.key);
    if (entry && hasToken(one.token) && one.phase !== "theirs") entry.trusted = true;
    return over(one, "linked");
  };

  const cell = (input: Extract<Input, { type: "frame" }>): readonly Effect[] => {
    const entry = ctx.links.get(input.link);
    if (!entry?.trusted) return [{ type: "count", counter: "refused.cell" }];
    return [{ type: "emit", event: "cell", detail: { peer: entry.peer, bytes: input.payload } }];
  };

  const drop = (peer: NodeId): readonly Effect[] => {
    const key = hex(peer);
    const one = outgoing.get(key);
    const effects = one && hasToken(one.token) ? over(one, "refused") : [];
    const entry = ctx.links.toKey(key);
    if (!entry?.trusted) return effects;
    entry.trusted = false;
    if (serves(ctx, entry)) return effects;
    return [
      ...effects,
      { type: "count", counter: "links.dropped" },
      { type: "shut", link: entry.link, code: "refused" },
    ];
  };

  const tick = (one: Outgoing, now: number): readonly Effect[] => {
    if (one.phase === "pause") return knock(one, now);
    if (one.phase === "theirs" && ctx.links.toKey(one.key)) return over(one, "linked");
    return failed(one, now);
  };

  return {
    name: "signal",
    hears: [
      "meet",
      "connect",
      "drop",
      "asked",
      "askFailed",
      "rtcOffered",
      "rtcFailed",
      "handshakeFailed",
      "linkUp",
      "frame",
    ],
    step(input, now) {
      switch (input.type) {
        case "meet": {
          const { meet, to, record, reason, token } = input;
          if (reason !== KnockReason.contact && dialable(ctx, record)) return NOTHING;
          return begin(to, reason, token, { meet }, now);
        }
        case "connect":
          return begin(input.peer, KnockReason.contact, input.token, { call: input.call }, now);
        case "drop":
          return drop(input.peer);
        case "asked": {
          const one = find(({ ask }) => ask === input.ask);
          return one ? answered(one, input.answer.body, now) : NOTHING;
        }
        case "askFailed": {
          const one = find(({ ask }) => ask === input.ask);
          if (!one) return NOTHING;
          one.ask = 0;
          if (!one.direct || one.phase !== "knock") return failed(one, now);
          // An answer may not find us while those near us have no edge to us; through a neighbour it does.
          one.direct = false;
          one.tries -= 1;
          return knock(one, now);
        }
        case "rtcOffered": {
          const one = find(({ attempt }) => attempt === input.attempt);
          return one?.phase === "offer" ? offered(one, input.sdp) : NOTHING;
        }
        case "rtcFailed":
        case "handshakeFailed": {
          const one = input.attempt === 0 ? undefined : find(({ attempt }) => attempt === input.attempt);
          if (!one) return NOTHING;
          one.attempt = 0;
          return ctx.links.toKey(one.key) ? over(one, "linked") : failed(one, now);
        }
        case "linkUp":
          return linkUp(input.contact.nodeId);
        case "frame":
          return input.kind === FrameType.cell ? cell(input) : NOTHING;
        case "timer": {
          const one = outgoing.get(input.timer.slice("signal:".length));
          return one ? tick(one, now) : NOTHING;
        }
        default:
          return NOTHING;
      }
    },
  };
};
