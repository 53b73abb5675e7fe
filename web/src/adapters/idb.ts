/**
 * Storage on IndexedDB: one object store of bytes by key. Every save is one transaction of durability "strict", so it
 * resolves after the browser has flushed it. Used by the page and by the service worker.
 */
import { type IDBPDatabase, type IDBPTransaction, openDB } from "idb";
import { Fault } from "#node/errors.ts";
import type { Change, FencedStorage } from "#node/ports.ts";
import { sameBytes } from "./same-bytes.ts";

const STORE = "entries";
/** Entries a portion while reading a range: bounds memory (16 KiB cells: 4 MiB) and the life of one transaction. */
const PORTION = 256;
/** Keys are printable ASCII: nothing that starts with a prefix sorts behind prefix + DEL. */
const LAST = "\x7f";
const QUOTA = "QuotaExceededError";
/** A connection that is closing, a transaction that was undone, and WebKit's word for a database process that is gone. */
const DROPPED: ReadonlySet<string> = new Set(["InvalidStateError", "AbortError", "UnknownError"]);

export class IdbStore implements FencedStorage {
  readonly #name: string;
  #database: Promise<IDBPDatabase> | undefined;
  #closed = false;
  /** The end of the last write that was asked for. */
  #before: Promise<unknown> = Promise.resolve();

  /** `name` of the database; two stores of one name share their entries. */
  constructor(name: string) {
    this.#name = name;
  }

  async load(key: string): Promise<Uint8Array | undefined> {
    return this.#inTurn(async (database) => {
      const transaction = database.transaction(STORE);
      const [value] = await Promise.all([transaction.store.get(key), transaction.done]);
      return bytesOf(value);
    });
  }

  async save(changes: readonly Change[]): Promise<void> {
    return this.#write(async (database) => {
      const transaction = database.transaction(STORE, "readwrite", { durability: "strict" });
      await write(transaction, changes);
    });
  }

  async saveIf(guard: Change, changes: readonly Change[]): Promise<boolean> {
    return this.#write(async (database) => {
      const transaction = database.transaction(STORE, "readwrite", { durability: "strict" });
      // All are asked for at once, and taken back where the guard does not hold: to wait for it first would be one more
      // way to the database and back, behind whatever the page draws.
      let holds = true;
      const looked = transaction.store.get(guard.key).then((found) => {
        holds = sameBytes(bytesOf(found), guard.value);
        if (holds) transaction.commit();
        else transaction.abort();
      });
      const ends = await Promise.allSettled([write(transaction, changes), looked]);
      for (const end of ends) if (holds && end.status === "rejected") throw end.reason;
      return holds;
    });
  }

  async *range(prefix: string): AsyncIterable<{ key: string; value: Uint8Array }> {
    for (let after: string | undefined; ; ) {
      const portion = await this.#inTurn((database) => read(database, prefix, after));
      for (const { key, value } of portion) if (value !== undefined) yield { key, value };
      if (portion.length < PORTION) return;
      after = portion.at(-1)?.key;
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#before;
    const database = await this.#database?.catch(() => undefined);
    database?.close();
  }

  /** After every write that was asked for before: what is tried again never lands on something newer. */
  #inTurn<T>(work: (database: IDBPDatabase) => Promise<T>): Promise<T> {
    if (this.#closed) throw new Fault("closed", "This store was closed.");
    return this.#before.then(() => this.#attempt(work));
  }
  #write<T>(work: (database: IDBPDatabase) => Promise<T>): Promise<T> {
    const done = this.#inTurn(work);
    // Whoever asked hears of a failure; the next write does not depend on it.
    this.#before = done.catch(() => undefined);
    return done;
  }

  /** Once more over a new connection where the engine dropped the one in use. What was kept after all, unheard, is then set
   * to the same values again, and a guard is looked at anew, so nothing is kept twice or past a guard. */
  async #attempt<T>(work: (database: IDBPDatabase) => Promise<T>): Promise<T> {
    try {
      const connection = this.#open();
      try {
        return await work(await connection);
      } catch (error) {
        if (!DROPPED.has(nameOf(error))) throw error;
        this.#forget(connection);
      }
      return await work(await this.#open());
    } catch (error) {
      throw faultOf(error);
    }
  }

  #open(): Promise<IDBPDatabase> {
    if (this.#database) return this.#database;
    const opening = openDB(this.#name, 1, {
      upgrade: (database) => void database.createObjectStore(STORE),
      // A newer version of the app, or the person wiping data, must not wait for this tab.
      blocking: () => this.#forget(opening),
      terminated: () => this.#forget(opening),
    });
    opening.catch(() => this.#forget(opening));
    this.#database = opening;
    return opening;
  }

  /** The next call opens anew: a browser may end a connection at any time, and an open may fail once. */
  #forget(old: Promise<IDBPDatabase>): void {
    if (this.#database === old) this.#database = undefined;
    old.then(
      (database) => database.close(),
      () => undefined,
    );
  }
}

/** All or nothing. Of several errors the one that names the quota is the reason; the others only follow from it. */
const write = async (
  transaction: IDBPTransaction<unknown, [typeof STORE], "readwrite">,
  changes: readonly Change[],
): Promise<void> => {
  const store = transaction.objectStore(STORE);
  const errors: unknown[] = [];
  const hear = (error: unknown): void => void errors.push(error);
  const done = transaction.done.catch(hear);
  try {
    for (const { key, value } of changes) {
      const request: Promise<unknown> = value === undefined ? store.delete(key) : store.put(value, key);
      request.catch(hear);
    }
  } catch (error) {
    hear(error);
    // It may have ended by itself.
    if (transaction.error === null) transaction.abort();
  }
  await done;
  if (errors.length > 0) throw errors.find((error) => nameOf(error) === QUOTA) ?? errors[0];
};

const read = async (database: IDBPDatabase, prefix: string, after: string | undefined) => {
  const range = IDBKeyRange.bound(after ?? prefix, prefix + LAST, after !== undefined, true);
  const transaction = database.transaction(STORE);
  const [keys, values] = await Promise.all([
    transaction.store.getAllKeys(range, PORTION),
    transaction.store.getAll(range, PORTION),
    transaction.done,
  ]);
  return keys.map((key, at) => ({ key: String(key), value: bytesOf(values[at]) }));
};

const bytesOf = (value: unknown): Uint8Array | undefined => (value instanceof Uint8Array ? value : undefined);

const nameOf = (error: unknown): string =>
  error instanceof Error || error instanceof DOMException ? error.name : "unknown";

const faultOf = (error: unknown): Fault => {
  if (error instanceof Fault) return error;
  const name = nameOf(error);
  return name === QUOTA
    ? new Fault("storage-full", "The browser gives this site no more room.")
    : new Fault("storage-broken", `The browser's database failed (${name}).`);
};
