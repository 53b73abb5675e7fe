/** The driver's hands for disk and work: acts of storage and proof of work, whose ends come back as inputs. */
import type { Driver, Hands } from "./driver.ts";
import { Fault } from "./errors.ts";
import type { Solver, Storage } from "./ports.ts";
import { Stop } from "./stop.ts";

/** Entries a portion of a range: few enough not to hold up frames. */
const PORTION = 64;

export const diskHands = (driver: Driver, storage: Storage, solver: Solver): Hands => {
  const solving = new Map<number, Stop>();
  return {
    save: ({ save, changes }) => {
      storage.save(changes).then(
        () => driver.input({ type: "saved", save }),
        (error: unknown) => {
          const full = error instanceof Fault && error.code === "storage-full";
          driver.count(full ? "storage.full" : "storage.broken");
          driver.input({ type: "saved", save, failed: full ? "storage-full" : "storage-broken" });
        },
      );
    },
    load: ({ load, keys }) => {
      Promise.all(keys.map((key) => storage.load(key))).then(
        (values) => driver.input({ type: "loaded", load, values }),
        () => {
          driver.count("storage.broken");
          driver.input({ type: "loaded", load, values: keys.map(() => undefined), failed: "storage-broken" });
        },
      );
    },
    range: ({ range, prefix }) => {
      portions(driver, storage, range, prefix).catch(() => {
        driver.count("storage.broken");
        driver.input({ type: "ranged", range, entries: [], more: false, failed: "storage-broken" });
      });
    },
    solve: ({ solve, job }) => {
      const stop = new Stop();
      solving.set(solve, stop);
      const solved = (nonce: bigint | undefined): void => {
        solving.delete(solve);
        driver.input({ type: "solved", solve, nonce });
      };
      solver.solve(job, () => {}, stop).then(solved, () => solved(undefined));
    },
    cancelSolve: ({ solve }) => solving.get(solve)?.abort(),
  };
};

const portions = async (driver: Driver, storage: Storage, range: number, prefix: string): Promise<void> => {
  let entries: { key: string; value: Uint8Array }[] = [];
  for await (const entry of storage.range(prefix)) {
    entries.push(entry);
    if (entries.length < PORTION) continue;
    driver.input({ type: "ranged", range, entries, more: true });
    entries = [];
  }
  driver.input({ type: "ranged", range, entries, more: false });
};
