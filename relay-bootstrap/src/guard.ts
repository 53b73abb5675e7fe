/**
 * What every process of the kit does about its output and its own faults: a log ends nothing, and a fault that nobody
 * caught ends it in order, for what it did to our state is unknown. Layer: relay.
 */
import process from "node:process";
import type { Log } from "#node/ports.ts";
import { codeOf, Exit } from "./faults.ts";
import { jsonLog } from "./log.ts";
import { type Output, standard } from "./output.ts";

/** ms that the last lines wait for a slow reader. */
const LAST_LINES_MS = 250;

export interface Guard {
  out: Output;
  err: Output;
  log: Log;
  /** Says the last lines and ends the process. */
  exit(code: number): Promise<void>;
  /** What to do before that on a fault that nobody caught. It may come again meanwhile: then the process ends at once. */
  onFault(end: () => Promise<void>): void;
}

export function guard(): Guard {
  const [out, err] = [standard(1), standard(2)];
  const log = jsonLog(err, Date.now, {});
  let end: (() => Promise<void>) | undefined = async () => undefined;
  const exit = async (code: number): Promise<void> => {
    await Promise.all([out.flushed(LAST_LINES_MS), err.flushed(LAST_LINES_MS)]);
    process.exit(code);
  };
  const fault = async (error: unknown): Promise<void> => {
    log.event("fault", whatOf(error));
    const before = end;
    end = undefined;
    try {
      await before?.();
    } finally {
      if (before === undefined) process.exit(Exit.fault);
      await exit(Exit.fault);
    }
  };
  // A rejection that nobody caught comes here as well.
  process.on("uncaughtException", (error) => void fault(error));
  return {
    out,
    err,
    log,
    exit,
    onFault: (work) => {
      end = work;
    },
  };
}

/** The words of a system's error hold addresses: of those its code alone. */
function whatOf(error: unknown): Record<string, string> {
  if (!(error instanceof Error)) return { what: String(error) };
  const at = (error.stack ?? "").split("\n").filter((line) => /^\s+at /.test(line));
  const what = "code" in error ? codeOf(error) : error.message;
  return { what: `${error.name}: ${what}`, at: at.map((line) => line.trim()).join("; ") };
}
