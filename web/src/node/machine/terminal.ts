/**
 * Routed messages where they end (protocol.md §4): verified, told apart from copies, handed on once, answered as often
 * as a copy arrives.
 *
 * 1. ≤ 200 signatures are checked a second for each link, burst 1,000; what is above is dropped and counted.
 * 2. A request (origin, request id) acts once; its copies get the kept answers.
 * 3. Only after that is the bucket of the verified origin charged, one bucket for all ids of one key.
 * 4. Kept answers: ≤ 4,096 requests, ≤ 8 MiB, 60 s.
 */
import { concat, equal, hex } from "../bytes.ts";
import type { Effect, Input } from "../event.ts";
import { FrameType, type NodeId } from "../messages.ts";
import { Buckets } from "./buckets.ts";
import { below } from "./chance.ts";
import { type Context, type Machine, NOTHING } from "./machine.ts";

const CHECKS_PER_SECOND = 200;
const CHECK_BURST = 1_000;
/** Requests of one key that we act on: what an asking neighbour may make for all its links. */
const ORIGIN_PER_SECOND = 250;
const ORIGIN_BURST = 1_000;
const REQUESTS = 4_096;
const ANSWER_BYTES = 8 * 1024 * 1024;
const KEPT_MS = 60_000;
const TTL_LOW = 12;
const TTL_SPREAD = 5;

interface Acted {
  readonly at: number;
  readonly answers: Uint8Array[];
}

export const createTerminal = (ctx: Context): Machine => {
  const checks = new Buckets(CHECKS_PER_SECOND, CHECK_BURST, 4_096);
  const origins = new Buckets(ORIGIN_PER_SECOND, ORIGIN_BURST, 4_096);
  const acted = new Map<string, Acted>();
  let bytes = 0;

  const shrink = (now: number): void => {
    for (const [key, one] of acted) {
      if (acted.size <= REQUESTS && bytes <= ANSWER_BYTES && now - one.at <= KEPT_MS) return;
      acted.delete(key);
      for (const answer of one.answers) bytes -= answer.length;
    }
  };

  const send = (origin: NodeId, payload: Uint8Array, now: number): Effect => {
    const { keys, edPk, nodeId } = ctx.self;
    const id = new DataView(ctx.random.bytes(8).buffer).getBigUint64(0);
    const frame = ctx.core.routed(keys.edSecret, ctx.network, {
      type: FrameType.answer,
      target: origin,
      exact: true,
      ttl: TTL_LOW + below(ctx.random, TTL_SPREAD),
      edPk,
      nonce: keys.nonce,
      period: keys.period,
      sent: ctx.time.network(now),
      id,
      payload,
    });
    ctx.table.sent(nodeId, id, now);
    return { type: "launch", send: 0, frame, hops: ctx.table.links(origin, 4, false) };
  };

  const onFrame = (input: Extract<Input, { type: "frame" }>, now: number): readonly Effect[] => {
    const { kind } = input;
    if (kind < FrameType.find || kind > FrameType.data) return NOTHING;
    if (!checks.take(input.link, now)) return [{ type: "count", counter: "dropped.checks" }];
    const opened = ctx.core.openRouted(ctx.network, ctx.rules.bits, input.frame);
    if (!opened.ok)
      return [{ type: "count", counter: `dropped.${opened.error === "signature" ? "signature" : "malformed"}` }];
    const { type, exact, target, origin, payload, originEdPk } = opened.value;
    if (exact ? !equal(target, ctx.self.nodeId) : type !== FrameType.find) {
      return [{ type: "count", counter: "dropped.target" }];
    }
    const tagged = ctx.core.decode("tagged", payload);
    if (!tagged.ok) return [{ type: "count", counter: "dropped.malformed" }];
    const { requestId, body } = tagged.value;
    if (type === FrameType.answer) return [{ type: "routedEnded", kind: type, origin, requestId, body }];
    const key = hex(requestId) + hex(origin.subarray(0, 8));
    const before = acted.get(key);
    if (before) {
      const again: Effect[] = before.answers.map((answer) => send(origin, answer, now));
      again.push({ type: "count", counter: "dropped.copy" });
      return again;
    }
    if (!origins.take(hex(originEdPk), now)) return [{ type: "count", counter: "dropped.origin" }];
    acted.set(key, { at: now, answers: [] });
    shrink(now);
    return [{ type: "routedRequest", kind: type, origin, requestId, body }];
  };

  const reply = (input: Extract<Input, { type: "routedReply" }>, now: number): readonly Effect[] => {
    const { origin, requestId, body } = input;
    if (equal(origin, ctx.self.nodeId)) {
      return [{ type: "routedEnded", kind: FrameType.answer, origin, requestId, body }];
    }
    const payload = concat(requestId, body);
    const one = acted.get(hex(requestId) + hex(origin.subarray(0, 8)));
    if (one && now - one.at <= KEPT_MS) {
      one.answers.push(payload);
      bytes += payload.length;
      shrink(now);
    }
    return [send(origin, payload, now)];
  };

  return {
    name: "terminal",
    hears: ["frame", "routedReply", "linkDown"],
    step(input, now) {
      switch (input.type) {
        case "frame":
          return onFrame(input, now);
        case "routedReply":
          return reply(input, now);
        case "linkDown":
          checks.forget(input.link);
          return NOTHING;
        default:
          return NOTHING;
      }
    },
  };
};
