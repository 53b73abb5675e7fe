/** One attack on one node: what it holds before, how newcomers fare meanwhile, and what it still holds afterwards. */
import { type ChildProcess, fork } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Network } from "#node/api.ts";
import { exit, launch, type Running, until } from "../relay/process.ts";
import type { Stranger } from "../relay/stranger.ts";
import type { Order, Tally } from "./attacker.ts";
import type { AttackName } from "./attacks.ts";
import { visit, type Way } from "./newcomer.ts";

export interface Plan {
  network: Network;
  proxy: boolean;
  /** What newcomers open first. */
  page: string;
  seconds: number;
  sockets: number;
  /** Keys with the network's work: the attacker's and the newcomer's. */
  keys: { attacker: Stranger; newcomer: Stranger };
  /** Where the nodes' own key is kept once the first has made it. */
  folder: string;
  tell(line: string): void;
}
export interface Result {
  descriptors_before: number;
  descriptors_after: number;
  /** ms of the slowest newcomer; NEVER_MS where one did not get in. */
  newcomer_ms: number;
}

const HOST = "127.0.0.1";
const ATTACKER = "127.0.0.2";
const NEWCOMER = "127.0.0.3";
/** A newcomer waits no longer. */
const NEVER_MS = 10_000;
/** ms that the attacker has to begin all its connections: on a busy machine that takes it longer than the attack. */
const GATHERING_MS = 20_000;
/** Connections that the attacker begins in a second: it leaves some of the machine to those who are attacked. The proxy here
 * asks the node anew for each, so it carries some 800 on a machine of its own: what waits for it waits for no node. */
const PER_SECOND = { direct: 1_000, proxy: 400 };
const BETWEEN_MS = 500;
/** ms in which the last connections have to go: the longest deadline of the listener, and some. */
const AFTERWARDS_MS = 60_000;
/** ms for which the count of descriptors has to stay. */
const STILL_MS = 700;
const NS_PER_MS = 1e6;
const KEY_FILE = "node.key";

/** Throws where the node cannot be started. */
export async function siege(attack: AttackName, plan: Plan): Promise<Result> {
  const data = mkdtempSync(join(tmpdir(), "nodus-hostile-"));
  const children: ChildProcess[] = [];
  const helper = async (script: string): Promise<ChildProcess> => {
    const child = fork(join(import.meta.dirname, script), {
      stdio: ["ignore", "ignore", "inherit", "ipc"],
      serialization: "advanced",
    });
    children.push(child);
    await new Promise((ready) => child.once("message", ready));
    return child;
  };
  const node = begin(plan, data);
  children.push(node.child);
  try {
    const url = new URL(await runs(node));
    keepKey(plan, data);
    const port = plan.proxy ? await portOf(await helper("proxy.ts"), Number(url.port)) : Number(url.port);
    const binding = `ws://localhost:${url.port}`;
    const { network, page, keys } = plan;
    const way: Way = { host: HOST, port, from: NEWCOMER, page, network, binding, key: keys.newcomer };
    const descriptors = (): number => descriptorsOf(node.child.pid);
    if ((await visit(way, NEVER_MS)) === undefined) throw new Error("nobody gets in even without an attack");
    const before = await still(descriptors);

    const attacker = await helper("attacker.ts");
    const target = {
      ...way,
      key: keys.attacker,
      large: largest(await (await fetch(new URL("/sw.js", url))).text()),
    };
    const perSecond = plan.proxy ? PER_SECOND.proxy : PER_SECOND.direct;
    attacker.send({ attack, target, from: ATTACKER, sockets: plan.sockets, perSecond } satisfies Order);
    const slowest = await watch(attack, plan, attacker, way, node.child.pid);
    await exit(attacker, "SIGKILL");
    const after = await gone(descriptors, before, plan.tell);
    return { descriptors_before: before, descriptors_after: after, newcomer_ms: Math.round(slowest) };
  } finally {
    await Promise.all(children.map((child) => exit(child, "SIGKILL")));
    rmSync(data, { recursive: true, force: true });
  }
}

/** One newcomer after the other for as long as the attack lasts. */
async function watch(attack: string, plan: Plan, attacker: ChildProcess, way: Way, pid: number | undefined) {
  let tally: Tally = { begun: 0, opened: 0, ended: 0 };
  attacker.on("message", (news: Tally) => {
    tally = news;
  });
  const begun = performance.now();
  let end = begun + GATHERING_MS + plan.seconds * 1_000;
  let gathered = false;
  let slowest = 0;
  while (performance.now() < end) {
    if (!gathered && tally.begun >= plan.sockets) {
      gathered = true;
      end = Math.min(end, performance.now() + plan.seconds * 1_000);
    }
    await sleep(BETWEEN_MS);
    const waited = waitedMs(pid);
    const took = (await visit(way, NEVER_MS)) ?? NEVER_MS;
    slowest = Math.max(slowest, took);
    plan.tell(
      `${attack}: ${tally.begun} connections begun, ${tally.opened} opened, ${tally.ended} over; ` +
        `${descriptorsOf(pid)} descriptors; a newcomer took ${Math.round(took)} ms, ` +
        `in which the node waited ${Math.round(waitedMs(pid) - waited)} ms for a processor`,
    );
  }
  return slowest;
}

function begin(plan: Plan, data: string): Pick<Running, "child" | "stdout" | "stderr" | "stop"> {
  mkdirSync(data, { recursive: true, mode: 0o700 });
  const key = join(plan.folder, KEY_FILE);
  if (existsSync(key)) copyFileSync(key, join(data, KEY_FILE));
  const { name } = plan.network;
  const proxied = plan.proxy ? ["--trusted-proxy", HOST] : [];
  return launch(["--port", "0", "--data", data, "--network", name, ...proxied]);
}

async function runs({ child, stdout, stderr }: ReturnType<typeof begin>): Promise<string> {
  const found = (): string | undefined => /runs at (\S+)/.exec(stdout())?.[1];
  await until(() => found() !== undefined || child.exitCode !== null, stderr);
  const url = found();
  if (!url) throw new Error(`The node did not start: ${stderr().trim()}`);
  return url.replace("localhost", HOST);
}

/** The next node takes the key of the first: a node each, but the work once. */
function keepKey(plan: Plan, data: string): void {
  copyFileSync(join(data, KEY_FILE), join(plan.folder, KEY_FILE));
}

function portOf(proxy: ChildProcess, port: number): Promise<number> {
  proxy.send({ host: HOST, port });
  return new Promise((resolve) => proxy.once("message", (news: { port: number }) => resolve(news.port)));
}

/** The core: larger than what the system buffers when it is asked for several times. The worker's script names it. */
const largest = (worker: string): string => `/${/assets\/[\w-]+\.wasm/.exec(worker)?.[0] ?? ""}`;

const descriptorsOf = (pid: number | undefined): number => readdirSync(`/proc/${pid}/fd`).length;

/** ms that it could have run and others did: on a machine that is shared, what newcomers wait for is often this. */
const waitedMs = (pid: number | undefined): number =>
  Number(readFileSync(`/proc/${pid}/schedstat`, "utf8").split(" ")[1]) / NS_PER_MS;

/** The count when it has stayed the same for a while. */
async function still(descriptors: () => number): Promise<number> {
  let count = descriptors();
  const end = performance.now() + AFTERWARDS_MS;
  for (let since = performance.now(); performance.now() - since < STILL_MS && performance.now() < end; ) {
    await sleep(BETWEEN_MS / 5);
    const now = descriptors();
    if (now !== count) since = performance.now();
    count = now;
  }
  return count;
}

/** The count when it is what it was, or when the deadlines have passed. */
async function gone(descriptors: () => number, before: number, tell: (line: string) => void): Promise<number> {
  const begun = performance.now();
  while (descriptors() !== before && performance.now() - begun < AFTERWARDS_MS) await sleep(BETWEEN_MS / 5);
  tell(
    `the attacker is gone; ${descriptors()} descriptors after ${((performance.now() - begun) / 1_000).toFixed(1)} s`,
  );
  return descriptors();
}
