/**
 * Routed messages where they begin (protocol.md §4): one copy at a time, ≤ 3 retries from other first hops, answers
 * matched to who was asked. Where they end: terminal.ts. Carrying those of others is the table's, not a machine's.
 *
 * 1. Every copy is a message of its own: own id, own signature; all copies of a request bear one request id.
 * 2. An answer counts only from the verified target; for a CLOSEST message from anyone, as candidates.
 * 3. NO_ROUTE is unauthenticated: it starts the next try at once and never ends the waiting sooner.
 * 4. A message whose target we are ourselves never leaves the node.
 * 5. At most 4,096 messages are under way; each ends by answer, by its time, or by `routedEnd`. Of those that are over,
 *    at most 65,536 are still listened for (~0.3 kB each), the oldest given up first.
 */
import { concat, equal, hex } from "../bytes.ts";
import type { Effect, Input } from "../event.ts";
import { FrameType, type NodeId } from "../messages.ts";
import type { LinkHandle } from "../ports.ts";
import { below } from "./chance.ts";
import { type Context, type Machine, NOTHING } from "./machine.ts";

/** Waiting after each try, ms: together just under the 3 s after which an asker turns to another neighbour. */
const WAITS_MS = [700, 700, 700, 800] as const;
/** Starts at random in 12–16, so that 16 does not mark the author. */
const TTL_LOW = 12;
const TTL_SPREAD = 5;
const UNDER_WAY = 4_096;
const LISTENING = 65_536;
/** Payload of a frame, and what the routed header takes of it. */
const PAYLOAD_MOST = 66_560;
const HEADER = 32 + 3 + 32 + 8 + 2 + 8 + 8 + 64;
const HOPS = 4;

type Send = Extract<Input, { type: "routedSend" }>;
interface Sending {
  readonly order: Omit<Send, "body">;
  /** Emptied when nothing more is sent. */
  payload: Uint8Array;
  readonly key: string;
  readonly tried: LinkHandle[];
  readonly until: number;
  readonly keepUntil: number;
  tries: number;
  /** The id of the last copy. */
  id: bigint;
  /** Nothing more is sent: answered, or given up. */
  over: boolean;
  unrouted: boolean;
  unsent: boolean;
}

export const createRouted = (ctx: Context): Machine => {
  const sending = new Map<number, Sending>();
  const byRequest = new Map<string, Sending>();
  const byId = new Map<bigint, Sending>();
  let underWay = 0;

  /** Nothing more is sent; answers may still come. */
  const rest = (one: Sending): void => {
    if (one.over) return;
    one.over = true;
    one.payload = new Uint8Array();
    one.tried.length = 0;
    underWay -= 1;
  };

  const end = (one: Sending): Effect[] => {
    rest(one);
    sending.delete(one.order.send);
    byRequest.delete(one.key);
    byId.delete(one.id);
    return [{ type: "disarm", timer: `routed:${one.order.send}` }];
  };

  const begin = (order: Send, now: number): readonly Effect[] => {
    const { send } = order;
    const failed = (reason: "busy" | "too-large" | "no-link"): readonly Effect[] => [
      { type: "routedFailed", send, reason },
    ];
    if (order.body.length + 16 + HEADER > PAYLOAD_MOST) return failed("too-large");
    if (underWay >= UNDER_WAY) return failed("busy");
    const requestId = ctx.random.bytes(16);
    const waits = WAITS_MS.reduce((sum, wait) => sum + wait, 0);
    const { kind, target, exact, keep } = order;
    const one: Sending = {
      order: { type: "routedSend", send, kind, target, exact, keep },
      payload: concat(requestId, order.body),
      key: hex(requestId),
      tried: [],
      until: now + waits,
      keepUntil: now + Math.max(waits, order.keep),
      tries: 0,
      id: 0n,
      over: false,
      unrouted: false,
      unsent: false,
    };
    const mine = equal(order.target, ctx.self.nodeId);
    const ends = mine || (!order.exact && ctx.table.links(order.target, 1, true).length === 0);
    if (ctx.links.count === 0 && !ends) return failed("no-link");
    sending.set(send, one);
    byRequest.set(one.key, one);
    underWay += 1;
    const evicted = sending.size - underWay > LISTENING ? oldest() : [];
    if (!ends) return [...evicted, ...attempt(one, now)];
    rest(one);
    return [
      ...evicted,
      { type: "arm", timer: `routed:${send}`, at: one.keepUntil },
      { type: "routedRequest", kind: order.kind, origin: ctx.self.nodeId, requestId, body: order.body },
    ];
  };

  const oldest = (): Effect[] => {
    for (const one of sending.values()) if (one.over) return end(one);
    return [];
  };

  const attempt = (one: Sending, now: number): Effect[] => {
    const { order } = one;
    const { keys, edPk, nodeId } = ctx.self;
    byId.delete(one.id);
    one.id = new DataView(ctx.random.bytes(8).buffer).getBigUint64(0);
    byId.set(one.id, one);
    const wait = WAITS_MS[one.tries] ?? 0;
    one.tries += 1;
    const links = ctx.table.links(order.target, HOPS + one.tried.length, false);
    const others = links.filter((link) => !one.tried.includes(link));
    const frame = ctx.core.routed(keys.edSecret, ctx.network, {
      type: order.kind,
      target: order.target,
      exact: order.exact,
      ttl: TTL_LOW + below(ctx.random, TTL_SPREAD),
      edPk,
      nonce: keys.nonce,
      period: keys.period,
      sent: ctx.time.network(now),
      id: one.id,
      payload: one.payload,
    });
    ctx.table.sent(nodeId, one.id, now);
    return [
      { type: "arm", timer: `routed:${order.send}`, at: now + wait },
      { type: "launch", send: order.send, frame, hops: others.length > 0 ? others : links },
    ];
  };

  /** The time of a try is over, or its copy came to nothing. */
  const next = (one: Sending, now: number): readonly Effect[] => {
    if (!one.over && one.tries < WAITS_MS.length) {
      if (one.tries > 0) return [{ type: "count", counter: "retries" }, ...attempt(one, now)];
      return attempt(one, now);
    }
    const { send } = one.order;
    if (!one.over && now < one.until) return [{ type: "arm", timer: `routed:${send}`, at: one.until }];
    const effects: Effect[] = [];
    if (!one.over) {
      rest(one);
      const reason =
        ctx.links.count === 0 ? "no-link" : one.unsent ? "backpressure" : one.unrouted ? "no-route" : "unanswered";
      effects.push({ type: "count", counter: `failed.${reason}` }, { type: "routedFailed", send, reason });
    }
    if (now < one.keepUntil) effects.push({ type: "arm", timer: `routed:${send}`, at: one.keepUntil });
    else effects.push(...end(one));
    return effects;
  };

  const noRoute = (payload: Uint8Array, now: number): readonly Effect[] => {
    const decoded = ctx.core.decode("noRoute", payload);
    const one = decoded.ok && equal(decoded.value.origin, ctx.self.nodeId) ? byId.get(decoded.value.id) : undefined;
    if (!one) return [{ type: "count", counter: "dropped.noRouteUnknown" }];
    one.unrouted = true;
    byId.delete(one.id);
    return one.over ? NOTHING : next(one, now);
  };

  const answer = (origin: NodeId, requestId: Uint8Array, body: Uint8Array, now: number): readonly Effect[] => {
    const one = byRequest.get(hex(requestId));
    if (!one) return [{ type: "count", counter: "dropped.answerUnknown" }];
    if (one.order.exact && !equal(origin, one.order.target))
      return [{ type: "count", counter: "dropped.answerForged" }];
    const { send } = one.order;
    const effects: Effect[] = [];
    if (one.order.keep === 0) effects.push(...end(one));
    else if (!one.over) {
      effects.push({ type: "arm", timer: `routed:${send}`, at: Math.max(now, one.keepUntil) });
      rest(one);
    }
    effects.push({ type: "routedAnswer", send, origin, body });
    return effects;
  };

  return {
    name: "routed",
    hears: ["routedSend", "routedEnd", "routedEnded", "frame", "launched", "launchFailed"],
    step(input, now) {
      switch (input.type) {
        case "routedSend":
          return begin(input, now);
        case "routedEnd": {
          const one = sending.get(input.send);
          return one ? end(one) : NOTHING;
        }
        case "routedEnded":
          return input.kind === FrameType.answer ? answer(input.origin, input.requestId, input.body, now) : NOTHING;
        case "frame":
          return input.kind === FrameType.noRoute ? noRoute(input.payload, now) : NOTHING;
        case "launched":
          sending.get(input.send)?.tried.push(input.link);
          return NOTHING;
        case "launchFailed": {
          const one = sending.get(input.send);
          if (one) one.unsent = true;
          return [{ type: "count", counter: "unsent.launch" }];
        }
        case "timer": {
          const one = sending.get(Number(input.timer.slice("routed:".length)));
          return one ? next(one, now) : NOTHING;
        }
        default:
          return NOTHING;
      }
    },
  };
};
