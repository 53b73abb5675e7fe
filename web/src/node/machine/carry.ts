/**
 * The neighbour's half of ASK (protocol.md §4): it asks in its own name, and passes what comes back to who asked. Also
 * the end of sealed requests: opened here, answered through the same seal.
 *
 * 1. Each link may use at most a quarter of our own budget; what is above is answered `over budget`.
 * 2. At most 256 ways back are kept for one asker, 11 min each, the oldest given up first.
 * 3. Answers go to the asker's NodeID, on whatever link it now has; only those whose verified origin is the target.
 * 4. While paused it asks for nobody: what comes is answered `busy`, and the asker takes the next.
 * 5. A request whose target we are is opened here; its asker counts as the one that brought it.
 */
import { equal, hex } from "../bytes.ts";
import type { Effect, Input, ReplyTo } from "../event.ts";
import { AskedCode, Capability, FrameType, type NodeId } from "../messages.ts";
import { Buckets } from "./buckets.ts";
import { type Context, type Machine, NOTHING } from "./machine.ts";
import { openRequest, sealAnswer } from "./seal.ts";

const SHARE = 4;
const KEPT = 256;
const KEEP_MS = 11 * 60_000;
const ASKERS = 4_096;
const SWEEP_MS = 60_000;

interface Way {
  readonly asker: NodeId;
  /** Asker in hex. */
  readonly key: string;
  readonly askId: Uint8Array;
  readonly send: number;
  /** Of a request that we are the target of. */
  readonly requestId: string | undefined;
  readonly until: number;
}

export const createCarry = (ctx: Context): Machine => {
  const shares = () => {
    const { framesPerSecond, frameBurst, bytesPerSecond } = ctx.limits;
    return {
      frames: new Buckets(framesPerSecond / SHARE, frameBurst / SHARE, ASKERS),
      bytes: new Buckets(bytesPerSecond / SHARE, bytesPerSecond, ASKERS),
    };
  };
  const { frames, bytes } = shares();
  const bySend = new Map<number, Way>();
  /** Requests that we are the target of, by request id. */
  const own = new Map<string, Way>();
  const byAsker = new Map<string, Way[]>();
  let sweeping = false;

  const drop = (way: Way): Effect[] => {
    if (way.requestId !== undefined) {
      own.delete(way.requestId);
      return [];
    }
    bySend.delete(way.send);
    return [{ type: "routedEnd", send: way.send }];
  };

  /** Gives up what is past, and so many more of the oldest. */
  const shed = (ways: Way[], most: number, now: number): Effect[] => {
    const effects: Effect[] = [];
    while (ways[0] && (ways.length > most || ways[0].until <= now)) effects.push(...drop(ways.shift() as Way));
    return effects;
  };

  const keep = (way: Way, now: number): Effect[] => {
    const ways = byAsker.get(way.key) ?? [];
    byAsker.set(way.key, ways);
    const effects = shed(ways, KEPT - 1, now);
    ways.push(way);
    if (way.requestId !== undefined) own.set(way.requestId, way);
    else bySend.set(way.send, way);
    if (!sweeping) effects.push({ type: "arm", timer: "carry:sweep", at: now + SWEEP_MS });
    sweeping = true;
    return effects;
  };

  const sweep = (now: number): readonly Effect[] => {
    const effects: Effect[] = [];
    for (const [key, ways] of byAsker) {
      effects.push(...shed(ways, KEPT, now));
      if (ways.length === 0) byAsker.delete(key);
    }
    sweeping = byAsker.size > 0;
    if (sweeping) effects.push({ type: "arm", timer: "carry:sweep", at: now + SWEEP_MS });
    return effects;
  };

  const asked = (way: Pick<Way, "asker" | "askId">, code: number, answer: Uint8Array): readonly Effect[] => {
    const entry = ctx.links.to(way.asker);
    if (!entry) return [{ type: "count", counter: "dropped.askerGone" }];
    const message = ctx.core.encode("asked", { id: way.askId, code, answer });
    return [{ type: "transmit", link: entry.link, frame: ctx.core.frame(FrameType.asked, message) }];
  };

  const onAsk = (input: Extract<Input, { type: "frame" }>, now: number): readonly Effect[] => {
    const entry = ctx.links.get(input.link);
    const decoded = ctx.core.decode("ask", input.payload);
    if (!decoded.ok || !entry) return [{ type: "count", counter: "dropped.malformed" }];
    const { id, mode, body } = decoded.value;
    const target = decoded.value.target as NodeId;
    const way = { asker: entry.peer, key: entry.key, askId: id };
    if (!frames.take(entry.key, now) || !bytes.take(entry.key, now, input.payload.length)) {
      return [{ type: "count", counter: "refused.overBudget" }, ...asked(way, AskedCode.overBudget, NO_BYTES)];
    }
    const isOurs = mode === 0 && equal(target, ctx.self.nodeId);
    if (ctx.self.paused && !isOurs) {
      return [{ type: "count", counter: "refused.paused" }, ...asked(way, AskedCode.busy, NO_BYTES)];
    }
    const send = ctx.serial();
    const until = now + KEEP_MS;
    if (isOurs) {
      const requestId = ctx.random.bytes(16);
      const kept = keep({ ...way, send, requestId: hex(requestId), until }, now);
      return [...kept, ...opened(entry.peer, requestId, body)];
    }
    const kept = keep({ ...way, send, requestId: undefined, until }, now);
    const kind = mode === 0 ? FrameType.sealed : FrameType.find;
    const exact = mode === 0 || !equal(target, body.subarray(0, 32));
    return [
      ...kept,
      { type: "count", counter: "carried" },
      { type: "routedSend", send, kind, target, exact, body, keep: mode === 0 ? KEEP_MS : 0 },
    ];
  };

  const opened = (via: NodeId, requestId: Uint8Array, body: Uint8Array): readonly Effect[] => {
    const { keys, nodeId } = ctx.self;
    const one = openRequest(ctx.core, keys.x25519Secret, nodeId, body);
    if (!one) return [{ type: "count", counter: "dropped.unsealed" }];
    const { request, e, shared } = one;
    const reply: ReplyTo = { via, requestId, innerId: request.innerId, shared, e };
    return [{ type: "request", via, viaAnchor: provedAnchor(ctx, via), request, reply }];
  };

  const reply = ({ to, answer }: Extract<Input, { type: "reply" }>): readonly Effect[] => {
    const body = sealAnswer(ctx.core, ctx.random, ctx.self.nodeId, to, answer);
    const way = own.get(hex(to.requestId));
    if (way) return asked(way, AskedCode.answer, body);
    return [{ type: "routedReply", origin: to.via, requestId: to.requestId, body }];
  };

  return {
    name: "carry",
    hears: ["frame", "routedRequest", "reply", "routedAnswer", "routedFailed"],
    step(input, now) {
      switch (input.type) {
        case "frame":
          return input.kind === FrameType.ask ? onAsk(input, now) : NOTHING;
        case "routedRequest":
          return input.kind === FrameType.sealed ? opened(input.origin, input.requestId, input.body) : NOTHING;
        case "reply":
          return reply(input);
        case "timer":
          return sweep(now);
        case "routedAnswer": {
          const way = bySend.get(input.send);
          return way ? asked(way, AskedCode.answer, input.body) : NOTHING;
        }
        case "routedFailed": {
          const way = bySend.get(input.send);
          return way ? asked(way, CODES[input.reason] ?? AskedCode.unanswered, NO_BYTES) : NOTHING;
        }
        default:
          return NOTHING;
      }
    },
  };
};

const NO_BYTES = new Uint8Array();
const CODES: Record<string, number> = {
  busy: AskedCode.busy,
  backpressure: AskedCode.busy,
  "no-link": AskedCode.noRoute,
  "no-route": AskedCode.noRoute,
};

/** Have we verified a record of this node that says ANCHOR? */
const provedAnchor = (ctx: Context, nodeId: NodeId): boolean => {
  const entry = ctx.links.to(nodeId);
  if (entry) return entry.anchor;
  const bytes = ctx.table.record(nodeId);
  const record = bytes && ctx.core.decode("record", bytes);
  return record?.ok === true && (record.value.capabilities & Capability.anchor) !== 0;
};
