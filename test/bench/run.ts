/**
 * npm run bench -- [--only core,chat,driver,store,pull,online,ready] [--json]
 * Figures of this machine, each beside what it is to be compared with; the last line is all of them as JSON. Nothing here
 * passes or fails by time; the exit code is 1 only where a part could not be measured. `--only core` takes a minute at
 * most and needs neither network nor browser, and includes chat. `--json` prints nothing but the last line.
 *
 * Work of one thread is told in CPU time, so that a busy machine shows less; all else is time on the wall, and the load
 * stands beside it.
 */
import { execFileSync } from "node:child_process";
import { cpus, loadavg } from "node:os";
import { parseArgs } from "node:util";
import { build } from "../../tools/build.mjs";
import { needChromium } from "../../tools/chromium.mjs";
import { cleanUp } from "../relay/process.ts";
import { line, type Metrics, rounded } from "./figures.ts";

const { values } = parseArgs({
  options: { only: { type: "string", default: "" }, json: { type: "boolean", default: false } },
});

/** Constants, not measured here: nodenet in Go on a machine of this class, by its own benchmarks. */
const NODENET = {
  forward_known_64_ns: "nodenet in Go, constant: 338 ns with one link and no rate limit, ~1,100 ns at 64",
  decide_64_ns: "nodenet in Go, constant: 519 ns",
  decide_256_ns: "nodenet in Go, constant: 2,039 ns",
  encode_ns: "nodenet in native Go, constant: 19 ns",
  decode_ns: "nodenet in native Go, constant: 30 ns",
};

interface Part {
  name: string;
  what: string;
  browser: boolean;
  measure(): Promise<Metrics>;
  /** What stands beside a figure: something measured in the same run, or a constant that says so. */
  beside(figures: Metrics): Record<string, string>;
}
const PARTS: readonly Part[] = [
  {
    name: "core",
    what: "the WASM core, called from JavaScript; CPU time",
    browser: false,
    measure: async () => {
      const { coreMetrics } = await import("./core.ts");
      const { rivalMetrics } = await import("./rivals.ts");
      return { ...(await coreMetrics()), ...(await rivalMetrics()) };
    },
    beside: (f) => ({
      ...NODENET,
      forward_cold_64_ns: "each origin seen for the first time, so its work is checked",
      pow_hashes_per_s: `noble BLAKE2b: ${text(f["noble_pow_hashes_per_s"])} in this run`,
      ed25519_verify_us:
        `WebCrypto ${text(f["webcrypto_ed25519_verify_us"])} us, noble ` +
        `${text(f["noble_ed25519_verify_us"])} us in this run`,
    }),
  },
  {
    name: "chat",
    what: "end-to-end code in Node, post-quantum arithmetic in the same thread",
    browser: false,
    measure: async () => (await import("./chat.ts")).chatMetrics(),
    beside: () => ({ first_contact_open_ms: "a page does this in a worker" }),
  },
  {
    name: "driver",
    what: "a chat of 10,000 texts, and 1,000 cells that waited; network in memory, a disk of 1 ms on a virtual clock",
    browser: false,
    measure: async () => (await import("./driver.ts")).driverMetrics(),
    beside: () => ({ waiting_1000_disk_ms: "virtual: round trips of 5 ms, and one for each save" }),
  },
  {
    name: "store",
    what: "a cell of 2 KiB to eight holders, nine bootstrap processes on this machine",
    browser: false,
    measure: async () => (await import("./store.ts")).storeMetrics(),
    beside: () => ({
      store8_p95_ms: "each to a new address: its holders are searched first",
      store8_same_box_p95_ms: "all to one address",
      store8_fewer: "of 200 found fewer than eight holders; not in the times",
    }),
  },
  {
    name: "pull",
    what: "1,000 texts of two days from the mailboxes into the history, all clocks moved a day in between",
    browser: false,
    measure: async () => (await import("./pull.ts")).pullMetrics(say),
    beside: () => ({ pull_1000_cells: "cells into which the outbox had packed them" }),
  },
  {
    name: "online",
    what: "a text between two Chromium processes over their data channel, Enter to bubble",
    browser: true,
    measure: async () => (await import("./online.ts")).onlineMetrics(),
    beside: (f) => ({
      online_message_p50_ms: `bare data channel, there and back: ${text(f["data_channel_round_trip_p50_ms"])} ms`,
    }),
  },
  {
    name: "ready",
    what: "first paint to a list of chats, a node of 22 bits and a verified link; 20 new profiles",
    browser: true,
    measure: async () => (await import("./ready.ts")).readyMetrics(),
    beside: () => ({}),
  },
];

function text(value: number | undefined): string {
  return value === undefined ? "not measured" : String(rounded(value));
}
const unitOf = (name: string): string => /_(ns|us|ms)$/.exec(name)?.[1] ?? (name.endsWith("_per_s") ? "1/s" : "");
const say = (words: string): void => {
  if (!values.json) console.log(words);
};
const load = (): string => loadavg()[0]?.toFixed(1) ?? "";

function commit(): string {
  try {
    return execFileSync("git", ["rev-parse", "--short", "HEAD"], { encoding: "utf8", stdio: "pipe" }).trim();
  } catch {
    return "unknown";
  }
}

const wanted = values.only.split(",").filter(Boolean);
const strange = wanted.filter((name) => !PARTS.some((part) => part.name === name));
if (strange.length > 0) throw new Error(`--only takes ${PARTS.map(({ name }) => name).join(", ")}, not ${strange}`);
if (wanted.includes("core")) wanted.push("chat");
const parts = PARTS.filter(({ name }) => wanted.length === 0 || wanted.includes(name));
for (const signal of ["SIGINT", "SIGTERM"] as const)
  process.once(signal, () => void cleanUp().then(() => process.exit(1)));

const metrics: Metrics = {};
const failed: string[] = [];
say(`commit ${commit()}, Node ${process.versions.node}, ${cpus().length} cores, load ${load()}`);
if (parts.some(({ browser }) => browser)) {
  const { log } = console;
  if (values.json) console.log = console.error; // what the build says is not the last line
  process.env["NODUS_CHROMIUM"] = await needChromium();
  await build();
  console.log = log;
}
for (const part of parts) {
  say(`\n${part.name}: ${part.what}`);
  try {
    const figures = await part.measure();
    const beside = part.beside(figures);
    for (const [name, value] of Object.entries(figures)) {
      metrics[name] = rounded(value);
      say(line(name, value, unitOf(name), beside[name]));
    }
  } catch (error) {
    failed.push(part.name);
    console.error(`${part.name} could not be measured:`, error);
  }
  say(`load ${load()}`);
}
console.log(JSON.stringify({ metrics, failed, commit: commit(), load: Number(load()) }));
process.exit(failed.length > 0 ? 1 : 0);
