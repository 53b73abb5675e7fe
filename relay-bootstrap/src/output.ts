/**
 * Lines to stdout or stderr, whatever is behind it: a file, a pipe, a terminal, nobody. Layer: relay.
 *
 * 1. Nothing throws, and nothing waits: a reader that is gone, a full disk or a stopped terminal costs lines alone.
 * 2. What waits for a slow reader is bounded; what does not fit is dropped and counted.
 * 3. Lines stay whole: one that was cut by a full disk is ended before the next.
 */
import { constants, openSync, writeSync } from "node:fs";
import process from "node:process";
import { isatty } from "node:tty";
import { codeOf } from "./faults.ts";

/** B that wait for a slow reader: some 1,500 lines. */
const WAITING_BYTES = 262_144;
/** ms until a reader that took no more is asked again. */
const AGAIN_MS = 200;

export interface Lines {
  line(text: string): void;
  /** Lines that nobody got, since the start. */
  readonly lost: number;
}

export class Output implements Lines {
  readonly #fd: number;
  readonly #write: typeof writeSync;
  #waiting: Buffer[] = [];
  #bytes = 0;
  #lost = 0;
  /** A line that was lost stands there in part. */
  #isTorn = false;
  /** The first of those that wait has been taken in part. */
  #isBegun = false;
  #timer: NodeJS.Timeout | undefined;
  #emptied: (() => void) | undefined;

  /** `write` stands in for the system's in tests. */
  constructor(fd: number, write: typeof writeSync = writeSync) {
    this.#fd = fd;
    this.#write = write;
  }

  get lost(): number {
    return this.#lost;
  }

  line(text: string): void {
    const bytes = Buffer.from(`${text}\n`);
    if (this.#bytes + bytes.length > WAITING_BYTES) {
      this.#lost++;
      return;
    }
    this.#waiting.push(bytes);
    this.#bytes += bytes.length;
    if (this.#timer === undefined) this.#flush();
  }

  /** Waits for a slow reader, at most so many ms: before the process ends. */
  flushed(ms: number): Promise<void> {
    if (this.#waiting.length === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#emptied = resolve;
      setTimeout(resolve, ms).unref();
    });
  }

  #flush(): void {
    this.#timer = undefined;
    while (this.#waiting[0] !== undefined) {
      const result = this.#put(this.#waiting[0]);
      if (result === "later") {
        this.#timer = setTimeout(() => this.#flush(), AGAIN_MS).unref();
        return;
      }
      if (result === "lost") this.#lost++;
      this.#bytes -= this.#waiting.shift()?.length ?? 0;
    }
    this.#emptied?.();
  }

  #put(bytes: Buffer): "done" | "later" | "lost" {
    let at = 0;
    try {
      if (this.#isTorn) this.#write(this.#fd, "\n");
      this.#isTorn = false;
      while (at < bytes.length) at += this.#write(this.#fd, bytes, at);
      this.#isBegun = false;
      return "done";
    } catch (error) {
      this.#isBegun ||= at > 0;
      if (codeOf(error) === "EAGAIN") {
        this.#waiting[0] = bytes.subarray(at);
        this.#bytes -= at;
        return "later";
      }
      this.#isTorn ||= this.#isBegun;
      this.#isBegun = false;
      return "lost";
    }
  }
}

/** A standard stream, opened so that no write ever waits. */
export function standard(fd: 1 | 2): Output {
  return new Output(unblocked(fd));
}

function unblocked(fd: 1 | 2): number {
  // Node opens pipes and sockets without blocking, once it is asked for the stream, which itself is never written to here.
  const stream = fd === 1 ? process.stdout : process.stderr;
  stream.on("error", () => undefined);
  if (!isatty(fd)) return fd;
  // A terminal may be stopped (Ctrl-S), and Node writes to it and waits. Opened anew it is ours alone to unblock.
  try {
    return openSync(
      fd === 1 ? "/dev/stdout" : "/dev/stderr",
      constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOCTTY,
    );
  } catch {
    return fd; // no such path on this system, or no right to it: as Node has it
  }
}

/** The last words of a process that ends now. */
export function lastWords(text: string): void {
  try {
    writeSync(2, `${text}\n`);
  } catch {
    // nobody is there to be told
  }
}
