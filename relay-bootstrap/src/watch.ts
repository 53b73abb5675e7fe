/** Opens the store and keeps the node's state true while it runs: store, disk, clock. Layer: relay. */
import { MemoryStore } from "#adapters/memory-store.ts";
import type { Node } from "#node/api.ts";
import type { Clock, Log, Storage } from "#node/ports.ts";
import type { SqliteStore } from "./adapters/sqlite-store.ts";
import type { DataFolder } from "./data.ts";
import type { Health } from "./health.ts";
import { keep } from "./incarnation.ts";
import { markDamaged, openStore, type StoreOptions } from "./store.ts";

/** How often the clock is looked at, and a disk that was full at start is tried. */
const LOOK_MS = 60_000;
/** How long a start waits for the store to be read in before it says that the node runs. */
const READ_MS = 5_000;
const SKEW = "The clock of this machine and those of the network differ: set it, best by NTP.";
const NO_STORE =
  "There is no room on the disk to begin a store: free some and start again; until then this node keeps no cells.";

export interface Begun {
  /** In memory where the disk has no room for one. */
  store: Storage;
  began: SqliteStore | undefined;
}

/** Throws an OperatorError. */
export function beginStore(
  data: DataFolder,
  options: Omit<StoreOptions, "hasRun" | "onDamage">,
  health: Health,
): Begun {
  const onDamage = (): void => {
    health.set({ isDamaged: true });
    markDamaged(data.store);
  };
  const began = openStore(data.store, { ...options, hasRun: data.incarnation.last !== undefined, onDamage });
  if (began === undefined) options.note("no_store", NO_STORE);
  return { store: began ?? new MemoryStore(), began };
}

export interface Watched {
  node: Node;
  store: SqliteStore | undefined;
  incarnation: bigint;
  health: Health;
  clock: Clock;
  log: Log;
  /** The disk had no room at start. */
  isFull: boolean;
}

/** The store was read in, or could not be; at most so long, for a page is served meanwhile and readiness says the truth. */
export function wasRead(node: Node): Promise<void> {
  return new Promise((resolve) => {
    if (node.store() !== "loading") return resolve();
    const off = node.on("store", () => done());
    const late = setTimeout(() => done(), READ_MS);
    const done = (): void => {
      clearTimeout(late);
      off();
      resolve();
    };
  });
}

/** Until what it returns is called. */
export function watch({ node, store, incarnation, health, clock, log, isFull }: Watched): () => void {
  let isStuck = isFull || store === undefined;
  let isChecked = false;
  const look = (): void => {
    health.set({ isStarted: true, store: node.store(), isFull: isStuck, wall: clock.wall() });
    if (isChecked || store === undefined || node.store() !== "ready") return;
    isChecked = true;
    void store.check().then((isSound) => {
      if (!isSound) health.set({ isDamaged: true });
    });
  };
  const tryAgain = async (): Promise<void> => {
    if (isStuck && store !== undefined) isStuck = (await keep(store, incarnation)) !== undefined;
    look();
  };
  const offs = [
    health.onTaking((taking) => node.offer(taking)),
    node.on("store", look),
    node.on("skew", ({ ms }) => log.event("clock", { off_s: Math.round(ms / 1_000), what: SKEW })),
  ];
  const timer = setInterval(() => void tryAgain(), LOOK_MS);
  look();
  return () => {
    clearInterval(timer);
    for (const off of offs) off();
    health.set({ isEnding: true });
  };
}
