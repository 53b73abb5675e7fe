/**
 * Joins, and keeps the edges that routing needs (protocol.md §5): 8 siblings around our id, fingers spread over the
 * buckets, no more links than wanted. Not here: dialing into the network (dial.ts), how two nodes meet (signal.ts).
 *
 * 1. Candidates come from FIND and ANCHORS; a link is the only proof that counts, a failed probe ends hearsay.
 * 2. Joined = edges to the two nearest (later: to any two siblings), or to every node known alive; until then nothing
 *    goes out in our own name.
 * 3. Siblings come before fingers, and a finger in an empty bucket before a second one elsewhere.
 * 4. At most 8 meetings are under way, at most 3 of them for fingers.
 * 5. Pruned is above linksWanted + a quarter what is older than a minute, above linksMax anything older than 10 s, but
 *    never a sibling, a trusted link, one of two anchors, or the only link into a bucket.
 * 6. After a lost neighbour or a wake new work starts after 0–30 s; with fewer than two links at once.
 */
import { hex } from "../bytes.ts";
import type { Effect, Input } from "../event.ts";
import { KnockReason, type NodeId } from "../messages.ts";
import { type Candidate, Candidates } from "./candidates.ts";
import { spread, unit } from "./chance.ts";
import { dialable } from "./dial.ts";
import { Fingers } from "./fingers.ts";
import { type Context, type Machine, NOTHING } from "./machine.ts";
import { Neighbourhood } from "./neighbourhood.ts";
import { siblingsWanted, surplus } from "./prune.ts";

const JOINED = 2;
const MEETINGS = 8;
const FINGER_MEETINGS = 3;
const SOON_MS = 20;
const IDLE_MS = 30_000;
const REFRESH_MS = 60_000;
/** A young node looks around more often, each time after twice as long: others start when it does. */
const YOUNG_REFRESH_MS = 3_000;
const REFRESH_BREADTH = 2;
/** Twice the siblings: in a network of a dozen everybody comes to know everybody. */
const YOUNG_BREADTH = 16;
const JITTER_MS = 30_000;
/** After one refusal, doubling. */
const PAUSE_MS = 100;
const PAUSE_MOST_MS = 30_000;
/** Who closed a link to us, or was silent, is not asked for another soon. */
const UNWANTED_MS = 5 * 60_000;
/** How long a node that was linked, or answered, is told of without a new proof. */
const PROVED_MS = 15 * 60_000;
const TICK = "maintain:tick";
const NO_TOKEN = new Uint8Array(32);

export const createMaintain = (ctx: Context): Machine => {
  const candidates = new Candidates(ctx.self.nodeId);
  const neighbourhood = new Neighbourhood(ctx, candidates);
  const fingers = new Fingers(ctx, candidates);
  /** Meetings under way: number → key. */
  const meetings = new Map<number, string>();
  const meeting = new Set<string>();
  /** Probes under way: number → key, and what waits for the room. */
  const probes = new Map<number, { key: string; waiting: Uint8Array | undefined }>();
  /** Nodes in the table without a link: key → when they last proved to live. */
  const proved = new Map<string, { peer: NodeId; at: number }>();
  let tickAt = Number.POSITIVE_INFINITY;
  let refreshAt = 0;
  let refreshes = 0;
  /** Refusals in a row by those who have enough links, and until when no more fingers are tried for it. */
  let refusals = 0;
  let pausedUntil = 0;

  const tick = (at: number): Effect[] => {
    if (at >= tickAt) return [];
    tickAt = at;
    return [{ type: "arm", timer: TICK, at }];
  };

  const reachable = ({ contact }: Candidate): boolean => ctx.rtc || dialable(ctx, contact.record) !== undefined;

  const meet = (candidate: Candidate, reason: number): Effect => {
    const number = ctx.serial();
    meetings.set(number, candidate.key);
    meeting.add(candidate.key);
    const { nodeId, record } = candidate.contact;
    const to = { nodeId, x25519Pk: record.x25519Pk };
    return { type: "meet", meet: number, to, record, reason, token: NO_TOKEN };
  };

  /** The nearest that live, linked or not. */
  const siblings = (now: number): Candidate[] => {
    const nearest: Candidate[] = [];
    for (const candidate of candidates.sorted()) {
      if (candidate.until > now && !ctx.links.toKey(candidate.key)) continue;
      nearest.push(candidate);
      if (nearest.length === siblingsWanted(ctx)) break;
    }
    return nearest;
  };

  const judge = (near: readonly Candidate[], now: number): Effect[] => {
    // The two nearest, not any two of the eight: what is routed to us passes through those, and without an edge to them
    // ends there. Once in, any two will do: those who come later and nearer are met without falling silent meanwhile.
    const first = ctx.self.joined ? near : near.slice(0, JOINED);
    const edges = first.filter(({ key }) => ctx.links.toKey(key)).length;
    const all = neighbourhood.done && candidates.sorted().every((one) => one.until > now || ctx.links.toKey(one.key));
    const passive = !ctx.rtc && neighbourhood.done;
    const joined = !ctx.self.leaf && ctx.links.count > 0 && (edges >= JOINED || all || passive);
    if (joined === ctx.self.joined) return [];
    ctx.self.joined = joined;
    return [
      { type: "count", counter: joined ? "joined" : "unjoined" },
      { type: "log", event: joined ? "joined" : "unjoined" },
    ];
  };

  const evaluate = (now: number): readonly Effect[] => {
    tickAt = Number.POSITIVE_INFINITY;
    const effects: Effect[] = [];
    if (ctx.links.count === 0 || ctx.self.leaf) {
      effects.push(...judge([], now));
      return effects;
    }
    if (now >= refreshAt && !neighbourhood.busy) {
      const young = YOUNG_REFRESH_MS * 2 ** Math.min(refreshes, 10);
      refreshes += 1;
      refreshAt = now + spread(ctx.random, Math.min(REFRESH_MS, young));
      neighbourhood.start(neighbourhood.done && young > REFRESH_MS ? REFRESH_BREADTH : YOUNG_BREADTH);
      fingers.refresh();
    }
    effects.push(...neighbourhood.go(now));
    const near = siblings(now);
    effects.push(...judge(near, now));
    for (const candidate of near) {
      if (meetings.size >= MEETINGS) break;
      if (ctx.links.toKey(candidate.key) || meeting.has(candidate.key) || !reachable(candidate)) continue;
      effects.push(meet(candidate, KnockReason.join));
    }
    if (ctx.self.joined && neighbourhood.done) effects.push(...extend(near, now));
    for (const link of surplus(ctx, now)) {
      effects.push({ type: "count", counter: "links.pruned" }, { type: "shut", link, code: "limit" });
    }
    expire(now);
    // While a round is under way it is what its answers do that comes next.
    effects.push(
      ...tick(neighbourhood.busy ? now + IDLE_MS : Math.max(now + SOON_MS, Math.min(refreshAt, now + IDLE_MS))),
    );
    return effects;
  };

  /** What we know without a link to it is hearsay again after a while. */
  const expire = (now: number): void => {
    for (const [key, { peer, at }] of proved) {
      if (ctx.links.toKey(key)) proved.delete(key);
      else if (now - at > PROVED_MS) {
        proved.delete(key);
        ctx.table.forget(peer);
      }
    }
  };

  /** Fingers while links are fewer than wanted; beyond that for empty buckets alone: a frame for one would end here. */
  const extend = (near: readonly Candidate[], now: number): Effect[] => {
    const effects: Effect[] = [];
    const depth = near.at(-1)?.bucket ?? 0;
    if (now < pausedUntil) return tick(pausedUntil);
    let open = meetings.size;
    while (open < FINGER_MEETINGS && ctx.links.count + open < ctx.limits.linksMax) {
      const enough = ctx.links.count + open >= ctx.limits.linksWanted;
      const choice = fingers.choose(depth, enough, meeting, reachable, now);
      if (!choice) break;
      if ("ask" in choice) {
        effects.push(choice.ask);
        break;
      }
      effects.push(meet(choice.candidate, choice.first ? KnockReason.join : KnockReason.table));
      open += 1;
    }
    return effects;
  };

  const met = (input: Extract<Input, { type: "met" }>, now: number): readonly Effect[] => {
    const key = meetings.get(input.meet);
    if (key === undefined) return NOTHING;
    meetings.delete(input.meet);
    meeting.delete(key);
    if (input.result === "linked") {
      candidates.worked(key);
      refusals = 0;
    } else {
      candidates.failed(key, now, input.retryAfter * 1_000);
      if (input.result === "unreachable" && input.retryAfter === 0) ctx.table.forget(input.peer);
      if (input.result === "refused") {
        pausedUntil = now + Math.min(PAUSE_MOST_MS, PAUSE_MS * 2 ** refusals);
        refusals += 1;
      }
    }
    return tick(now + SOON_MS);
  };

  const found = (input: Extract<Input, { type: "found" }>, now: number): readonly Effect[] => {
    const probe = probes.get(input.ask);
    if (probe) {
      probes.delete(input.ask);
      if (input.from) proved.set(probe.key, { peer: input.from, at: now });
      return NOTHING;
    }
    const asked = neighbourhood.ended(input.ask);
    if (asked === undefined && !fingers.ended(input.ask)) return NOTHING;
    const effects: Effect[] = [];
    for (const contact of input.contacts) candidates.add(contact);
    const answerer = asked === undefined ? undefined : candidates.get(asked);
    // It answered us itself, verified: now it may be known.
    if (answerer && input.from) {
      proved.set(answerer.key, { peer: input.from, at: now });
      effects.push(...learn(answerer.contact.bytes, now));
    }
    return [...effects, ...tick(now + SOON_MS)];
  };

  const learn = (record: Uint8Array, now: number): Effect[] => {
    const { probe } = ctx.table.learn(record, now);
    return probe ? [{ type: "probe", peer: probe, waiting: record }] : [];
  };

  const askFailed = (ask: number, now: number): readonly Effect[] => {
    const probe = probes.get(ask);
    if (probe) {
      probes.delete(ask);
      return silent(probe.key, probe.waiting, now);
    }
    const key = neighbourhood.ended(ask);
    if (key === undefined) return fingers.ended(ask) ? tick(now + SOON_MS) : NOTHING;
    if (!ctx.links.toKey(key)) {
      candidates.failed(key, now);
      const contact = candidates.get(key)?.contact;
      if (contact) ctx.table.forget(contact.nodeId);
    }
    return tick(now + SOON_MS);
  };

  const probe = (input: Extract<Input, { type: "probe" }>): readonly Effect[] => {
    const key = hex(input.peer);
    if (ctx.links.toKey(key) || !ctx.self.joined) return NOTHING;
    const ask = ctx.serial();
    probes.set(ask, { key, waiting: input.waiting.length > 0 ? input.waiting : undefined });
    return [{ type: "findAt", ask, target: input.peer, key: input.peer, except: ctx.self.nodeId, filter: 0 }];
  };

  /** A probe came to nothing. */
  const silent = (key: string, waiting: Uint8Array | undefined, now: number): readonly Effect[] => {
    const contact = candidates.get(key)?.contact;
    if (contact && !ctx.links.toKey(key)) {
      ctx.table.forget(contact.nodeId);
      candidates.failed(key, now, UNWANTED_MS);
    }
    if (waiting) ctx.table.learn(waiting, now);
    return NOTHING;
  };

  const linkUp = (input: Extract<Input, { type: "linkUp" }>, now: number): readonly Effect[] => {
    if (ctx.links.get(input.link)?.leaf) return NOTHING;
    candidates.add(input.contact);
    candidates.worked(hex(input.contact.nodeId));
    if (!neighbourhood.done && !neighbourhood.busy) refreshAt = now;
    return tick(now + SOON_MS);
  };

  const linkDown = (input: Extract<Input, { type: "linkDown" }>, now: number): readonly Effect[] => {
    if (!input.last) return NOTHING;
    const key = hex(input.peer);
    if (ctx.links.count === 0) neighbourhood.reset();
    proved.set(key, { peer: input.peer, at: now });
    const wait = ctx.links.count < 2 ? 0 : unit(ctx.random) * JITTER_MS;
    const candidate = candidates.get(key);
    if (!candidate) return tick(now + SOON_MS);
    // Its probe tells whether it lives; until then it is nobody's sibling.
    candidates.failed(key, now, wait + UNWANTED_MS / 10);
    refreshAt = Math.min(refreshAt, now + wait);
    return [{ type: "arm", timer: `maintain:probe:${key}`, at: now + wait }, ...tick(now + Math.max(wait, SOON_MS))];
  };

  const probeLater = (key: string): readonly Effect[] => {
    const contact = candidates.get(key)?.contact;
    return contact ? [{ type: "probe", peer: contact.nodeId, waiting: new Uint8Array() }] : NOTHING;
  };

  return {
    name: "maintain",
    hears: [
      "linkUp",
      "linkDown",
      "met",
      "found",
      "askFailed",
      "probe",
      "left",
      "wake",
      "limitsChanged",
      "anchorsHeard",
      "neighboursHeard",
    ],
    step(input, now) {
      switch (input.type) {
        case "linkUp":
          return linkUp(input, now);
        case "linkDown":
          return linkDown(input, now);
        case "met":
          return met(input, now);
        case "found":
          return found(input, now);
        case "askFailed":
          return askFailed(input.ask, now);
        case "probe":
          return probe(input);
        case "left":
          candidates.delete(hex(input.peer));
          return NOTHING;
        case "anchorsHeard":
        case "neighboursHeard":
          for (const contact of input.contacts) {
            if (!ctx.contacts.check(contact.bytes, now)) continue;
            const { key } = candidates.add(contact);
            // Silent to us, yet alive for an anchor elsewhere: a cut may have lain between.
            if (input.type === "neighboursHeard") candidates.revive(key);
          }
          return tick(now + SOON_MS);
        case "wake":
          candidates.rouse();
          refreshAt = now + (ctx.links.count < 2 ? 0 : unit(ctx.random) * JITTER_MS);
          return tick(Math.max(refreshAt, now + SOON_MS));
        case "limitsChanged":
          // Who was let go, or refused us, may be wanted again.
          candidates.rouse();
          refreshAt = now;
          return tick(now + SOON_MS);
        case "timer":
          if (input.timer === TICK) return evaluate(now);
          return probeLater(input.timer.slice("maintain:probe:".length));
        default:
          return NOTHING;
      }
    },
  };
};
