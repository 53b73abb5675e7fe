/**
 * The databases of a profile in IndexedDB. A keyed one has the object stores `entries` (bytes by key) and `key` (its
 * CryptoKey under `key`), both filled in the transaction that makes it: there is none without a key. Layer: adapters.
 */
import { type IDBPDatabase, openDB } from "idb";
import { Fault } from "#node/errors.ts";
import type { Change, FencedStorage } from "#node/ports.ts";
import { faultOf, IdbStore, type Opening, STORE } from "./idb.ts";
import { eraseDatabases } from "./idb-delete.ts";
import type { Disk, Keyed } from "./rest-disk.ts";
import { gone } from "./rest-epoch.ts";
import { type Key, newKey } from "./rest-seal.ts";

/** Of data at rest, and of IndexedDB for its databases: what an older app cannot open. */
const VERSION = 2;
const KEY = "key";
const OLD_VERSION = 1;
const OLD_KEYS = "keys";
const oldValues = (network: string): string => `${network}/personal`;
const oldKey = (network: string): string => `${network}/key`;

export class IdbDisk implements Disk {
  async names(): Promise<string[]> {
    return (await attempt(() => indexedDB.databases())).map(({ name = "" }) => name);
  }
  plain(name: string): FencedStorage {
    return new IdbStore(name);
  }

  async make(name: string, values: readonly Change[]): Promise<Keyed> {
    const key = await newKey();
    const made: IDBPDatabase = await attempt(() =>
      openDB(name, VERSION, {
        upgrade(database) {
          database.createObjectStore(KEY).put(key, KEY);
          const entries = database.createObjectStore(STORE);
          for (const { key: at, value } of values) if (value !== undefined) entries.put(value, at);
        },
        blocking: () => made.close(),
      }),
    );
    return { storage: new IdbStore(first(made, opened(name))), key };
  }

  async open(name: string): Promise<Keyed | undefined> {
    // Looked for itself, not in a list: what is held for missing is made anew.
    const database = await there(() => connect(name, VERSION));
    if (database === undefined) return undefined;
    const key = await attempt(() => keyIn(database, KEY));
    if (key === undefined) database.close();
    return key && { storage: new IdbStore(first(database, opened(name))), key };
  }

  remove(name: string): Promise<void> {
    return eraseDatabases([name]);
  }

  async openOld(network: string): Promise<{ storage: FencedStorage; key?: Key } | undefined> {
    const values = await there(() => connect(oldValues(network), OLD_VERSION));
    if (values === undefined) return undefined;
    const keys = await there(() => connect(oldKey(network), OLD_VERSION));
    const key = keys && (await attempt(() => keyIn(keys, OLD_KEYS)));
    keys?.close();
    const storage = new IdbStore(first(values, opened(oldValues(network), OLD_VERSION)));
    return { storage, ...(key && { key }) };
  }
  async endOld(network: string): Promise<void> {
    const empty = await attempt(() =>
      openDB(oldValues(network), VERSION, {
        upgrade(database) {
          for (const store of database.objectStoreNames) database.deleteObjectStore(store);
        },
      }),
    );
    empty.close();
    if ((await this.names()).includes(oldKey(network))) await eraseDatabases([oldKey(network)]);
  }
}

/** A database that is there: one that was deleted meanwhile is not made again. */
const opened =
  (name: string, version = VERSION): Opening =>
  (ends) => {
    let isGone = false;
    const opening: Promise<IDBPDatabase> = openDB(name, version, {
      upgrade(_, before, __, transaction) {
        isGone = before === 0;
        if (!isGone) return;
        transaction.done.catch(() => undefined); // told by the opening, which fails with it
        transaction.abort();
      },
      ...ends,
    });
    return opening.catch((error: unknown) => {
      if (isGone) throw gone();
      throw error;
    });
  };

async function connect(name: string, version: number): Promise<IDBPDatabase> {
  const database = await opened(name, version)({ blocking: () => database.close(), terminated: () => undefined });
  return database;
}
async function keyIn(database: IDBPDatabase, store: string): Promise<Key | undefined> {
  const key: unknown = database.objectStoreNames.contains(store) ? await database.get(store, store) : undefined;
  return key instanceof CryptoKey ? key : undefined;
}
/** The connection that is there already, and then new ones: opening takes its time at every start. Until it is handed
 * over it closes by itself for whoever needs that. */
function first(database: IDBPDatabase, later: Opening): Opening {
  let held: IDBPDatabase | undefined = database;
  return (ends) => {
    const now = held;
    held = undefined;
    if (now === undefined) return later(ends);
    now.onversionchange = () => ends.blocking();
    now.onclose = () => ends.terminated();
    return Promise.resolve(now);
  };
}

/** Undefined where there is no such database, or only a newer one. */
async function there<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Fault && error.code === "storage-gone") return undefined;
    if (error instanceof DOMException && error.name === "VersionError") return undefined;
    throw faultOf(error);
  }
}
async function attempt<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw faultOf(error);
  }
}
