/** Small files of the data folder: read, made whole, and every reason why not as a sentence. Layer: relay. */
import {
  accessSync,
  closeSync,
  constants,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname } from "node:path";
import process from "node:process";
import { codeOf, Exit, OperatorError } from "./faults.ts";

/** Undefined where nothing is there. Throws where it is no file: a pipe or a folder in its place would hang or fail. */
export function statOf(path: string): Stats | undefined {
  let stats: Stats | undefined;
  try {
    stats = statSync(path, { throwIfNoEntry: false });
  } catch (error) {
    throw unusable(path, error);
  }
  if (stats === undefined || stats.isFile()) return stats;
  const what = stats.isDirectory() ? "a folder" : "no file";
  throw new OperatorError(`${path} is ${what}: move it away, a file of this node belongs there.`, Exit.denied);
}

/** Undefined where there is none. */
export function readPlain(path: string): Buffer | undefined {
  if (statOf(path) === undefined) return undefined;
  try {
    return readFileSync(path);
  } catch (error) {
    throw unusable(path, error);
  }
}

/** Throws where this user may not write what is there. SQLite would open such a file, and fail with the first cell. */
export function mustBeWritable(path: string): void {
  try {
    accessSync(path, constants.R_OK | constants.W_OK);
  } catch (error) {
    if (codeOf(error) !== "ENOENT") throw unusable(path, error);
  }
}

/** On disk in full or not at all, and never readable by others. */
export function writeWhole(path: string, content: string | Uint8Array): void {
  const fresh = `${path}.new`;
  try {
    const file = openSync(fresh, "w", 0o600);
    try {
      writeFileSync(file, content); // all of it: a disk that is nearly full takes a part first, without an error
      fsyncSync(file);
    } catch (error) {
      rmSync(fresh, { force: true }); // part of a secret may be in it
      throw error;
    } finally {
      closeSync(file);
    }
    renameSync(fresh, path);
    syncFolder(dirname(path));
  } catch (error) {
    throw unusable(path, error);
  }
}

/** A new name is on disk only with its folder. Windows opens no folder, and needs none of this. */
function syncFolder(folder: string): void {
  if (process.platform === "win32") return;
  const handle = openSync(folder, "r");
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/** What to do about a file that the system refuses. */
export function unusable(path: string, error: unknown): OperatorError {
  const code = codeOf(error);
  const [what, exit] = REASONS[code] ?? [
    `cannot be used (${code}): mend that, or choose another folder with --data.`,
    Exit.denied,
  ];
  return new OperatorError(`${path} ${what}`, exit);
}

export const noRoom = (path: string): OperatorError => new OperatorError(`${path} ${NO_ROOM}`, Exit.full);

const NO_ROOM = "cannot be written, the disk or this user's share of it is full: free some, then start again.";
const NO_RIGHT =
  "is closed to this user: give it to the user that runs the node (chown), or choose another folder with --data.";
const REASONS: Readonly<Record<string, readonly [string, number]>> = {
  EACCES: [NO_RIGHT, Exit.denied],
  EPERM: [NO_RIGHT, Exit.denied],
  EROFS: ["is on a disk that is read-only: mount it for writing, or choose another folder with --data.", Exit.denied],
  ENOTDIR: ["lies below a file: choose another folder with --data.", Exit.refused],
  EISDIR: ["is a folder: move it away, a file of this node belongs there.", Exit.denied],
  ENOSPC: [NO_ROOM, Exit.full],
  EDQUOT: [NO_ROOM, Exit.full],
  EFBIG: [NO_ROOM, Exit.full],
};
