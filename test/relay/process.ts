/** Starts real bootstrap nodes for tests: node relay-bootstrap/src/main.ts in processes of their own. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

const SCRIPT = join(import.meta.dirname, "../../relay-bootstrap/src/main.ts");
/** Below the ports that Linux gives to connections of its own accord: what is free there stays free. */
const PORTS = { first: 10_000, count: 20_000 };
/** Generous: two busy cores, and a node looks for new neighbours once a minute. */
const LIMIT_MS = 90_000;
/** A network of the test's own, whose keys are solved in no time. */
const NETWORK = ["--network", "nodus/1/test", "--bits", "8"];

export interface Running {
  url: string;
  data: string;
  child: ChildProcess;
  /** What it has written so far. */
  stdout(): string;
  stderr(): string;
  stop(signal?: NodeJS.Signals): Promise<number | string>;
}

const folders: string[] = [];
const children = new Set<ChildProcess>();

export async function freshFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "nodus-relay-"));
  folders.push(folder);
  return folder;
}

/** The first of so many free TCP ports in a row, for nodes that are to come back on them. */
export async function freePorts(count: number): Promise<number> {
  for (;;) {
    const first = PORTS.first + Math.floor(Math.random() * PORTS.count);
    const free = await Promise.all(Array.from({ length: count }, (_, at) => isFree(first + at)));
    if (free.every(Boolean)) return first;
  }
}
const isFree = (port: number): Promise<boolean> =>
  new Promise((done) => {
    const server = createServer();
    server.once("error", () => done(false));
    server.listen(port, () => server.close(() => done(true)));
  });

/** Ends all that this file started, and removes what it left; for afterEach. */
export async function cleanUp(): Promise<void> {
  await Promise.all([...children].map((child) => exit(child, "SIGKILL")));
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
}

/** A process with these arguments, whatever becomes of it. */
export function launch(args: readonly string[], env: Record<string, string> = {}): Omit<Running, "url" | "data"> {
  const child = spawn(process.execPath, [SCRIPT, ...args], {
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  children.add(child);
  child.once("exit", () => children.delete(child));
  const text = { stdout: "", stderr: "" };
  child.stdout?.on("data", (data) => {
    text.stdout += data;
  });
  child.stderr?.on("data", (data) => {
    text.stderr += data;
  });
  return {
    child,
    stdout: () => text.stdout,
    stderr: () => text.stderr,
    stop: (signal = "SIGTERM") => exit(child, signal),
  };
}

/** A node that runs: on a free port, in a folder of its own unless told otherwise. */
export async function start(args: readonly string[] = [], env: Record<string, string> = {}): Promise<Running> {
  const given = (flag: string): string | undefined => args[args.indexOf(flag) + 1 || args.length];
  const data = given("--data") ?? (await freshFolder());
  const own = [
    ...(given("--port") ? [] : ["--port", "0"]),
    ...(given("--data") ? [] : ["--data", data]),
    ...(given("--network") ? [] : NETWORK),
  ];
  const running = launch([...own, ...args], env);
  const found = (): string | undefined => /runs at (\S+)/.exec(running.stdout())?.[1];
  await until(() => found() !== undefined || running.child.exitCode !== null, running.stderr);
  const url = found();
  if (!url) throw new Error(`it did not start: ${running.stderr()}`);
  return { ...running, url, data };
}

export async function until(done: () => boolean | Promise<boolean>, about: () => string = () => ""): Promise<void> {
  const end = Date.now() + LIMIT_MS;
  while (!(await done())) {
    if (Date.now() > end) throw new Error(`it never happened: ${about()}`);
    await new Promise((next) => setTimeout(next, 20));
  }
}

/** Its exit code, or the signal that ended it. */
export function exit(child: ChildProcess, signal?: NodeJS.Signals): Promise<number | string> {
  return new Promise((resolve) => {
    const ended = (): void => resolve(child.exitCode ?? child.signalCode ?? "");
    if (child.exitCode !== null || child.signalCode !== null) return ended();
    child.once("exit", ended);
    if (signal) child.kill(signal);
  });
}
