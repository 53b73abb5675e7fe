/**
 * Deletes all that this app keeps in this browser: its databases, caches, service worker, and entries of localStorage and
 * of this tab's sessionStorage.
 * The key of the profile goes first: whatever came in between, the rest could not be read any more. From then on a mark
 * stands until all is gone, so that what was broken off goes on at the next start. Layer: adapters.
 */
import { Fault } from "#node/errors.ts";

/** Databases are named after their network. */
const DATABASES = /^nodus\/\d+\//;
const KEY = /\/key$/;
/** Of caches, localStorage and sessionStorage. */
const OURS = "nodus-";
const BEGUN = `${OURS}wiping`;
/** A connection closes when its transaction has ended; what takes longer is a tab that does not let go. Tier 3. */
const BLOCKED_MS = 5_000;

export async function wipeAll(): Promise<void> {
  const all = await indexedDB.databases();
  const names = all.map(({ name = "" }) => name).filter((name) => DATABASES.test(name));
  for (const name of names.filter((each) => KEY.test(each))) await deleteDatabase(name);
  localStorage.setItem(BEGUN, "1");
  for (const name of names.filter((each) => !KEY.test(each))) await deleteDatabase(name);
  for (const name of await caches.keys()) if (name.startsWith(OURS)) await caches.delete(name);
  await (await navigator.serviceWorker?.getRegistration())?.unregister();
  for (const key of Object.keys(sessionStorage)) if (key.startsWith(OURS)) sessionStorage.removeItem(key);
  const entries = Object.keys(localStorage).filter((key) => key.startsWith(OURS) && key !== BEGUN);
  for (const key of [...entries, BEGUN]) localStorage.removeItem(key);
}

/** Goes on where a page was closed or killed while it deleted; does nothing else. */
export async function finishWipe(): Promise<void> {
  if (localStorage.getItem(BEGUN) !== null) await wipeAll();
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
