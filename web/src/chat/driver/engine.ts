/** What all parts of the driver share: the outside, the store, how they call each other, and how a failure is told. */
import { Fault } from "#node/errors.ts";
import type { Clock, Log, NodeId } from "#node/ports.ts";
import type { ContactPhase, Whereabouts } from "../contact.ts";
import type { Context } from "../context.ts";
import type { Post } from "../ports.ts";
import { Alarms } from "./alarms.ts";
import { Recent } from "./recent.ts";
import { isHeldBack } from "./records.ts";
import type { Store } from "./store.ts";

/** A text of another person that was not here before, or a request without one (text ""). */
export interface Arrived {
  chat: string;
  name: string;
  text: string;
  phase: ContactPhase;
}

/** Tags of cells that are done with: more than all boxes of a day list for one chat. One that is forgotten and still
 * listed is fetched once more, and found to be a copy. Tier 3. */
const HANDLED = 8_192;

interface Watched {
  close(): void;
}

export interface Engine {
  readonly context: Context;
  readonly clock: Clock;
  readonly log: Log;
  /** The node of this run is not where we are: a service worker's, which nobody can reach and which soon ends. */
  readonly leaf: boolean;
  readonly store: Store;
  readonly alarms: Alarms;
  /** The network, once a node runs. */
  post: Post | undefined;
  /** Nodes that showed a good token in this run, by chat. */
  readonly nodes: Map<string, NodeId>;
  /** Watched boxes of pairs, by pair and day, and of invites. */
  readonly watches: Map<string, Watched>;
  readonly inviteWatches: Map<string, Watched>;
  /** Tags that are being fetched or are done with, so that two holders' word leads to one GET. */
  readonly handled: Recent;
  /** Fetches under way, each true once all it asked for was taken. */
  readonly fetching: Set<Promise<boolean>>;
  /** What waits for a better moment: boxes to read at all their holders, read cells to delete. */
  readonly later: Map<string, () => Promise<unknown>>;
  /** Chats whose texts are being sealed; `again`: once more after that. */
  readonly draining: Map<string, { again: boolean; done: Promise<void> }>;
  /** Cells on their way to holders, by tag. */
  readonly placing: Map<string, Promise<void>>;
  /** Cells of each direct link that wait for their turn, by node. */
  readonly direct: Map<string, { waiting: number; turn: Promise<void> }>;
  /** Monotonic ms at which cells of a direct link last did not open, by whose link it was. */
  readonly failures: Map<string, number[]>;
  /** Tokens of unknown nodes that may still be tried, and monotonic ms when that was reckoned. */
  readonly searches: { left: number; at: number };
  /** Monotonic ms of the last knock at a contact's node. */
  readonly lastKnock: Map<string, number>;
  /** ms, monotonic, when the network last came. */
  began: number;
  /** The chat on the screen: first in every order. */
  open: string | undefined;
  /** Chats that somebody looks at now: that one, and those in other tabs that can be seen. */
  readonly onScreen: Set<string>;
  /** What was dropped or refused in this run, by name. */
  readonly counters: Map<string, number>;
  /** Others wrote; durable. */
  arrived(news: readonly Arrived[]): void;
  /** The session of this chat leads nowhere. */
  lost(chat: string): void;
  /** From now on nothing is fetched, taken or sent: this very profile runs elsewhere. */
  quiet(): void;
  /** State that the interface shows has changed. */
  changed(): void;
}

/** Before there is a network; `quiet` is set by whoever owns it. */
export function newEngine(
  outside: Pick<Engine, "context" | "clock" | "log" | "leaf" | "store" | "arrived" | "lost" | "changed">,
): Engine {
  return {
    ...outside,
    alarms: new Alarms(outside.clock),
    post: undefined,
    nodes: new Map(),
    watches: new Map(),
    inviteWatches: new Map(),
    handled: new Recent(HANDLED),
    fetching: new Set(),
    later: new Map(),
    draining: new Map(),
    placing: new Map(),
    lastKnock: new Map(),
    direct: new Map(),
    failures: new Map(),
    searches: { left: 0, at: Number.NEGATIVE_INFINITY },
    began: 0,
    open: undefined,
    onScreen: new Set(),
    counters: new Map(),
    quiet: () => undefined,
  };
}

/** Network time; the wall clock until a node runs. */
export function timeOf(engine: Engine): number {
  return engine.post?.networkTime() ?? engine.clock.wall();
}
/** For what cannot be undone: only due when own wall clock and network time agree that it is. */
export function dueTime(engine: Engine): number {
  return Math.min(timeOf(engine), engine.clock.wall());
}
export function count(engine: Engine, name: string): void {
  engine.counters.set(name, (engine.counters.get(name) ?? 0) + 1);
}
/** Another device has this identity, or this very profile runs elsewhere: nothing leaves this one. */
export function isSuperseded({ store }: Engine): boolean {
  return isHeldBack(store.me);
}
/** This very profile runs elsewhere: what lies out there is the other's to read, to delete and to answer. */
export function isElsewhere({ store }: Engine): boolean {
  return store.me?.elsewhere === true;
}
/** Between 0 and `ms`, so that nodes do not act in step. */
export function jitter(engine: Engine, ms: number): number {
  const [high, low] = engine.context.random.bytes(2) as unknown as [number, number];
  return ((high * 256 + low) / 65_536) * ms;
}
export function randomId(engine: Engine): string {
  return Array.from(engine.context.random.bytes(8), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
/** Runs what nobody waits for; its failure is told to the operator by kind, never with content. */
export function background(engine: Engine, what: string, task: Promise<unknown>): void {
  task.catch((error: unknown) => {
    if (!(error instanceof Fault)) return tellFault(engine, what, error);
    engine.log.event(`chat.${what}.failed`, { code: error.code });
    if (error.code === "storage-full" || error.code === "storage-gone") engine.changed();
  });
}
/** What should not happen: in the log by its kind, and counted where the person can see that there was something. */
export function tellFault(engine: Engine, what: string, error: unknown): void {
  const code = error instanceof Fault ? error.code : "unknown";
  // The disk says of itself what the person can do.
  if (code.startsWith("storage-")) return void engine.log.event(`chat.${what}.failed`, { code });
  engine.log.event("fault", { where: `chat.${what}`, code });
  count(engine, "fault");
}

/** Where contacts reach this device; nowhere while it has no network, or runs as a leaf that is gone in seconds. */
export function whereabouts({ post, leaf }: Engine): Whereabouts | undefined {
  return post === undefined || leaf
    ? undefined
    : { nodeId: post.id, x25519Pk: post.x25519Pk, incarnation: post.incarnation };
}
