/**
 * Deletes all that this app keeps in this browser: its databases, caches, service worker, and entries of localStorage and
 * of this tab's sessionStorage.
 * What holds the keys of the identity goes first: whatever comes in between, nobody is that person here any more. A mark
 * stands from before that until all is gone, so that what was broken off goes on at the next start. Layer: adapters.
 */
import { eraseDatabases } from "./idb-delete.ts";

/** Databases are named after their network. */
const DATABASES = /^nodus\/\d+\//;
/** They hold keys: their own, and those of the identity. */
const KEYS = /\/(key|secrets-\d+|history-\d+)$/;
/** Of caches, localStorage and sessionStorage. */
const OURS = "nodus-";
const BEGUN = `${OURS}wiping`;

export async function wipeAll(): Promise<void> {
  const all = await indexedDB.databases();
  const names = all.map(({ name = "" }) => name).filter((name) => DATABASES.test(name));
  const keys = names.filter((name) => KEYS.test(name)).sort(lastFirst);
  localStorage.setItem(BEGUN, "1");
  await eraseDatabases(keys.slice(0, 1));
  await eraseDatabases([...keys.slice(1), ...names.filter((each) => !KEYS.test(each))]);
  for (const name of await caches.keys()) if (name.startsWith(OURS)) await caches.delete(name);
  await (await navigator.serviceWorker?.getRegistration())?.unregister();
  for (const key of Object.keys(sessionStorage)) if (key.startsWith(OURS)) sessionStorage.removeItem(key);
  const entries = Object.keys(localStorage).filter((key) => key.startsWith(OURS) && key !== BEGUN);
  for (const key of [...entries, BEGUN]) localStorage.removeItem(key);
}

/** secrets-<n>, then key, then history-<n>. */
const lastFirst = (a: string, b: string): number => (a < b ? 1 : -1);

/** Goes on where a page was closed or killed while it deleted; does nothing else. */
export async function finishWipe(): Promise<void> {
  if (localStorage.getItem(BEGUN) !== null) await wipeAll();
}
