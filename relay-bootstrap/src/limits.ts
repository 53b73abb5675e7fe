/** Limits of the listeners, each with unit and reason. All tier 3: local policy. Those of links are in #node/limits.ts. */

export interface ListenLimits {
  /** Open TCP connections in all, pages included: a browser opens up to six. At the cap the host with the most gives one
   * up for one that has fewer. */
  sockets: number;
  /** Of them, of one IPv4 address or IPv6 /64: an office behind one address, not a flood from it. Behind a trusted proxy
   * those that carry a link or an answer for that host. */
  socketsPerHost: number;
  /** New connections of one host: so many at once, and so many a second. */
  arrivalsAtOnce: number;
  arrivalsPerSecond: number;
  /** Requests of one host, on however many connections: a first visit takes about 100, a service worker included. */
  requestsAtOnce: number;
  requestsPerSecond: number;
  /** Requests of one connection that wait for their answers: no browser sends a second one before the first is answered. */
  pipelined: number;
  /** Open WebSockets in all: the links an anchor takes, and some that are still shaking hands. */
  connections: number;
  /** Open WebSockets of one host. */
  perHost: number;
  /** New WebSockets of one host and in all: so many at once, and as many again in a minute. A reload storm passes, a loop
   * does not. */
  perHostMinute: number;
  perMinute: number;
  /** This machine is exempt from all limits per host: own pages, own peers. Never on the network of all. */
  exemptLoopback: boolean;
  /** Pings and pongs of one link: so many at once, and so many a second. Browsers send none. */
  pingsAtOnce: number;
  pingsPerSecond: number;
  /** ms to send a request's head, and all of it: slower is an attack. A connection that asks nothing for `idleMs` and
   * `requestMs` ends, whatever else it says. */
  headMs: number;
  requestMs: number;
  /** ms that an idle connection of a page stays open. */
  idleMs: number;
  /** ms for which a connection may take nothing of what waits for it: it gets 32 KiB at a time, so 26 kbit/s suffice. */
  answerMs: number;
  /** ms for which neither end of a connection without a link said anything: behind the deadlines above, for what they may
   * have missed. */
  quietMs: number;
  /** ms for which a link may take nothing before it counts as stuck and is closed. */
  stuckAfter: number;
  /** ms between two looks at who is late; Node's own 30 s would let a late one stay four times as long. */
  lateCheckMs: number;
}
export const LISTEN: ListenLimits = {
  sockets: 4_096,
  socketsPerHost: 192,
  arrivalsAtOnce: 240,
  arrivalsPerSecond: 4,
  requestsAtOnce: 2_000,
  requestsPerSecond: 40,
  pipelined: 8,
  connections: 2_304,
  perHost: 32,
  perHostMinute: 60,
  perMinute: 1_200,
  exemptLoopback: true,
  pingsAtOnce: 30,
  pingsPerSecond: 2,
  headMs: 10_000,
  requestMs: 15_000,
  idleMs: 5_000,
  answerMs: 10_000,
  quietMs: 45_000,
  stuckAfter: 20_000,
  lateCheckMs: 1_000,
};

/** Hosts remembered for each kind of limit, about 100 B each. Beyond that, those who owe least are forgotten. */
export const HOSTS_REMEMBERED = 65_536;
/** Of what all may do at once, the part that is left to hosts who did little of late: newcomers, in a flood. */
export const RESERVE = 1 / 4;
/** File descriptors that are not for connections that others open: the store, the log, own links to other anchors. */
export const DESCRIPTORS_KEPT = 256;
/** Of the connections in all, the part that links may take: the rest is for pages. */
export const LINK_PART = 9 / 16;
/** Connections that the system may hold for us until we take them: a burst of arrivals, not a refusal. */
export const BACKLOG = 4_096;

/** STUN answers a second, to one host and in all: an answer is twice its question, so nobody may be flooded with them. */
export const STUN_PER_HOST = 50;
export const STUN_IN_ALL = 5_000;

/** ms from SIGTERM until we leave without waiting for the rest. */
export const DRAIN_MS = 10_000;
