/** What went wrong in SQLite, by what may be done about it (https://sqlite.org/rescode.html). Layer: adapters. */
import { Fault } from "#node/errors.ts";

export type StoreTrouble =
  /** Its bytes are not what SQLite wrote. */
  | "damaged"
  /** Another program's, or a newer version's. */
  | "foreign"
  | "newer"
  /** No room, or the disk takes no more for another reason. */
  | "full"
  /** May be read alone. */
  | "read-only"
  /** Cannot be opened. */
  | "closed-off"
  /** Another program holds it locked. */
  | "busy"
  | "other";

export class StoreFault extends Fault {
  readonly trouble: StoreTrouble;
  /** The system's or SQLite's own word. */
  readonly detail: string;
  constructor(trouble: StoreTrouble, detail = "") {
    super(trouble === "full" ? "storage-full" : "storage-broken", SENTENCES[trouble].replace("%", detail));
    this.trouble = trouble;
    this.detail = detail;
  }
}

const SENTENCES: Readonly<Record<StoreTrouble, string>> = {
  damaged: "This store is damaged (%).",
  foreign: "This is a database of another program.",
  newer: "This store was written by a newer version of the program.",
  full: "The disk, or the share of it given to this node, is full.",
  "read-only": "This store may be read alone.",
  "closed-off": "This store cannot be opened (%).",
  busy: "Another program holds this store locked.",
  other: "SQLite failed (%).",
};

/** By primary code. */
const BY_CODE: Readonly<Record<number, StoreTrouble>> = {
  3: "closed-off", // PERM
  5: "busy",
  6: "busy", // LOCKED
  8: "read-only",
  11: "damaged", // CORRUPT
  13: "full",
  14: "closed-off", // CANTOPEN
  23: "closed-off", // AUTH
  26: "damaged", // NOTADB
};
/** Of IOERR those that come of writing: IOERR_WRITE, _FSYNC, _TRUNCATE, _SHMOPEN, _SHMSIZE, _SHMMAP. A quota and a limit on file sizes end so. */
const WRITING: ReadonlySet<number> = new Set([778, 1_034, 1_546, 4_618, 4_874, 5_386]);

export function storeFault(error: unknown): Fault {
  if (error instanceof Fault) return error;
  if (!(error instanceof Error && "errcode" in error)) return new StoreFault("other", String(error));
  const code = Number(error.errcode);
  return new StoreFault(WRITING.has(code) ? "full" : (BY_CODE[code & 0xff] ?? "other"), String(code));
}
