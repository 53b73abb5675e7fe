/**
 * The connections that others opened, from the first byte to the last: whom each counts for, who gives one up when there
 * is no room, and the deadline of those that take nothing. Layer: relay.
 *
 * 1. A connection is in the table from the moment it is taken until its descriptor is free.
 * 2. A link or an answer under way is given up only for a host that holds fewer even with the new one; a connection that
 *    carries neither for anybody, the one that waits longest first: an honest one asks at once. Where every host holds a
 *    single one that is at work, those of one neighbourhood count together: one party may have a great many addresses.
 * 3. What waits to be written moves, or the connection ends; so does one on which nothing moves at all, and one without a
 *    link that asks nothing, whatever else it says: an HTTP parser takes empty lines between requests for ever.
 */
import type { Socket } from "node:net";
import { neighbourhoodOf } from "./address.ts";
import type { Counters } from "./counters.ts";
import type { ListenLimits } from "./limits.ts";

export interface Held {
  readonly socket: Socket;
  /** Whom it counts for; undefined for one of a trusted proxy that carries nothing. */
  host: string | undefined;
  /** It became a WebSocket. */
  link: boolean;
  /** Its requests that are not answered. */
  asked: number;
  /** Called instead of destroying it when it takes nothing for too long. */
  stuck: (() => void) | undefined;
  written: number;
  heard: number;
  /** When it last took something, or had nothing to take. */
  tookAt: number;
  /** When it last took or said something. */
  movedAt: number;
  /** Since when it has no request under way. */
  idleSince: number;
}
/** What one host holds, or one neighbourhood. */
interface Share {
  readonly all: Set<Held>;
  links: number;
}
type Shares = Map<string, Share>;
const NONE: Share = { all: new Set(), links: 0 };

export class Sockets {
  readonly #limits: ListenLimits;
  readonly #counters: Counters;
  readonly #all = new Map<Socket, Held>();
  readonly #hosts: Shares = new Map();
  readonly #neighbourhoods: Shares = new Map();
  /** Those that carry neither link nor answer, the longest first. */
  readonly #idle = new Set<Held>();
  #links = 0;

  constructor(limits: ListenLimits, counters: Counters) {
    this.#limits = limits;
    this.#counters = counters;
  }

  get open(): number {
    return this.#all.size;
  }
  get links(): number {
    return this.#links;
  }
  openOf(host: string): number {
    return this.#of(host).all.size;
  }
  linksOf(host: string): number {
    return this.#of(host).links;
  }
  held(socket: Socket): Held | undefined {
    return this.#all.get(socket);
  }

  add(socket: Socket, host: string | undefined, now: number): Held {
    const fresh = { link: false, asked: 0, stuck: undefined, written: 0, heard: 0 };
    const held: Held = { socket, host: undefined, ...fresh, tookAt: now, movedAt: now, idleSince: now };
    this.#all.set(socket, held);
    this.#idle.add(held);
    this.own(held, host);
    socket.once("close", () => this.#forget(held));
    return held;
  }

  /** From now on it counts for this host. */
  own(held: Held, host: string | undefined): void {
    if (!this.#all.has(held.socket) || held.host === host) return;
    this.#disown(held);
    held.host = host;
    if (host === undefined) return;
    for (const [shares, name] of this.#sharesOf(host)) {
      const share = shares.get(name) ?? { all: new Set(), links: 0 };
      shares.set(name, share);
      share.all.add(held);
      if (held.link) share.links++;
    }
  }

  /** One more request of it is to be answered. */
  asks(held: Held): void {
    held.asked++;
    this.#idle.delete(held);
  }

  /** One of its requests is. */
  answered(held: Held, now: number): void {
    held.asked--;
    if (held.asked > 0) return;
    held.idleSince = now;
    if (!held.link && this.#all.has(held.socket)) this.#idle.add(held);
  }

  becomesLink(held: Held, stuck: () => void): void {
    if (held.link || held.host === undefined || !this.#all.has(held.socket)) return;
    const given = this.#links < this.#limits.connections ? undefined : this.#linkToGiveUp(held.host);
    if (given) this.#giveUp(given);
    held.link = true;
    held.stuck = stuck;
    this.#idle.delete(held);
    this.#links++;
    for (const [shares, name] of this.#sharesOf(held.host)) {
      const share = shares.get(name);
      if (share) share.links++;
    }
  }

  /** Room for one more connection of this host; where all places are taken, by one of the host with the most. */
  makeRoom(host: string | undefined): boolean {
    if (this.open < this.#limits.sockets) return true;
    const size = ({ all }: Share): number => all.size;
    // A page or somebody who says nothing before a link, and of links the one that was there the shortest time.
    const oneOf = (share: Share | undefined): Held | undefined =>
      share && ([...share.all].find(({ link }) => !link) ?? [...share.all].at(-1));
    const [idle] = this.#idle;
    const given =
      oneOf(heaviest(this.#hosts, host, size)) ?? idle ?? oneOf(heaviest(this.#neighbourhoods, near(host), size));
    if (!given) return false;
    this.#giveUp(given);
    return true;
  }

  /** Whether there is, or could be made, room for one more link of this host. Nobody gives one up for a mere question. */
  hasRoomForLink(host: string): boolean {
    return this.#links < this.#limits.connections || this.#linkToGiveUp(host) !== undefined;
  }

  /** Ends whoever is late; to be called every second or so. */
  sweep(now: number): void {
    const { answerMs, stuckAfter, quietMs, idleMs, requestMs } = this.#limits;
    const isQuiet = ({ asked, movedAt, idleSince }: Held): boolean =>
      now - movedAt >= quietMs || (asked === 0 && now - idleSince >= idleMs + requestMs);
    for (const held of this.#all.values()) {
      this.#look(held, now);
      if (now - held.tookAt >= (held.link ? stuckAfter : answerMs)) {
        this.#counters.count(held.link ? "closed_backpressure" : "closed_slow_read");
        if (held.stuck) held.stuck();
        else held.socket.destroy();
      } else if (!held.link && isQuiet(held)) {
        this.#counters.count("closed_quiet");
        held.socket.destroy();
      }
    }
  }

  close(): void {
    for (const socket of this.#all.keys()) socket.destroy();
  }

  #look(held: Held, now: number): void {
    const { socket } = held;
    const written = socket.bytesWritten - socket.writableLength; // what the system has taken from us
    const took = written !== held.written;
    if (took || socket.writableLength === 0) held.tookAt = now;
    if (took || socket.bytesRead !== held.heard) held.movedAt = now;
    held.written = written;
    held.heard = socket.bytesRead;
  }

  #linkToGiveUp(host: string): Held | undefined {
    const size = ({ links }: Share): number => links;
    const most = heaviest(this.#hosts, host, size) ?? heaviest(this.#neighbourhoods, near(host), size);
    return most && [...most.all].filter(({ link }) => link).at(-1);
  }

  #giveUp(held: Held): void {
    this.#counters.count("closed_for_others");
    this.#forget(held); // its place is free at once, its "close" comes later
    held.socket.destroy();
  }

  #of(host: string): Share {
    return this.#hosts.get(host) ?? NONE;
  }

  #sharesOf(host: string): [Shares, string][] {
    return [
      [this.#hosts, host],
      [this.#neighbourhoods, neighbourhoodOf(host)],
    ];
  }

  #disown(held: Held): void {
    if (held.host === undefined) return;
    for (const [shares, name] of this.#sharesOf(held.host)) {
      const share = shares.get(name);
      if (!share?.all.delete(held)) continue;
      if (held.link) share.links--;
      if (share.all.size === 0) shares.delete(name);
    }
    held.host = undefined;
  }

  #forget(held: Held): void {
    if (!this.#all.delete(held.socket)) return;
    this.#idle.delete(held);
    this.#disown(held);
    if (held.link) this.#links--;
  }
}

const near = (host: string | undefined): string | undefined => host && neighbourhoodOf(host);

/** The one with the most, if it has more than one that has as much as `own` would have with one more. */
function heaviest(shares: Shares, own: string | undefined, size: (of: Share) => number): Share | undefined {
  let most: Share | undefined;
  const least = size(shares.get(own ?? "") ?? NONE) + 1;
  for (const share of shares.values()) if (size(share) > (most ? size(most) : least)) most = share;
  return most;
}
