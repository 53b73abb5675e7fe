/** What all parts of the driver share: the outside, the store, and how they call each other. No behaviour here. */
import type { Clock, Log, NodeId } from "#node/ports.ts";
import type { ContactPhase, Whereabouts } from "../contact.ts";
import type { Context } from "../context.ts";
import type { Post } from "../ports.ts";
import type { Alarms } from "./alarms.ts";
import type { Recent } from "./recent.ts";
import { isHeldBack } from "./records.ts";
import type { Store } from "./store.ts";

/** A text of another person that was not here before, or a request without one (text ""). */
export interface Arrived {
  chat: string;
  name: string;
  text: string;
  phase: ContactPhase;
}

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
  /** Monotonic ms of the last knock at a contact's node. */
  readonly lastKnock: Map<string, number>;
  /** ms, monotonic, when the network last came. */
  began: number;
  /** The chat on the screen: first in every order. */
  open: string | undefined;
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
    const code = (error as { code?: unknown } | null)?.code;
    engine.log.event(`chat.${what}.failed`, { code: typeof code === "string" ? code : "unknown" });
    if (code === "storage-full" || code === "storage-gone") engine.changed();
  });
}

/** Where contacts reach this device; nowhere while it has no network, or runs as a leaf that is gone in seconds. */
export function whereabouts({ post, leaf }: Engine): Whereabouts | undefined {
  return post === undefined || leaf
    ? undefined
    : { nodeId: post.id, x25519Pk: post.x25519Pk, incarnation: post.incarnation };
}
