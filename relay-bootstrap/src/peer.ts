/** Composition root of a further node (peers.ts): takes its configuration from its parent and ends with it. */
import process from "node:process";
import { Exit, OperatorError } from "./faults.ts";
import { guard } from "./guard.ts";
import type { PeerNews, PeerOrder } from "./peers.ts";
import { type Relay, startRelay } from "./relay.ts";

/** The next ones find their neighbours at once when this one is among them; if it is not by then, they go on. */
const LINK_MS = 5_000;

const { err, exit, onFault } = guard();
let relay: Relay | undefined;
let starting: Promise<void> | undefined;

const tell = (news: PeerNews): void => {
  // A parent that is gone hears nothing; that it is gone ends us.
  if (process.connected) process.send?.(news, undefined, undefined, () => undefined);
};

async function start({ config, role, peer }: PeerOrder): Promise<void> {
  try {
    relay = await startRelay(config, role, peer, err);
    await Promise.race([relay.linked, new Promise((resolve) => setTimeout(resolve, LINK_MS))]);
    tell({ url: relay.url });
  } catch (error) {
    tell(
      error instanceof OperatorError
        ? { sentence: error.message, code: error.code }
        : { sentence: `A peer failed to start: ${String(error)}`, code: Exit.fault },
    );
  }
}

async function end(): Promise<void> {
  await starting;
  await relay?.close();
  await exit(0);
}

onFault(async () => relay?.close());
// A terminal sends Ctrl-C, and its own end, to the whole group; the parent decides, and its end is ours.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => undefined);
process.once("message", (order: PeerOrder) => {
  starting = start(order);
});
process.once("disconnect", () => void end());
