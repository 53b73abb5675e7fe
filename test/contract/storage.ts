/**
 * What every `Storage` promises, as one suite: memory, IndexedDB and SQLite pass the same lines. Runs in Node and in a
 * browser, so it knows neither.
 */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Fault } from "#node/errors.ts";
import type { Storage } from "#node/ports.ts";

/** A place that stores come and go over: `open` twice in a row, the first closed between, plays a restart. */
export interface StoragePlace {
  open(): Promise<Storage>;
  /** Nothing of it stays behind. */
  clear(): Promise<void>;
}

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);
const all = async (storage: Storage, prefix: string): Promise<[string, number[]][]> => {
  const found: [string, number[]][] = [];
  for await (const { key, value } of storage.range(prefix)) found.push([key, [...value]]);
  return found;
};
const fault = async (work: Promise<unknown>): Promise<string | undefined> => {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return error instanceof Fault ? error.code : undefined;
};

export const storageContract = (name: string, place: () => StoragePlace): void => {
  describe(`storage: ${name}`, () => {
    let here: StoragePlace;
    let storage: Storage;
    beforeEach(async () => {
      here = place();
      storage = await here.open();
    });
    afterEach(async () => {
      await storage.close();
      await here.clear();
    });

    it("gives back what was saved, and nothing else", async () => {
      await storage.save([{ key: "a", value: bytes(1, 2, 3) }]);
      expect(await storage.load("a")).toEqual(bytes(1, 2, 3));
      expect(await storage.load("b")).toBeUndefined();
      expect(await storage.load("")).toBeUndefined();
    });

    it("keeps empty values and every byte", async () => {
      const every = Uint8Array.from({ length: 256 }, (_, at) => at);
      await storage.save([
        { key: "empty", value: bytes() },
        { key: "every", value: every },
      ]);
      expect(await storage.load("empty")).toEqual(bytes());
      expect(await storage.load("every")).toEqual(every);
    });

    it("replaces and removes in one save, in the order given", async () => {
      await storage.save([
        { key: "a", value: bytes(1) },
        { key: "b", value: bytes(2) },
      ]);
      await storage.save([
        { key: "a", value: undefined },
        { key: "b", value: bytes(3) },
        { key: "c", value: bytes(4) },
        { key: "c", value: undefined },
        { key: "d", value: undefined },
        { key: "d", value: bytes(5) },
      ]);
      expect(await all(storage, "")).toEqual([
        ["b", [3]],
        ["d", [5]],
      ]);
    });

    it("takes an empty save and the removal of what is not there", async () => {
      await storage.save([]);
      await storage.save([{ key: "never", value: undefined }]);
      expect(await all(storage, "")).toEqual([]);
    });

    it("ranges over a prefix alone, in the order of the keys", async () => {
      const keys = ["b/2", "b/10", "a/1", "b", "b/", "c/1", "b/~", "B/1", "b0"];
      await storage.save(keys.map((key, at) => ({ key, value: bytes(at) })));
      expect((await all(storage, "b/")).map(([key]) => key)).toEqual(["b/", "b/10", "b/2", "b/~"]);
      expect((await all(storage, "")).map(([key]) => key)).toEqual([...keys].sort());
      expect(await all(storage, "z")).toEqual([]);
    });

    it("ranges over more than one portion, while others write", async () => {
      const keys = Array.from({ length: 1_000 }, (_, at) => `many/${String(at).padStart(4, "0")}`);
      await storage.save(keys.map((key) => ({ key, value: bytes(7) })));
      const found: string[] = [];
      for await (const { key } of storage.range("many/")) {
        found.push(key);
        if (found.length === 300) await storage.save([{ key: "other", value: bytes(1) }]);
      }
      expect(found).toEqual(keys);
    });

    it("shares no bytes with its callers", async () => {
      const value = bytes(1, 2, 3);
      await storage.save([{ key: "a", value }]);
      value[0] = 9;
      const first = await storage.load("a");
      if (first !== undefined) first[1] = 9;
      expect(await storage.load("a")).toEqual(bytes(1, 2, 3));
    });

    it("saves a view as the bytes it shows", async () => {
      await storage.save([{ key: "view", value: bytes(0, 1, 2, 3, 4).subarray(1, 4) }]);
      expect(await storage.load("view")).toEqual(bytes(1, 2, 3));
    });

    it("lands many saves at once, the later one last", async () => {
      const saves = Array.from({ length: 100 }, (_, at) =>
        storage.save([
          { key: `own/${at}`, value: bytes(at) },
          { key: "shared", value: bytes(at) },
        ]),
      );
      await Promise.all(saves);
      expect(await storage.load("shared")).toEqual(bytes(99));
      expect(await all(storage, "own/")).toHaveLength(100);
    });

    it("holds a 64 KiB value and keys of 200 characters", async () => {
      const key = "k".repeat(200);
      const value = Uint8Array.from({ length: 65_536 }, (_, at) => at % 251);
      await storage.save([{ key, value }]);
      expect(await storage.load(key)).toEqual(value);
    });

    it("still has after a restart what it confirmed before", async () => {
      await storage.save([
        { key: "a", value: bytes(1) },
        { key: "b", value: bytes(2) },
      ]);
      await storage.save([{ key: "a", value: undefined }]);
      await storage.close();
      storage = await here.open();
      expect(await all(storage, "")).toEqual([["b", [2]]]);
    });

    it("says `closed` to every call after close, and closes twice", async () => {
      await storage.close();
      await storage.close();
      expect(await fault(storage.load("a"))).toBe("closed");
      expect(await fault(storage.save([{ key: "a", value: bytes(1) }]))).toBe("closed");
      expect(await fault(all(storage, ""))).toBe("closed");
    });
  });
};
