import { deleteDB } from "idb";
import { IdbStore } from "#adapters/idb.ts";
import { storageContract } from "../contract/storage.ts";

let count = 0;
storageContract("IndexedDB", () => {
  count += 1;
  const name = `contract-${count}`;
  return { open: async () => new IdbStore(name), clear: () => deleteDB(name) };
});
