// Child processes with a voice, a time limit and an end. Built-in modules only: set-up uses this file before anything
// is installed. Not here: what to run (the scripts beside this folder).
import { spawn } from "node:child_process";
import { readdirSync, readFileSync, realpathSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";

export const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** Whether the module at `url` is the script that was started (import.meta.main, which Node 20 does not have). */
export const isMain = (url) => Boolean(process.argv[1]) && realpathSync(process.argv[1]) === fileURLToPath(url);

const TICK_MS = 4000; // a silent child is spoken for at least every 5 s
const GRACE_MS = 5000; // between asking a process group to end and ending it

/** Process groups started by `run` that may still hold processes. */
const groups = new Set();

function signalGroup(pid, signal) {
  try {
    // A group of its own exists only on POSIX; on Windows the child alone is ended.
    process.kill(process.platform === "win32" ? pid : -pid, signal);
    return true;
  } catch {
    return false; // nobody left in it
  }
}

/** Ends every process group that `run` started. For exit paths: synchronous, no mercy. */
function endAll() {
  for (const pid of groups) signalGroup(pid, "SIGKILL");
  groups.clear();
}

/**
 * Ends every process whose environment holds NODUS_RUN=`mark` (browsers put themselves into groups of their own), and
 * names them. Linux only: elsewhere the groups have to do.
 */
export function endMarked(mark) {
  if (process.platform !== "linux") return [];
  const ended = [];
  for (const pid of readdirSync("/proc").map(Number)) {
    if (!pid || pid === process.pid) continue;
    try {
      if (!readFileSync(`/proc/${pid}/environ`, "latin1").split("\0").includes(`NODUS_RUN=${mark}`)) continue;
      ended.push(`${pid} ${readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ").slice(0, 100)}`);
      process.kill(pid, "SIGKILL");
    } catch {
      // gone in between, or another user's
    }
  }
  return ended;
}

let guarded = false;
function guardExit() {
  if (guarded) return;
  guarded = true;
  process.on("exit", endAll);
  for (const [signal, number] of [
    ["SIGINT", 2],
    ["SIGTERM", 15],
    ["SIGHUP", 1],
  ]) {
    process.on(signal, () => {
      for (const pid of groups) signalGroup(pid, signal);
      setTimeout(() => process.exit(128 + number), groups.size ? 1500 : 0);
    });
  }
}

/**
 * Runs a command in a process group of its own and waits for it.
 *
 * `limit` (seconds) is hard: the whole group is ended when it is over, and whatever the command left in its group is
 * ended when it exits. `name` with `tick` prints a line every few seconds while the command is silent. `capture`
 * collects the output (both streams) and shows it only through `onLine` or the result.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ name?: string, limit?: number, tick?: boolean, capture?: boolean, cwd?: string,
 *   env?: NodeJS.ProcessEnv, onLine?: (line: string) => void }} [options]
 * @returns {Promise<{ code: number, output: string, timedOut: boolean, seconds: number }>}
 */
export function run(command, args, options = {}) {
  const { name = command, limit = 600, tick = false, capture = false, onLine } = options;
  guardExit();
  const piped = capture || Boolean(onLine) || tick;
  const started = Date.now();
  return new Promise((done) => {
    const child = spawn(command, args, {
      cwd: options.cwd ?? ROOT,
      env: options.env ?? process.env,
      stdio: ["ignore", piped ? "pipe" : "inherit", piped ? "pipe" : "inherit"],
      detached: process.platform !== "win32",
    });
    let output = "";
    let rest = "";
    let lastSaid = Date.now();
    let timedOut = false;
    const seconds = () => Math.round((Date.now() - started) / 1000);
    const take = (stream) => (chunk) => {
      if (capture) output += chunk;
      else {
        stream.write(chunk);
        lastSaid = Date.now();
      }
      if (!onLine) return;
      const lines = (rest + chunk).split(/\r?\n/);
      rest = lines.pop() ?? "";
      for (const line of lines) onLine(line);
    };
    child.stdout?.setEncoding("utf8").on("data", take(process.stdout));
    child.stderr?.setEncoding("utf8").on("data", take(process.stderr));
    if (child.pid) groups.add(child.pid);

    const ticker = tick
      ? setInterval(() => {
          if (Date.now() - lastSaid >= TICK_MS) {
            console.log(`[${name}] still working (${seconds()} s)`);
            lastSaid = Date.now();
          }
        }, 1000)
      : undefined;
    const deadline = setTimeout(() => {
      timedOut = true;
      console.error(`[${name}] took longer than ${limit} s and is ended`);
      if (child.pid) signalGroup(child.pid, "SIGTERM");
      setTimeout(() => child.pid && signalGroup(child.pid, "SIGKILL"), GRACE_MS).unref();
    }, limit * 1000);

    const finish = (code) => {
      clearInterval(ticker);
      clearTimeout(deadline);
      if (onLine && rest) onLine(rest);
      done({ code: timedOut ? 124 : code, output, timedOut, seconds: (Date.now() - started) / 1000 });
    };
    child.on("error", (error) => {
      console.error(`[${name}] ${error.message}`);
      finish(127);
    });
    child.on("exit", (code, signal) => {
      // Grandchildren that outlive the command would also keep our pipes open.
      if (child.pid) {
        signalGroup(child.pid, "SIGKILL");
        groups.delete(child.pid);
      }
      const end = () => finish(code ?? (signal ? 128 : 1));
      if (piped) {
        const late = setTimeout(end, 1000);
        child.once("close", () => {
          clearTimeout(late);
          end();
        });
      } else end();
    });
  });
}
