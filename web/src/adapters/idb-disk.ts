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
import { type Key, newKey } from "./rest-seal.ts";

/** Of data at rest, and of IndexedDB for its databases: what an older app cannot open. */
const VERSION = 2;
const KEY = "key";
const OLD_KEYS = "keys";
const oldValues = (network: string): string => `${network}/personal`;
const oldKey = (network: string): string => `${network}/key`;

export class IdbDisk implements Disk {
  async names(): Promise<string[]> {
    return [...(await versions()).keys()];
  }
  plain(name: string): FencedStorage {
    return new IdbStore(name);
  }

  async make(name: string, values: readonly Change[]): Promise<Keyed> {
    const key = await newKey();
    const made = await attempt(() =>
      openDB(name, VERSION, {
        upgrade(database) {
          database.createObjectStore(KEY).put(key, KEY);
          const entries = database.createObjectStore(STORE);
          for (const { key: at, value } of values) if (value !== undefined) entries.put(value, at);
        },
      }),
    );
    made.close();
    return { storage: new IdbStore(opened(name)), key };
  }

  async open(name: string): Promise<Keyed | undefined> {
    if (!(await versions()).has(name)) return undefined;
    const key = await attempt(() => loadKey(name, VERSION, KEY));
    return key && { storage: new IdbStore(opened(name)), key };
  }

  remove(name: string): Promise<void> {
    return eraseDatabases([name]);
  }

  async openOld(network: string): Promise<{ storage: FencedStorage; key?: Key } | undefined> {
    const there = await versions();
    if (there.get(oldValues(network)) !== 1) return undefined;
    const key = there.has(oldKey(network)) ? await attempt(() => loadKey(oldKey(network), 1, OLD_KEYS)) : undefined;
    return { storage: new IdbStore(oldValues(network)), ...(key && { key }) };
  }
  async endOld(network: string): Promise<void> {
    const there = await versions();
    if (there.get(oldValues(network)) !== VERSION) {
      const empty = await attempt(() =>
        openDB(oldValues(network), VERSION, {
          upgrade(database) {
            for (const store of database.objectStoreNames) database.deleteObjectStore(store);
          },
        }),
      );
      empty.close();
    }
    if (there.has(oldKey(network))) await eraseDatabases([oldKey(network)]);
  }
}

/** Of the databases of this site, by name. */
async function versions(): Promise<Map<string, number>> {
  const all = await attempt(() => indexedDB.databases());
  return new Map(all.map(({ name = "", version = 0 }) => [name, version]));
}

/** A database that is there: one that was deleted meanwhile is not made again. */
const opened =
  (name: string, version = VERSION): Opening =>
  (ends) => {
    let gone = false;
    const opening: Promise<IDBPDatabase> = openDB(name, version, {
      upgrade(_, before, __, transaction) {
        gone = before === 0;
        if (!gone) return;
        transaction.done.catch(() => undefined); // told by the opening, which fails with it
        transaction.abort();
      },
      ...ends,
    });
    return opening.catch((error: unknown) => {
      if (gone) throw new Fault("storage-gone", "What this profile had stored was deleted meanwhile.");
      throw error;
    });
  };

async function loadKey(name: string, version: number, store: string): Promise<Key | undefined> {
  const database = await opened(name, version)({ blocking: () => undefined, terminated: () => undefined });
  try {
    const key: unknown = database.objectStoreNames.contains(store) ? await database.get(store, store) : undefined;
    return key instanceof CryptoKey ? key : undefined;
  } finally {
    database.close();
  }
}

async function attempt<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw faultOf(error);
  }
}
