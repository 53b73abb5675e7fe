/** Engines end connections by themselves; the error here is each engine's own, for the connection is really closed. */
import { deleteDB } from "idb";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { IdbStore } from "#adapters/idb.ts";

const NAME = "dropped";
const one = Uint8Array.of(1);
const two = Uint8Array.of(2);

const begin = IDBDatabase.prototype.transaction;
type Drop = (database: IDBDatabase, args: Parameters<typeof begin>) => IDBTransaction;
/** The connection goes before the transaction begins. */
const before: Drop = (database, args) => {
  database.close();
  return begin.apply(database, args);
};
/** The transaction is undone in the middle, together with its connection. */
const during: Drop = (database, args) => {
  const transaction = begin.apply(database, args);
  queueMicrotask(() => {
    transaction.abort();
    database.close();
  });
  return transaction;
};
/** The next transactions fare like this, one after the other; those after them are whole. */
function dropping(...drops: Drop[]): void {
  IDBDatabase.prototype.transaction = function dropped(this: IDBDatabase, ...args: Parameters<typeof begin>) {
    const drop = drops.shift();
    return drop ? drop(this, args) : begin.apply(this, args);
  };
}

let store: IdbStore;
beforeEach(async () => {
  store = new IdbStore(NAME);
  await store.save([{ key: "a", value: one }]);
});
afterEach(async () => {
  IDBDatabase.prototype.transaction = begin;
  await store.close();
  await deleteDB(NAME);
});

describe.each([
  ["before a transaction begins", before],
  ["while a transaction runs", during],
])("a connection that the engine drops %s", (_, drop) => {
  it("is opened anew for a load, a range and a save", async () => {
    dropping(drop);
    expect(await store.load("a")).toEqual(one);
    dropping(drop);
    const found: string[] = [];
    for await (const { key } of store.range("")) found.push(key);
    expect(found).toEqual(["a"]);
    dropping(drop);
    await store.save([{ key: "a", value: two }]);
    expect(await store.load("a")).toEqual(two);
  });

  it("is opened anew for a guarded save, whose guard is looked at again", async () => {
    dropping(drop);
    expect(await store.saveIf({ key: "a", value: one }, [{ key: "b", value: two }])).toBe(true);
    dropping(drop);
    expect(await store.saveIf({ key: "a", value: two }, [{ key: "b", value: one }])).toBe(false);
    expect(await store.load("b")).toEqual(two);
  });

  it("is opened anew once: what fails again is told", async () => {
    dropping(drop, drop);
    await expect(store.save([{ key: "a", value: two }])).rejects.toMatchObject({ code: "storage-broken" });
    expect(await store.load("a")).toEqual(one);
  });

  it("does not keep a guarded save whose guard was changed by another before it is tried again", async () => {
    const other = new IdbStore(NAME);
    let elsewhere: Promise<void> | undefined;
    dropping((database, args) => {
      // Asked for first, so it runs first.
      elsewhere = other.save([{ key: "a", value: two }]);
      return drop(database, args);
    });
    await other.load("a");
    const saved = await store.saveIf({ key: "a", value: one }, [{ key: "b", value: one }]);
    await elsewhere;
    expect([saved, await store.load("b")]).toEqual([false, undefined]);
    await other.close();
  });
});

describe("saves at once over a connection that the engine drops", () => {
  const whole: Drop = (database, args) => begin.apply(database, args);
  it.each([
    ["the first in its middle", [during]],
    ["the first before it begins", [before]],
    ["the second in its middle", [whole, during]],
    ["the last before it begins", [whole, whole, before]],
  ])("keep their order: %s", async (_, drops) => {
    dropping(...drops);
    const saves = [10, 20, 30].map((value) => store.save([{ key: "a", value: Uint8Array.of(value) }]));
    const seen = store.load("a");
    await Promise.all(saves);
    expect([await seen, await store.load("a")]).toEqual([Uint8Array.of(30), Uint8Array.of(30)]);
  });

  it("keep their order towards one that is asked for while the first is tried again", async () => {
    const later = new Promise<void>((done) => {
      const ask = (): void => done(store.save([{ key: "a", value: Uint8Array.of(20) }]));
      dropping((database, args) => {
        const transaction = during(database, args);
        transaction.addEventListener("abort", () => setTimeout(ask));
        return transaction;
      });
    });
    await store.save([{ key: "a", value: Uint8Array.of(10) }]);
    await later;
    expect(await store.load("a")).toEqual(Uint8Array.of(20));
  });
});
