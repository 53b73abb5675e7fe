/** What both halves of signalling share: exchanges under way, and how many peer connections were made lately. */
import type { Peer } from "../api.ts";
import type { Contact, ReplyTo } from "../event.ts";
import { scopeOf, stunServer } from "../host.ts";
import { AddressKind } from "../messages.ts";
import { endpoint } from "../url.ts";
import type { Context } from "./machine.ts";

/** Chrome has 500 in a renderer, and closed ones count until they are collected. */
const CONNECTIONS = 100;
const CONNECTIONS_MS = 10 * 60_000;
const STUN_SERVERS = 2;

export interface Incoming {
  readonly contact: Contact;
  readonly key: string;
  readonly session: string;
  /** The token it showed was accepted. */
  readonly trusted: boolean;
  /** It knocked to join: as a sibling, or for its first link into a bucket. */
  readonly needed: boolean;
  readonly until: number;
  attempt: number;
  sdp: string | undefined;
  /** Where the answer goes: copies of the offer may come through several neighbours. */
  readonly replies: ReplyTo[];
}

export interface Outgoing {
  readonly to: Peer;
  readonly key: string;
  readonly reason: number;
  readonly token: Uint8Array;
  readonly session: Uint8Array;
  /** Who waits: numbers of `meet`, and of `connect` calls. */
  readonly meets: number[];
  readonly calls: number[];
  phase: "knock" | "offer" | "answer" | "channel" | "theirs" | "pause";
  ask: number;
  attempt: number;
  tries: number;
  /** In our own name; after that came to nothing, through a neighbour. */
  direct: boolean;
}

export class Exchanges {
  /** By NodeID in hex. */
  readonly outgoing = new Map<string, Outgoing>();
  /** By session in hex. */
  readonly incoming = new Map<string, Incoming>();
  readonly connections = new Recent(CONNECTIONS, CONNECTIONS_MS);

  incomingFrom(key: string): Incoming | undefined {
    for (const one of this.incoming.values()) if (one.key === key) return one;
    return undefined;
  }
}

/** At most so many in so long. */
class Recent {
  readonly #most: number;
  readonly #span: number;
  readonly #times: number[] = [];

  constructor(most: number, span: number) {
    this.#most = most;
    this.#span = span;
  }

  take(now: number): boolean {
    while ((this.#times[0] ?? now) <= now - this.#span) this.#times.shift();
    if (this.#times.length >= this.#most) return false;
    this.#times.push(now);
    return true;
  }
}

/** STUN servers of anchors that we dialed, at the very host that answered there: a record cannot point us elsewhere, nor
 * on a public network at what is near us. */
export const stunOf = (ctx: Context): string[] => {
  const servers = new Set<string>();
  for (const { contact, dialed, host } of ctx.links.up()) {
    const reached = dialed ? endpoint(host)?.host : undefined;
    if (reached === undefined) continue;
    for (const { kind, bytes } of contact.record.addresses) {
      const server = kind === AddressKind.stun ? stunServer(ctx.core.text(bytes) ?? "") : undefined;
      if (server === undefined || !isSameHost(server.host, reached)) continue;
      if (scopeOf(server.host) !== "public" && !ctx.rules.loopbackExempt) continue;
      servers.add(`stun:${server.host}:${server.port}`);
      if (servers.size >= STUN_SERVERS) return [...servers];
    }
  }
  return [...servers];
};
/** All names of this machine are one. */
const isSameHost = (one: string, other: string): boolean =>
  one === other || (scopeOf(one) === "loopback" && scopeOf(other) === "loopback");
