/** What every `FencedStorage` promises beside what every `Storage` does: a save that looks before it writes. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { FencedStorage } from "#node/ports.ts";

export interface FencedPlace {
  open(): FencedStorage;
  clear(): Promise<void>;
}

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);

export const fencedStorageContract = (name: string, place: () => FencedPlace): void => {
  describe(`fenced storage: ${name}`, () => {
    let here: FencedPlace;
    let one: FencedStorage;
    let other: FencedStorage;
    beforeEach(() => {
      here = place();
      one = here.open();
      other = here.open();
    });
    afterEach(async () => {
      await one.close();
      await other.close();
      await here.clear();
    });

    it("saves while the guard holds what it should", async () => {
      await one.save([{ key: "epoch", value: bytes(1) }]);
      expect(await other.saveIf({ key: "epoch", value: bytes(1) }, [{ key: "a", value: bytes(7) }])).toBe(true);
      expect(await one.load("a")).toEqual(bytes(7));
    });

    it("changes nothing where the guard holds something else, or nothing", async () => {
      const changes = [{ key: "a", value: bytes(7) }];
      expect(await one.saveIf({ key: "epoch", value: bytes(1) }, changes)).toBe(false);
      await one.save([{ key: "epoch", value: bytes(2) }]);
      expect(await one.saveIf({ key: "epoch", value: bytes(1) }, changes)).toBe(false);
      expect(await one.saveIf({ key: "epoch", value: bytes(2, 0) }, changes)).toBe(false);
      expect(await one.saveIf({ key: "epoch", value: undefined }, changes)).toBe(false);
      expect(await one.load("a")).toBeUndefined();
    });

    it("lets one of many through that raise the same guard at once", async () => {
      const raise = (storage: FencedStorage, by: number) =>
        storage.saveIf({ key: "epoch", value: undefined }, [{ key: "epoch", value: bytes(by) }]);
      const won = await Promise.all([raise(one, 1), raise(other, 2), raise(one, 3), raise(other, 4)]);
      expect(won.filter(Boolean)).toHaveLength(1);
      expect(await one.load("epoch")).toEqual(bytes(won.indexOf(true) + 1));
    });
  });
};
