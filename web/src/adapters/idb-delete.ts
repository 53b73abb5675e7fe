/**
 * The end of IndexedDB databases, and of what a browser keeps of them. Chromium keeps all of a site in one LevelDB, whose
 * files still hold what was deleted until they are merged. It merges right after a database was deleted or a store was
 * cleared, but only what was in tables before, so values that were in its log outlive their database. Deleting any
 * database brings the log into tables: hence one of no use is deleted before and after. Stores are cleared first, since
 * Chromium goes on with that, and with its merging, after it was killed. Browsers with a file for each database have
 * nothing left to do. What is measured of it: test/browser/erased.spec.ts, moved.spec.ts. Layer: adapters.
 */
import { Fault } from "#node/errors.ts";

/** A connection closes when its transaction has ended; what takes longer is a tab that does not let go. Tier 3. */
const BLOCKED_MS = 5_000;
/** Merging begins after the answer, and takes some 20 ms; twice, since a file in use goes with the next merge. Tier 3. */
const MERGE_MS = 60;
const MERGES = 2;

/** Gone when it resolves. Rejects with Fault("busy") where a tab does not let go of it for 5 s; it goes later then. */
function deleteDatabase(name: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.deleteDatabase(name);
    request.onsuccess = () => resolve();
    request.onerror = () => reject(new Fault("storage-broken", "The browser did not delete a database."));
    request.onblocked = () => {
      const held = new Fault("busy", "Another tab of this app holds its data: close it, then try again.");
      setTimeout(() => reject(held), BLOCKED_MS);
    };
  });
}

/** Deletes them, and lets the browser drop what its files hold of them. */
export async function eraseDatabases(names: readonly string[]): Promise<void> {
  const [first] = names;
  if (first === undefined) return;
  const useless = `${first.slice(0, first.lastIndexOf("/"))}/useless`;
  await merge(useless);
  for (const name of names) await clearStores(name);
  await merge(useless);
  for (const name of names) await deleteDatabase(name);
  await merge(useless);
}
async function clearStores(name: string): Promise<void> {
  const database = await open(name);
  const stores = [...database.objectStoreNames];
  try {
    if (stores.length > 0) await cleared(database.transaction(stores, "readwrite", { durability: "strict" }), stores);
  } finally {
    database.close();
  }
}
function cleared(transaction: IDBTransaction, stores: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    for (const store of stores) transaction.objectStore(store).clear();
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(new Fault("storage-broken", "The browser did not clear a database."));
  });
}
async function merge(useless: string): Promise<void> {
  for (let i = 0; i < MERGES; i++) {
    (await open(useless)).close();
    await deleteDatabase(useless);
    await new Promise((done) => setTimeout(done, MERGE_MS));
  }
}
function open(name: string): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(name);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(new Fault("storage-broken", "The browser did not open a database."));
  });
}
