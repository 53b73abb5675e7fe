/** The end of an IndexedDB database. Layer: adapters. */
import { Fault } from "#node/errors.ts";

/** A connection closes when its transaction has ended; what takes longer is a tab that does not let go. Tier 3. */
const BLOCKED_MS = 5_000;

/** Gone when it resolves. Rejects with Fault("busy") where a tab does not let go of it for 5 s; it goes later then. */
export function deleteDatabase(name: string): Promise<void> {
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
