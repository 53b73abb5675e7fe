/**
 * An error that the operator can mend: its message is one sentence that says what is wrong and what to do, its code is
 * what the process ends with.
 */
export class OperatorError extends Error {
  readonly code: number;
  constructor(sentence: string, code: number = Exit.refused) {
    super(sentence);
    this.name = "OperatorError";
    this.code = code;
  }
}

/** Exit codes, one a kind, for supervisors and scripts. */
export const Exit = {
  /** A flag, a port, a folder that is in use or cannot be made. */
  refused: 1,
  /** The data folder, or a file in it, may not be read or written by this user, or not at all. */
  denied: 10,
  /** The key file is damaged, or of another network. */
  key: 11,
  /** The store is another program's. */
  foreign: 12,
  /** The store was written by a newer version. */
  newer: 13,
  /** No room on the disk for what must be there. */
  full: 14,
  /** A fault of ours (sysexits.h EX_SOFTWARE). */
  fault: 70,
} as const;

/** What the system calls an error, such as ENOSPC. */
export const codeOf = (error: unknown): string =>
  error instanceof Error && "code" in error ? String(error.code) : String(error);
