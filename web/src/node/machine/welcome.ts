/**
 * Meeting without a server, the half of the one who is knocked at (protocol.md §6).
 *
 * 1. A WELCOME is valid for 30 s and one offer. 2. A peer connection is made only for an offer under a WELCOME.
 * 3. A token opens the link of that NodeID to cells, nothing else; a wrong one is `unknown` to a knocking contact.
 * 4. At the limit only contacts are let in and who joins, lacks us as a sibling or has no other link into our part of
 *    the keyspace (reason join), within a reserve; maintain then prunes. One more finger of theirs: only below what is
 *    comfortable.
 */
import { hex, nearer } from "../bytes.ts";
import type { Contact, Effect, Input } from "../event.ts";
import { type AnswerBody, KnockReason, type NodeId, RefuseCode, type Request } from "../messages.ts";
import { below } from "./chance.ts";
import { isLeaf } from "./contacts.ts";
import { type Exchanges, type Incoming, stunOf } from "./exchanges.ts";
import { type Context, type Machine, NOTHING } from "./machine.ts";
import { comfortable } from "./prune.ts";

const VALID_MS = 30_000;
const WELCOMES = 256;
/** Links above the limit for those who join and for contacts; maintain prunes afterwards. */
const RESERVE = 16;
const RETRY_S = 60;
const OK = 0;
const MALFORMED = 10;

type Served = Extract<Input, { type: "request" }>;
type Knock = Extract<Request, { op: "knock" }>;

export const createWelcome = (ctx: Context, exchanges: Exchanges): Machine => {
  const { incoming, outgoing } = exchanges;

  const reply = ({ reply: to }: Pick<Served, "reply">, body: AnswerBody, code = OK): Effect => ({
    type: "reply",
    to,
    answer: { innerId: to.innerId, code, body },
  });

  const refuse = (input: Served, code: number, retryAfter = 0): readonly Effect[] => [
    { type: "count", counter: "knocks.refused" },
    reply(input, { kind: "refuse", code, retryAfter }),
  ];

  const onKnock = (input: Served, knock: Knock, now: number): readonly Effect[] => {
    const contact = ctx.contacts.check(knock.record, now);
    if (!contact || nearer(contact.nodeId, contact.nodeId, ctx.self.nodeId) === 0) {
      return [{ type: "count", counter: "refused.record" }, reply(input, { kind: "none" }, MALFORMED)];
    }
    const key = hex(contact.nodeId);
    const session = hex(knock.session);
    if (incoming.get(session)?.key === key) return [reply(input, { kind: "welcome" })];
    if (ctx.refusePeers.has(key) || isLeaf(contact.record)) return refuse(input, RefuseCode.policy);
    const shown = knock.token.some((byte) => byte !== 0);
    const trusted = shown && ctx.onToken(contact.nodeId, knock.token);
    const isContact = knock.reason === KnockReason.contact;
    if (isContact && !trusted) return refuse(input, RefuseCode.unknown);
    const effects: Effect[] = trusted ? [{ type: "emit", event: "contact", detail: { peer: contact.nodeId } }] : [];
    const entry = ctx.links.toKey(key);
    if (entry && trusted) entry.trusted = true;
    // Who knocks for the table has no link, whatever we believe: a new one will replace ours.
    if (entry && isContact) return [...effects, reply(input, { kind: "linked" })];
    if (!ctx.rtc || ctx.self.leaf) return [...effects, ...refuse(input, RefuseCode.policy)];
    const refused = crossing(contact.nodeId, key, now);
    if (refused === undefined) return [...effects, ...refuse(input, RefuseCode.crossing)];
    if (!room(knock.reason)) {
      return [...effects, ...refuse(input, RefuseCode.full, RETRY_S + below(ctx.random, RETRY_S))];
    }
    effects.push(...refused, ...admit(contact, key, session, trusted, knock.reason, now));
    effects.push(reply(input, { kind: "welcome" }));
    return effects;
  };

  /** What makes way for this knock; undefined where our own counts. */
  const crossing = (peer: NodeId, key: string, now: number): Effect[] | undefined => {
    const own = outgoing.get(key);
    if (!own || own.phase === "theirs" || own.phase === "pause") return [];
    if (nearer(new Uint8Array(32), ctx.self.nodeId, peer) < 0) return undefined;
    const effects: Effect[] = [{ type: "arm", timer: `signal:${key}`, at: now + VALID_MS }];
    if (own.ask !== 0) effects.push({ type: "endAsk", ask: own.ask });
    if (own.attempt !== 0) effects.push({ type: "cancelAttempt", attempt: own.attempt });
    own.phase = "theirs";
    own.ask = 0;
    own.attempt = 0;
    return effects;
  };

  const room = (reason: number): boolean => {
    const links = ctx.links.count + incoming.size;
    if (ctx.self.paused && reason !== KnockReason.contact) return links < ctx.limits.linksMax;
    // One more finger of theirs would only be pruned again.
    if (reason === KnockReason.table) return links < comfortable(ctx);
    return links < ctx.limits.linksMax + RESERVE;
  };

  const admit = (
    contact: Contact,
    key: string,
    session: string,
    trusted: boolean,
    reason: number,
    now: number,
  ): Effect[] => {
    const effects: Effect[] = [];
    const before = exchanges.incomingFrom(key);
    if (before) effects.push(...drop(before));
    if (incoming.size >= WELCOMES) {
      for (const oldest of incoming.values()) {
        effects.push(...drop(oldest));
        break;
      }
    }
    const until = now + VALID_MS;
    const needed = reason === KnockReason.join;
    incoming.set(session, { contact, key, session, trusted, needed, until, attempt: 0, sdp: undefined, replies: [] });
    effects.push({ type: "arm", timer: `welcome:${session}`, at: until });
    return effects;
  };

  const drop = (one: Incoming): Effect[] => {
    incoming.delete(one.session);
    const effects: Effect[] = [{ type: "disarm", timer: `welcome:${one.session}` }];
    if (one.attempt !== 0) effects.push({ type: "cancelAttempt", attempt: one.attempt });
    return effects;
  };

  const onOffer = (input: Served, session: string, sdp: string, now: number): readonly Effect[] => {
    const one = incoming.get(session);
    if (!one || one.until < now) {
      return [{ type: "count", counter: "refused.offer" }, reply(input, { kind: "none" }, MALFORMED)];
    }
    if (one.sdp !== undefined) return [reply(input, { kind: "answer", sdp: one.sdp })];
    one.replies.push(input.reply);
    if (one.attempt !== 0) return NOTHING;
    if (!exchanges.connections.take(now)) {
      return [
        { type: "count", counter: "refused.connections" },
        ...drop(one),
        ...refuse(input, RefuseCode.full, RETRY_S),
      ];
    }
    one.attempt = ctx.serial();
    return [{ type: "rtcAnswer", attempt: one.attempt, sdp, stun: stunOf(ctx), expect: one.contact.nodeId }];
  };

  const byAttempt = (attempt: number): Incoming | undefined => {
    if (attempt === 0) return undefined;
    for (const one of incoming.values()) if (one.attempt === attempt) return one;
    return undefined;
  };

  const rtcFailed = (attempt: number): readonly Effect[] => {
    const one = byAttempt(attempt);
    if (!one) return NOTHING;
    one.attempt = 0;
    const body = { kind: "refuse", code: RefuseCode.policy, retryAfter: RETRY_S } as const;
    const told = one.sdp === undefined ? one.replies.map((to) => reply({ reply: to }, body)) : [];
    return [...drop(one), { type: "count", counter: "rtc.failed" }, ...told];
  };

  return {
    name: "welcome",
    hears: ["request", "drop", "rtcAnswered", "rtcFailed", "handshakeFailed", "linkUp"],
    step(input, now) {
      switch (input.type) {
        case "request": {
          const { request } = input;
          if (request.op === "knock") return onKnock(input, request, now);
          if (request.op === "offer") return onOffer(input, hex(request.session), request.sdp, now);
          return NOTHING;
        }
        case "drop": {
          const one = exchanges.incomingFrom(hex(input.peer));
          return one?.trusted ? drop(one) : NOTHING;
        }
        case "rtcAnswered": {
          const one = byAttempt(input.attempt);
          if (!one) return NOTHING;
          one.sdp = input.sdp;
          return one.replies.map((to) => reply({ reply: to }, { kind: "answer", sdp: input.sdp }));
        }
        case "rtcFailed":
        case "handshakeFailed":
          return rtcFailed(input.attempt);
        case "linkUp": {
          const one = exchanges.incomingFrom(hex(input.contact.nodeId));
          if (!one) return NOTHING;
          const entry = ctx.links.get(input.link);
          if (entry && one.trusted) entry.trusted = true;
          if (entry && one.needed) entry.needed = true;
          // Only the exchange's own link ends it: another may have come by a dial meanwhile.
          return entry?.attempt === one.attempt ? drop(one) : NOTHING;
        }
        case "timer": {
          const one = incoming.get(input.timer.slice("welcome:".length));
          return one ? drop(one) : NOTHING;
        }
        default:
          return NOTHING;
      }
    },
  };
};
