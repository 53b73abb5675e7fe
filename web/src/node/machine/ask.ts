/**
 * Asking through a neighbour (protocol.md §4 ASK), as its author. The neighbour's half: carry.ts; what is asked: seal.ts.
 *
 * 1. The request leaves under no NodeID but the neighbour's; the same sealed bytes go to every neighbour tried.
 * 2. A neighbour that is silent for 3 s, gone or unable is followed by the next in the order, at most four in all.
 * 3. An answer counts if it opens under the secret of this request and repeats its inner id, whoever brought it.
 * 4. An open ask stays after its answers until `endAsk`; when the link to its neighbour falls, `askLost` says so.
 * 5. A joined node's own signalling (`direct`) goes EXACT in its own name with the same seal.
 */
import { equal, hex } from "../bytes.ts";
import type { FaultCode } from "../errors.ts";
import type { AskInput, Contact, Effect, Input } from "../event.ts";
import { AskedCode, FrameType, type NodeId } from "../messages.ts";
import type { LinkHandle } from "../ports.ts";
import { carriers } from "./ask-order.ts";
import { isLeaf } from "./contacts.ts";
import { type Context, type Machine, NOTHING } from "./machine.ts";
import { openAnswer, type Sealed, sealRequest } from "./seal.ts";

const SILENT_MS = 3_000;
const NEIGHBOURS = 4;
/** Neighbours that tried with all their own retries and failed: a third would hardly do better. */
const WORKED = 2;
/** As long as a neighbour keeps the way back. */
const KEEP_MS = 11 * 60_000;
const ASKING = 4_096;
const PAYLOAD_MOST = 66_560 - 64;

type Order = Extract<AskInput, { type: "ask" | "askFind" }>;
interface Asking {
  readonly order: Order;
  readonly id: string;
  readonly target: NodeId;
  readonly frame: Uint8Array;
  readonly sealed: Sealed | undefined;
  readonly tried: string[];
  worked: number;
  reason: FaultCode;
  /** Neighbour that has it now, in hex. */
  at: string | undefined;
  answered: boolean;
}

export const createAsk = (ctx: Context): Machine => {
  const secret = ctx.core.hash("ask-secret", ctx.self.keys.edSecret);
  const asking = new Map<number, Asking>();
  const byId = new Map<string, Asking>();

  const end = (one: Asking): Effect[] => {
    asking.delete(one.order.ask);
    byId.delete(one.id);
    return [{ type: "disarm", timer: `ask:${one.order.ask}` }];
  };

  const begin = (order: Order, now: number): readonly Effect[] => {
    const { ask } = order;
    const failed = (reason: FaultCode): readonly Effect[] => [{ type: "askFailed", ask, reason }];
    if (asking.size >= ASKING) return failed("busy");
    if (order.type === "ask" && equal(order.to.nodeId, ctx.self.nodeId)) {
      return [{ type: "localRequest", ask, request: order.request }];
    }
    const id = ctx.random.bytes(16);
    let target: NodeId;
    let sealed: Sealed | undefined;
    let body: Uint8Array;
    if (order.type === "ask") {
      target = order.to.nodeId;
      sealed = sealRequest(ctx.core, ctx.random, order.to, order.request);
      if (!sealed) return failed("malformed");
      body = sealed.body;
    } else {
      const { key, except, filter } = order;
      target = order.target ?? (key as NodeId);
      body = ctx.core.encode("findBody", { key, except, filter });
    }
    if (body.length > PAYLOAD_MOST) return failed("too-large");
    const direct = order.type === "ask" && order.direct === true;
    const mode = sealed ? 0 : 1;
    const frame = direct ? body : ctx.core.frame(FrameType.ask, ctx.core.encode("ask", { id, mode, target, body }));
    const one: Asking = {
      order,
      id: hex(id),
      target,
      frame,
      sealed,
      tried: [],
      worked: 0,
      reason: "no-link",
      at: undefined,
      answered: false,
    };
    asking.set(ask, one);
    if (direct) {
      const keep = order.open ? KEEP_MS : 0;
      return [{ type: "routedSend", send: ask, kind: FrameType.sealed, target, exact: true, body, keep }];
    }
    byId.set(one.id, one);
    return [{ type: "count", counter: "asks" }, ...next(one, now)];
  };

  /** To the next neighbour in the order, or the end of it. */
  const next = (one: Asking, now: number): readonly Effect[] => {
    const { order } = one;
    const timer = `ask:${order.ask}`;
    if (one.tried.length < NEIGHBOURS && one.worked < WORKED) {
      const wish =
        order.type === "ask"
          ? { order: order.order, lane: order.lane, target: one.target, avoid: order.avoid ?? [], skip: 0 }
          : {
              order: order.order,
              lane: "find" as const,
              target: order.target,
              avoid: order.avoid ?? [],
              skip: order.skip,
            };
      const neighbour = carriers(ctx, secret, wish, now).find((entry) => !one.tried.includes(entry.key));
      if (neighbour) {
        one.tried.push(neighbour.key);
        one.at = neighbour.key;
        one.reason = "unanswered";
        return [
          { type: "arm", timer, at: now + SILENT_MS },
          { type: "launch", send: order.ask, frame: one.frame, hops: [neighbour.link] },
        ];
      }
    }
    if (one.at !== undefined && one.worked < WORKED) {
      // Nobody else: the last one may still answer.
      one.at = undefined;
      return [{ type: "arm", timer, at: now + SILENT_MS }];
    }
    return [...end(one), { type: "askFailed", ask: order.ask, reason: one.reason }];
  };

  /** What was given to a link that may be dead, this one's forerunner among them, or waits for nobody, goes on now. */
  const linkUp = (link: LinkHandle, now: number): readonly Effect[] => {
    const entry = ctx.links.get(link);
    if (!entry || entry.leaf || entry.trusted) return NOTHING;
    const effects: Effect[] = [];
    for (const one of [...asking.values()]) {
      if (one.answered || !byId.has(one.id)) continue;
      const before = one.at === undefined ? undefined : ctx.links.toKey(one.at);
      if (before && !before.mute && before !== entry) continue;
      const tried = one.tried.indexOf(entry.key);
      if (tried >= 0) one.tried.splice(tried, 1);
      if (one.tried.length < NEIGHBOURS) effects.push(...next(one, now));
    }
    return effects;
  };

  const onAsked = (payload: Uint8Array, now: number): readonly Effect[] => {
    const decoded = ctx.core.decode("asked", payload);
    if (!decoded.ok) return [{ type: "count", counter: "dropped.malformed" }];
    const { id, code, answer } = decoded.value;
    const one = byId.get(hex(id));
    if (!one) return [{ type: "count", counter: "dropped.askedUnknown" }];
    if (code === AskedCode.answer) return answered(one, answer, undefined, now);
    if (one.answered) return NOTHING;
    // A busy neighbour has not tried, and says nothing about the target.
    if (code !== AskedCode.busy) one.worked += 1;
    one.reason = REASONS[code] ?? "unanswered";
    return next(one, now);
  };

  const answered = (one: Asking, body: Uint8Array, from: NodeId | undefined, now: number): readonly Effect[] => {
    const { order } = one;
    if (order.type === "askFind") {
      const contacts = contactsIn(ctx, body, now);
      if (!contacts) return [{ type: "count", counter: "dropped.answerForged" }];
      return [...end(one), { type: "found", ask: order.ask, contacts, ...(from && { from }) }];
    }
    const answer = one.sealed && openAnswer(ctx.core, one.target, one.sealed, body);
    if (!answer || !equal(answer.innerId, order.request.innerId)) {
      return [{ type: "count", counter: "dropped.answerForged" }];
    }
    const effects: Effect[] = [];
    if (!order.open) effects.push(...end(one));
    else if (!one.answered) effects.push({ type: "disarm", timer: `ask:${order.ask}` });
    one.answered = true;
    effects.push({ type: "asked", ask: order.ask, answer });
    return effects;
  };

  const linkDown = (peer: NodeId, now: number): readonly Effect[] => {
    const key = hex(peer);
    const effects: Effect[] = [];
    for (const one of [...asking.values()]) {
      if (one.at !== key) continue;
      if (!one.answered) effects.push(...next(one, now));
      else effects.push(...end(one), { type: "askLost", ask: one.order.ask });
    }
    return effects;
  };

  const endAsk = (one: Asking): Effect[] =>
    byId.has(one.id) ? end(one) : [...end(one), { type: "routedEnd", send: one.order.ask }];

  return {
    name: "ask",
    hears: ["ask", "askFind", "endAsk", "frame", "linkUp", "linkDown", "launchFailed", "routedAnswer", "routedFailed"],
    step(input: Input, now: number) {
      switch (input.type) {
        case "ask":
        case "askFind":
          return begin(input, now);
        case "endAsk": {
          const one = asking.get(input.ask);
          return one ? endAsk(one) : NOTHING;
        }
        case "frame":
          return input.kind === FrameType.asked ? onAsked(input.payload, now) : NOTHING;
        case "linkUp":
          return linkUp(input.link, now);
        case "linkDown":
          return input.last ? linkDown(input.peer, now) : NOTHING;
        case "launchFailed": {
          const one = asking.get(input.send);
          return one && byId.has(one.id) ? next(one, now) : NOTHING;
        }
        case "routedAnswer": {
          const one = asking.get(input.send);
          return one ? answered(one, input.body, input.origin, now) : NOTHING;
        }
        case "routedFailed": {
          const one = asking.get(input.send);
          return one ? [...end(one), { type: "askFailed", ask: one.order.ask, reason: input.reason }] : NOTHING;
        }
        case "timer": {
          const one = asking.get(Number(input.timer.slice("ask:".length)));
          return one && !one.answered ? next(one, now) : NOTHING;
        }
        default:
          return NOTHING;
      }
    },
  };
};

const REASONS: Record<number, FaultCode> = {
  [AskedCode.busy]: "busy",
  [AskedCode.overBudget]: "limit",
  [AskedCode.noRoute]: "no-route",
  [AskedCode.unanswered]: "unanswered",
};

/** The valid records of an answer to FIND, without our own and without LEAFs. */
export const contactsIn = (ctx: Context, body: Uint8Array, now: number): Contact[] | undefined => {
  const decoded = ctx.core.decode("records", body);
  if (!decoded.ok) return undefined;
  const contacts: Contact[] = [];
  for (const bytes of decoded.value.records) {
    const contact = ctx.contacts.check(bytes, now);
    if (contact && !isLeaf(contact.record) && !equal(contact.nodeId, ctx.self.nodeId)) contacts.push(contact);
  }
  return contacts;
};
