/**
 * Dialing addresses: the way in, and ≥ 2 anchors while any is reachable (protocol.md §3 Budgets and Health, §5).
 *
 * 1. One dial a host at a time, at most eight in all for the way in.
 * 2. A host that failed, or whose link did not last 10 min (a full anchor makes room for newcomers), rests 2 s, doubling
 *    to 5 min (30 s while there is no link at all), ± 25 %; a wake ends all rests.
 * 3. With no link left, or none that answered within 1 s of a wake, dialing starts within 1 s; for a lost anchor after
 *    0–30 s.
 * 4. It never ends: while fewer than two anchors are linked a timer is armed.
 * 5. Plain ws: only to loopback, except on networks that exempt it (tests and local).
 */
import { hex, nearer } from "../bytes.ts";
import type { Effect, Input } from "../event.ts";
import { scopeOf } from "../host.ts";
import { AddressKind, type ContactRecord, KnockReason, type NodeId } from "../messages.ts";
import type { LinkHandle } from "../ports.ts";
import { canonical, endpoint, isLoopback } from "../url.ts";
import type { AnchorBook } from "./anchors.ts";
import { spread, unit } from "./chance.ts";
import { webSockets } from "./contacts.ts";
import { type Context, type Machine, NOTHING } from "./machine.ts";
import { anchorsWanted } from "./prune.ts";

const AT_ONCE = 8;
const REST_MS = 2_000;
const REST_MOST_MS = 5 * 60_000;
/** With no link at all nobody rests longer. */
const REST_ALONE_MS = 30_000;
/** A link that held so long clears its host of all failures. */
const LASTED_MS = 10 * 60_000;
const HOSTS = 1_024;
const JITTER_MS = 30_000;
const ALONE_MS = 1_000;
const PATIENCE_MS = 8_000;
const TICK = "dial:tick";

interface Host {
  readonly url: string;
  failures: number;
  until: number;
  attempt: number | undefined;
  /** It is ourselves. */
  own: boolean;
}
interface Dial {
  readonly host: Host;
  readonly meet: { meet: number; peer: NodeId } | undefined;
}

/** The first of its WebSocket addresses that we may dial, canonical. A record is a stranger's word: on a public network
 * it sends nobody to hosts near them, unless they began near themselves. */
export const dialable = (ctx: Context, record: ContactRecord | undefined): string | undefined => {
  if (!record || !ctx.dials.has(AddressKind.websocket)) return undefined;
  for (const bytes of webSockets(record)) {
    const url = allowed(ctx, ctx.core.text(bytes) ?? "");
    if (url && (ctx.near || isPublic(url))) return url;
  }
  return undefined;
};

/** Is this the URL of a host that everybody reaches? */
export const isPublic = (url: string): boolean => scopeOf(endpoint(url)?.host ?? "") === "public";

const allowed = (ctx: Context, text: string): string | undefined => {
  const parts = endpoint(text);
  if (!parts) return undefined;
  const safe = parts.scheme === "wss" || isLoopback(parts.host) || ctx.rules.loopbackExempt;
  return safe ? canonical(text) : undefined;
};

export const createDial = (ctx: Context, book: AnchorBook, bootstrap: readonly string[]): Machine => {
  const hosts = new Map<string, Host>();
  const dials = new Map<number, Dial>();
  /** Links that we dialed. */
  const dialed = new Map<LinkHandle, { host: Host; since: number }>();
  const firstUrls = bootstrap.map((text) => allowed(ctx, text)).filter((url) => url !== undefined);

  const hostOf = (url: string): Host => {
    const known = hosts.get(url);
    if (known) return known;
    const own = ctx.self.addresses.some(({ text }) => canonical(text) === url);
    const host: Host = { url, failures: 0, until: 0, attempt: undefined, own };
    hosts.set(url, host);
    if (hosts.size > HOSTS) {
      for (const [oldest, { attempt }] of hosts) {
        if (attempt === undefined && oldest !== url) {
          hosts.delete(oldest);
          break;
        }
      }
    }
    return host;
  };

  const start = (host: Host, expect: NodeId | undefined, meet: Dial["meet"], now: number): Effect[] => {
    const attempt = ctx.serial();
    host.attempt = attempt;
    dials.set(attempt, { host, meet });
    const address = ctx.core.utf8(host.url);
    return [
      { type: "count", counter: "dials" },
      { type: "dial", attempt, kind: AddressKind.websocket, address, expect },
      { type: "arm", timer: `dial:${attempt}`, at: now + PATIENCE_MS },
    ];
  };

  /** Hosts of the way in that are neither linked nor being dialed, best first. */
  const ways = (): Host[] => {
    const linked = new Set<string>();
    for (const { contact, mute } of ctx.links.up()) {
      if (mute) continue;
      for (const bytes of webSockets(contact.record)) linked.add(canonical(ctx.core.text(bytes) ?? "") ?? "");
    }
    const urls = new Set(firstUrls);
    const known = [...book.values()].map(({ contact }) => contact);
    known.sort((a, b) => nearer(ctx.self.nodeId, a.nodeId, b.nodeId));
    for (const { record } of known) {
      const url = dialable(ctx, record);
      if (url) urls.add(url);
    }
    return [...urls]
      .filter((url) => !linked.has(url))
      .map(hostOf)
      .filter((host) => !host.own && host.attempt === undefined);
  };

  const evaluate = (now: number): readonly Effect[] => {
    const living = [...ctx.links.up()].filter(({ mute }) => !mute);
    const anchors = living.filter(({ anchor }) => anchor).length;
    const wanted = anchorsWanted(ctx);
    if (anchors >= wanted) return NOTHING;
    let open = 0;
    for (const { meet } of dials.values()) if (!meet) open += 1;
    const alone = living.length === 0;
    const all = ways();
    const most = alone ? AT_ONCE : Math.min(AT_ONCE, wanted - anchors);
    const effects: Effect[] = [];
    for (const host of all) {
      if (open >= most) break;
      if (host.until > now) continue;
      effects.push(...start(host, undefined, undefined, now));
      open += 1;
    }
    const next = all.reduce(
      (least, host) => (host.until > now ? Math.min(least, host.until) : least),
      now + REST_MOST_MS,
    );
    effects.push({ type: "arm", timer: TICK, at: next });
    return effects;
  };

  const rest = (host: Host, now: number): void => {
    const most = ctx.links.count === 0 ? REST_ALONE_MS : REST_MOST_MS;
    host.until = now + spread(ctx.random, Math.min(most, REST_MS * 2 ** host.failures));
    host.failures += 1;
  };

  const linkUp = (link: LinkHandle, now: number): readonly Effect[] => {
    const attempt = ctx.links.get(link)?.attempt ?? 0;
    const host = dials.get(attempt)?.host;
    if (host) dialed.set(link, { host, since: now });
    return ended(attempt, true, now);
  };

  const linkDown = (link: LinkHandle, now: number): readonly Effect[] => {
    const one = dialed.get(link);
    dialed.delete(link);
    if (one && now - one.since >= LASTED_MS) one.host.failures = 0;
    // The last link is gone for the first time: its host is dialed within 1 s; if it drops us again it rests.
    else if (one && ctx.links.count === 0 && one.host.failures === 0) one.host.failures = 1;
    else if (one) rest(one.host, now);
    return [soon(now)];
  };

  const ended = (attempt: number, worked: boolean, now: number): Effect[] => {
    const dial = dials.get(attempt);
    if (!dial) return [];
    dials.delete(attempt);
    const { host, meet } = dial;
    host.attempt = undefined;
    const effects: Effect[] = [{ type: "disarm", timer: `dial:${attempt}` }];
    if (worked) host.until = 0;
    else {
      rest(host, now);
      effects.push({ type: "count", counter: "dials.failed" });
    }
    if (meet) {
      const { meet: number, peer } = meet;
      const linked = ctx.links.to(peer) !== undefined;
      effects.push({ type: "met", meet: number, peer, result: linked ? "linked" : "unreachable", retryAfter: 0 });
    }
    effects.push({ type: "arm", timer: TICK, at: now + 1 });
    return effects;
  };

  const onMeet = (input: Extract<Input, { type: "meet" }>, now: number): readonly Effect[] => {
    const url = dialable(ctx, input.record);
    if (!url || input.reason === KnockReason.contact) return NOTHING;
    const { meet, to } = input;
    const host = hostOf(url);
    if (host.own || host.attempt !== undefined || host.until > now || ctx.refusePeers.has(hex(to.nodeId))) {
      const retryAfter = Math.max(1, Math.ceil((host.until - now) / 1_000));
      return [{ type: "met", meet, peer: to.nodeId, result: "unreachable", retryAfter }];
    }
    return start(host, to.nodeId, { meet, peer: to.nodeId }, now);
  };

  const handshakeFailed = (input: Extract<Input, { type: "handshakeFailed" }>, now: number): readonly Effect[] => {
    const dial = dials.get(input.attempt);
    if (!dial) return NOTHING;
    if (input.reason === "self") dial.host.own = true;
    // Beaten by the link that there is already: the host is well.
    const beaten = input.reason === "crossed" || input.reason === "incarnation";
    return ended(input.attempt, beaten, now);
  };

  const soon = (now: number): Effect => {
    const wait = ctx.links.count === 0 ? unit(ctx.random) * ALONE_MS : unit(ctx.random) * JITTER_MS;
    return { type: "arm", timer: TICK, at: now + wait };
  };

  const rouse = (): void => {
    for (const host of hosts.values()) {
      host.failures = 0;
      host.until = 0;
    }
  };

  return {
    name: "dial",
    hears: [
      "start",
      "anchorsHeard",
      "linkUp",
      "linkDown",
      "dialFailed",
      "handshakeFailed",
      "meet",
      "wake",
      "limitsChanged",
      "doubted",
    ],
    step(input, now) {
      switch (input.type) {
        case "start":
          return evaluate(now);
        case "anchorsHeard":
          return [{ type: "arm", timer: TICK, at: now + 1 }];
        case "linkUp":
          return linkUp(input.link, now);
        case "linkDown":
          return linkDown(input.link, now);
        case "dialFailed":
          return ended(input.attempt, false, now);
        case "handshakeFailed":
          return handshakeFailed(input, now);
        case "meet":
          return onMeet(input, now);
        case "limitsChanged":
          return [{ type: "arm", timer: TICK, at: now + 1 }];
        case "doubted":
          return [{ type: "arm", timer: TICK, at: now + unit(ctx.random) * ALONE_MS }];
        case "wake":
          rouse();
          return [soon(now)];
        case "timer": {
          if (input.timer === TICK) return evaluate(now);
          const attempt = Number(input.timer.slice("dial:".length));
          return dials.has(attempt) ? [{ type: "cancelAttempt", attempt }, ...ended(attempt, false, now)] : NOTHING;
        }
        default:
          return NOTHING;
      }
    },
  };
};
