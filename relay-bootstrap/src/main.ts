/**
 * Composition root of a bootstrap node: node relay-bootstrap/src/main.ts [--help]. Says on stdout where it can be
 * reached; events go to stderr as JSON lines.
 *
 * SIGTERM and SIGINT end it in order, a second one at once. SIGHUP ends it in order where it was started from a terminal,
 * which then was closed; a service has none, and goes on: there is no configuration yet to be read again.
 */
import { existsSync } from "node:fs";
import process from "node:process";
import { isatty } from "node:tty";
import { fileURLToPath } from "node:url";
import { type Config, help, readConfig } from "./config.ts";
import { Exit, OperatorError } from "./faults.ts";
import { guard } from "./guard.ts";
import { lastWords } from "./output.ts";
import { startPeers } from "./peers.ts";
import type { Relay } from "./relay.ts";

const CORE = fileURLToPath(new URL("../../core-wasm/pkg/nodus_core.js", import.meta.url));
/** Ctrl-C reaches us from the terminal and again from whatever started us; a second one counts only after this. */
const SAME_SIGNAL_MS = 1_000;
const { out, err, log, exit, onFault } = guard();
/** Windows sends SIGHUP when a console closes, and ends us whatever we do. */
const endsWithTerminal = process.platform === "win32" || [0, 1, 2].some((fd) => isatty(fd));

async function run(config: Config): Promise<void> {
  const ends: (() => Promise<void>)[] = [];
  let endingSince: number | undefined;
  const close = async (): Promise<void> => {
    for (const end of ends.splice(0).reverse()) await end();
  };
  onFault(close);
  const started = start(config, ends);
  const end = (): void => {
    endingSince ??= performance.now();
    // Where it did not start, that is told and ends us.
    void started.then(
      () => close().then(() => exit(0)),
      () => undefined,
    );
  };
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.on(signal, () => {
      if (endingSince === undefined) end();
      else if (performance.now() - endingSince > SAME_SIGNAL_MS) process.exit(1);
    });
  }
  process.on("SIGHUP", () => {
    if (endsWithTerminal && endingSince === undefined) end();
    else log.event("hangup", { what: "SIGHUP changes nothing here: there is no configuration to be read again." });
  });
  await started;
}

async function start(config: Config, ends: (() => Promise<void>)[]): Promise<void> {
  if (!existsSync(CORE)) {
    throw new OperatorError("The core (core-wasm/pkg) is missing: check it out again, or build it with: npm run build");
  }
  const { startRelay } = await import("./relay.ts"); // it imports the core, so not before we know that there is one
  const relay = await startRelay(config, "anchor", 0, err);
  ends.push(relay.close);
  const url = relay.url ?? "";
  if (config.peers > 0) {
    const peers = await startPeers(config, url);
    ends.push(peers.close);
    for (const line of peers.lines) out.line(line);
  }
  announce(config, relay);
}

function announce(config: Config, relay: Relay): void {
  if (!relay.appBuilt) out.line("The app is not built, so there is no page to open here: npm run build");
  out.line(`Nodus runs at ${relay.url} (network ${config.network.name})`);
}

try {
  const config = readConfig(process.argv.slice(2), process.env);
  if (config === "help") out.line(help());
  else await run(config);
} catch (error) {
  // What the operator can mend is one sentence; all else is a fault of ours and keeps its trace.
  const isTheirs = error instanceof OperatorError;
  lastWords(isTheirs ? error.message : error instanceof Error ? (error.stack ?? error.message) : String(error));
  await exit(isTheirs ? error.code : Exit.fault);
}
