import { deleteDB, openDB } from "idb";
import { describe, expect, it } from "vitest";
import { IdbStore } from "#adapters/idb.ts";
import { storageContract } from "../contract/storage.ts";

let count = 0;
storageContract("IndexedDB", () => {
  count += 1;
  const name = `contract-${count}`;
  return { open: async () => new IdbStore(name), clear: () => deleteDB(name) };
});

describe("IndexedDB store", () => {
  it("makes way for whoever wipes the data, and opens anew", async () => {
    const store = new IdbStore("wiped");
    await store.save([{ key: "a", value: Uint8Array.of(1) }]);
    await deleteDB("wiped");
    expect(await store.load("a")).toBeUndefined();
    await store.save([{ key: "a", value: Uint8Array.of(2) }]);
    expect(await store.load("a")).toEqual(Uint8Array.of(2));
    await store.close();
    await deleteDB("wiped");
  });

  it("says storage-broken for a database of a newer version", async () => {
    (await openDB("newer", 9)).close();
    const store = new IdbStore("newer");
    await expect(store.load("a")).rejects.toMatchObject({ code: "storage-broken" });
    await store.close();
    await deleteDB("newer");
  });

  const refusals = {
    "at once": (_: IDBObjectStore) => {
      throw new DOMException("no room", "QuotaExceededError");
    },
    "as the transaction ends": (store: IDBObjectStore) => {
      const request = put.call(store, 0, "large");
      store.transaction.abort();
      Object.defineProperty(store.transaction, "error", { value: new DOMException("no room", "QuotaExceededError") });
      return request;
    },
  };
  const put = IDBObjectStore.prototype.put;
  it.each(Object.entries(refusals))(
    "says storage-full where the quota refuses %s, changes nothing, and goes on",
    async (_, refuse) => {
      const store = new IdbStore("full");
      await store.save([{ key: "a", value: Uint8Array.of(1) }]);
      IDBObjectStore.prototype.put = function limited(this: IDBObjectStore, value: unknown, key?: IDBValidKey) {
        return key === "large" ? refuse(this) : put.call(this, value, key);
      };
      const save = store.save([
        { key: "a", value: Uint8Array.of(2) },
        { key: "large", value: new Uint8Array(1_000) },
      ]);
      await expect(save).rejects.toMatchObject({ code: "storage-full" });
      IDBObjectStore.prototype.put = put;
      expect(await store.load("a")).toEqual(Uint8Array.of(1));
      await store.save([{ key: "b", value: Uint8Array.of(3) }]);
      expect(await store.load("b")).toEqual(Uint8Array.of(3));
      await store.close();
      await deleteDB("full");
    },
  );
});
