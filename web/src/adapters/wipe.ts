/**
 * Deletes all that this app keeps in this browser: its databases, caches, entries of localStorage, and its service worker.
 * The key of the profile goes first: whatever came in between, the rest could not be read any more. Layer: adapters.
 */
import { Fault } from "#node/errors.ts";

/** Databases are named after their network. */
const DATABASES = /^nodus\/\d+\//;
const KEY = /\/key$/;
/** Of caches and localStorage. */
const OURS = "nodus-";
/** A connection closes when its transaction has ended; what takes longer is a tab that does not let go. Tier 3. */
const BLOCKED_MS = 5_000;

export async function wipeAll(): Promise<void> {
  const all = await indexedDB.databases();
  const names = all.map(({ name = "" }) => name).filter((name) => DATABASES.test(name));
  for (const name of names.filter((each) => KEY.test(each))) await deleteDatabase(name);
  for (const name of names.filter((each) => !KEY.test(each))) await deleteDatabase(name);
  for (const name of await caches.keys()) if (name.startsWith(OURS)) await caches.delete(name);
  for (const key of Object.keys(localStorage)) if (key.startsWith(OURS)) localStorage.removeItem(key);
  await (await navigator.serviceWorker?.getRegistration())?.unregister();
}

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
