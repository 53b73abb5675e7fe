/**
 * Composition root of a bootstrap node: node relay-bootstrap/src/main.ts [--help]. Says on stdout where it can be
 * reached; events go to stderr as JSON lines. SIGTERM and SIGINT end it in order, a second one at once.
 */
import { existsSync } from "node:fs";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { type Config, help, readConfig } from "./config.ts";
import { OperatorError } from "./faults.ts";
import { startPeers } from "./peers.ts";
import type { Relay } from "./relay.ts";

const CORE = fileURLToPath(new URL("../../core-wasm/pkg/nodus_core.js", import.meta.url));
/** Ctrl-C reaches us from the terminal and again from whatever started us; a second one counts only after this. */
const SAME_SIGNAL_MS = 1_000;
const say = (line: string): void => console.log(line);

async function run(config: Config): Promise<void> {
  const ends: (() => Promise<void>)[] = [];
  let endingSince: number | undefined;
  const end = async (): Promise<void> => {
    for (const close of ends.reverse()) await close();
    process.exit(0);
  };
  const started = start(config, ends);
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.on(signal, () => {
      const now = performance.now();
      if (endingSince !== undefined && now - endingSince > SAME_SIGNAL_MS) process.exit(1);
      if (endingSince !== undefined) return;
      endingSince = now;
      void started.then(end, () => undefined); // where it did not start, that is told and ends us
    });
  }
  await started;
}

async function start(config: Config, ends: (() => Promise<void>)[]): Promise<void> {
  if (!existsSync(CORE)) {
    throw new OperatorError("The core (core-wasm/pkg) is missing: check it out again, or build it with: npm run build");
  }
  const { startRelay } = await import("./relay.ts"); // it imports the core, so not before we know that there is one
  const relay = await startRelay(config, "anchor", 0);
  ends.push(relay.close);
  const url = relay.url ?? "";
  if (config.peers > 0) {
    const peers = await startPeers(config, url);
    ends.push(peers.close);
    for (const line of peers.lines) say(line);
  }
  announce(config, relay);
}

function announce(config: Config, relay: Relay): void {
  if (!relay.appBuilt) say("The app is not built, so there is no page to open here: npm run build");
  say(`Nodus runs at ${relay.url} (network ${config.network.name})`);
}

try {
  const config = readConfig(process.argv.slice(2), process.env);
  if (config === "help") say(help());
  else await run(config);
} catch (error) {
  // What the operator can mend is one sentence; all else is a fault of ours and keeps its trace.
  console.error(error instanceof OperatorError ? error.message : error);
  process.exit(1);
}
