/** What a store's file must be before it is used: ours, of a version we know, sound. Layer: adapters. */
import { DatabaseSync } from "node:sqlite";
import { StoreFault, storeFault } from "./sqlite-faults.ts";

const SCHEMA = 1;
const TABLE = "CREATE TABLE entries (key TEXT NOT NULL UNIQUE, value BLOB NOT NULL)";
/** B up to which the whole file is checked before it is used (~10 ms); a larger one is checked in slices while it serves. */
const CHECKED_BYTES = 4_194_304;

/** A database ready for use. Writes only where it is new. Throws a StoreFault or what SQLite throws. */
export function openDatabase(path: string, maxPages: number | undefined): DatabaseSync {
  try {
    return opened(path, maxPages, "NORMAL");
  } catch (error) {
    // Connections share an index of the log in a file of its own: where a full disk has no room for that, this one keeps it
    // in memory, alone.
    if (storeFault(error).code !== "storage-full") throw error;
    return opened(path, maxPages, "EXCLUSIVE");
  }
}

function opened(path: string, maxPages: number | undefined, locking: "NORMAL" | "EXCLUSIVE"): DatabaseSync {
  const database = new DatabaseSync(path);
  try {
    database.exec(`PRAGMA busy_timeout = 2000; PRAGMA locking_mode = ${locking}`);
    prepare(database, maxPages);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

function prepare(database: DatabaseSync, maxPages: number | undefined): void {
  const version = numberOf(database, "user_version");
  if (version > SCHEMA) throw new StoreFault("newer");
  const tables = database.prepare("SELECT sql FROM sqlite_schema WHERE type <> 'index'").all();
  const isNew = version === 0 && tables.length === 0;
  if (!isNew && !tables.some(({ sql }) => sql === TABLE)) throw new StoreFault("foreign");
  if (pragmaOf(database, "journal_mode") !== "wal") database.exec("PRAGMA journal_mode = WAL");
  database.exec("PRAGMA synchronous = FULL");
  if (maxPages !== undefined) database.exec(`PRAGMA max_page_count = ${maxPages}`);
  if (version < SCHEMA) {
    database.exec(`BEGIN IMMEDIATE; ${isNew ? TABLE : ""}; PRAGMA user_version = ${SCHEMA}; COMMIT`);
  }
  if (numberOf(database, "page_count") * numberOf(database, "page_size") > CHECKED_BYTES) return;
  const found = pragmaOf(database, "quick_check(1)");
  if (found !== "ok") throw new StoreFault("damaged", "quick_check");
}

const pragmaOf = (database: DatabaseSync, pragma: string): unknown =>
  Object.values(database.prepare(`PRAGMA ${pragma}`).get() ?? {})[0];
const numberOf = (database: DatabaseSync, pragma: string): number => Number(pragmaOf(database, pragma));
