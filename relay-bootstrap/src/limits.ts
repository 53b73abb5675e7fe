/** Limits of the listeners, each with unit and reason. All tier 3: local policy. Those of links are in #node/limits.ts. */

export interface ListenLimits {
  /** Open WebSockets in all: the links an anchor takes, and some that are still shaking hands. */
  connections: number;
  /** Open WebSockets of one IPv4 address or IPv6 /64: an office behind one address, not a flood from it. */
  perHost: number;
  /** New WebSockets in a minute, of one host and in all: a reload storm passes, a loop does not. */
  perHostMinute: number;
  perMinute: number;
  /** This machine is exempt from the two limits per host: own pages, own peers, or a proxy that has limits itself. */
  exemptLoopback: boolean;
  /** ms for which a link may refuse frames before it counts as stuck and is closed. */
  stuckAfter: number;
}
export const LISTEN: ListenLimits = {
  connections: 2_304,
  perHost: 32,
  perHostMinute: 60,
  perMinute: 1_200,
  exemptLoopback: true,
  stuckAfter: 20_000,
};

/** TCP connections in all, pages included: a browser opens up to six. */
export const TCP_CONNECTIONS = 4_096;
/** ms to send a request's head, and all of it: slower is an attack. */
export const HEAD_MS = 10_000;
export const REQUEST_MS = 15_000;
/** ms between two looks at who is late with either; Node's own 30 s would let a late one stay four times as long. */
export const LATE_CHECK_MS = 2_000;
/** ms that an idle connection of a page stays open. */
export const IDLE_MS = 5_000;

/** STUN answers a second, to one host and in all: an answer is twice its question, so nobody may be flooded with them. */
export const STUN_PER_HOST = 50;
export const STUN_IN_ALL = 5_000;

/** ms from SIGTERM until we leave without waiting for the rest. */
export const DRAIN_MS = 10_000;
