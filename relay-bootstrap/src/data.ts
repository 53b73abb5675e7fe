/**
 * The data folder: one process at a time; a key file that only its owner reads, the incarnation beside it, the store.
 * Layer: relay.
 */
import { closeSync, mkdirSync, openSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Network, NodeKeys } from "#node/api.ts";
import { StoreFault, storeFault } from "./adapters/sqlite-faults.ts";
import { codeOf, Exit, OperatorError } from "./faults.ts";
import { IncarnationFile } from "./incarnation.ts";
import { closeToOthers, type KeyMaker, makeKeys, readKeys } from "./key-file.ts";
import { mustBeWritable, noRoom, statOf, unusable } from "./plain-file.ts";

export interface DataFolder {
  store: string;
  incarnation: IncarnationFile;
  /** The node key: read, or made once with its proof of work. */
  keys(network: Network, make: KeyMaker): Promise<NodeKeys>;
  close(): void;
}
/** What was found and mended; a sentence each. */
export type Note = (event: string, what: string) => void;

const WAS_OPEN =
  "could be read by other users of this machine and is closed to them now: if one of them may have read it, remove it for a new node.";
const IS_OPEN = "can be read by other users of this machine: make it this user's own (chown) with mode 600.";

/** Throws an OperatorError where the folder cannot be used, or another process uses it. */
export function openData(folder: string, note: Note = () => undefined): DataFolder {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw notMade(folder, codeOf(error));
  }
  mustBeWritable(folder);
  const lock = lockOf(folder);
  try {
    const keyFile = join(folder, "node.key");
    const incarnation = new IncarnationFile(join(folder, "node.incarnation"));
    if (incarnation.isDamaged) {
      note(
        "incarnation_damaged",
        `${join(folder, "node.incarnation")} was damaged and is written anew: nothing is to be done.`,
      );
    }
    return {
      store: join(folder, "store.db"),
      incarnation,
      keys: async (network, make) => {
        const keys = readKeys(keyFile, network, make.core);
        if (keys === undefined) return await makeKeys(keyFile, network, make);
        const others = closeToOthers(keyFile);
        if (others === "closed") note("key_was_open", `${keyFile} ${WAS_OPEN}`);
        if (others === "open") note("key_is_open", `${keyFile} ${IS_OPEN}`);
        return keys;
      },
      close: () => lock.close(),
    };
  } catch (error) {
    lock.close();
    throw error;
  }
}

function notMade(folder: string, code: string): OperatorError {
  const why: Record<string, string> = { EEXIST: "a file is there", ENOTDIR: "it lies below a file" };
  const exit = code === "ENOSPC" || code === "EDQUOT" ? Exit.full : Exit.refused;
  return new OperatorError(
    `The data folder ${folder} cannot be made (${why[code] ?? code}): choose another with --data.`,
    exit,
  );
}

/** A lock that the system lets go however the process ends: two nodes with one key would wreck each other. */
function lockOf(folder: string): DatabaseSync {
  const path = join(folder, "lock.db");
  statOf(path);
  try {
    // The system says why not, SQLite does not. Closed before SQLite locks: closing any handle of a file ends its locks.
    closeSync(openSync(path, "a+", 0o600));
  } catch (error) {
    throw unusable(path, error);
  }
  let lock = locked(path);
  if (lock instanceof StoreFault && lock.trouble === "damaged") {
    // Nothing is ever in it. Emptied where it is: a new file in its place could be locked beside the old one.
    truncateSync(path);
    lock = locked(path);
  }
  if (!(lock instanceof StoreFault)) return lock;
  if (lock.trouble === "busy") {
    throw new OperatorError(
      `A node already runs on the data folder ${folder}: end it, or choose another folder with --data.`,
    );
  }
  if (lock.trouble === "full") throw noRoom(path);
  throw new OperatorError(
    `${path} cannot be locked (SQLite ${lock.detail}): make the folder writable for this user, and remove that file while no node runs.`,
    Exit.denied,
  );
}

/** The lock, or why there is none. */
function locked(path: string): DatabaseSync | StoreFault {
  let lock: DatabaseSync | undefined;
  try {
    lock = new DatabaseSync(path);
    // No journal on disk: a full one must not keep a node from starting.
    lock.exec("PRAGMA busy_timeout = 0; PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE");
    return lock;
  } catch (error) {
    lock?.close();
    const fault = storeFault(error);
    if (fault instanceof StoreFault) return fault;
    throw error;
  }
}
