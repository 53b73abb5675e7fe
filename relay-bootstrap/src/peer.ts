/** Composition root of a further node (peers.ts): takes its configuration from its parent and ends with it. */
import process from "node:process";
import { OperatorError } from "./faults.ts";
import type { PeerNews, PeerOrder } from "./peers.ts";
import { type Relay, startRelay } from "./relay.ts";

/** The next ones find their neighbours at once when this one is among them; if it is not by then, they go on. */
const LINK_MS = 5_000;

let relay: Relay | undefined;
let starting: Promise<void> | undefined;

const tell = (news: PeerNews): void => {
  if (process.connected) process.send?.(news);
};

async function start({ config, role, peer }: PeerOrder): Promise<void> {
  try {
    relay = await startRelay(config, role, peer);
    await Promise.race([relay.linked, new Promise((resolve) => setTimeout(resolve, LINK_MS))]);
    tell({ url: relay.url });
  } catch (error) {
    tell({ sentence: error instanceof OperatorError ? error.message : `A peer failed to start: ${String(error)}` });
  }
}

async function end(): Promise<void> {
  await starting;
  await relay?.close();
  process.exit(0);
}

// A terminal sends Ctrl-C to the whole group; the parent decides, and its end is ours.
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => undefined);
process.once("message", (order: PeerOrder) => {
  starting = start(order);
});
process.once("disconnect", () => void end());
