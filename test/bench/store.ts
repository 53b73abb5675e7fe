/**
 * Cells to eight holders over a real network of this machine: nine bootstrap processes, and a node in this one that puts.
 * From the call, its stamp and signature included, until eight signed receipts are here.
 */
import type { Box, Node } from "#node/api.ts";
import { box, cell, client } from "../relay/client.ts";
import { cleanUp, start } from "../relay/process.ts";
import { type Metrics, median, quantile } from "./figures.ts";
import { settled } from "./network.ts";

const CELLS = 100;
/** The first and its eight peers. */
const NODES = 9;

/** First to boxes never used before, as the first text of a day to a contact; then all to one box. */
export async function storeMetrics(): Promise<Metrics> {
  try {
    const relay = await start(["--peers", "8"]);
    const node = await client([relay.url]);
    await settled(node, NODES);
    await puts(node, 10, box); // warm
    const fresh = await puts(node, CELLS, box);
    const same = box();
    const again = await puts(node, CELLS, () => same);
    await node.close();
    return {
      store8_p50_ms: median(fresh.times),
      store8_p95_ms: quantile(fresh.times, 0.95),
      store8_same_box_p95_ms: quantile(again.times, 0.95),
      store8_fewer: fresh.fewer + again.fewer,
    };
  } finally {
    await cleanUp();
  }
}

/** One after the other. `fewer`: how many ended with fewer than eight copies; they are counted, not timed. */
async function puts(node: Node, count: number, where: () => Box): Promise<{ times: number[]; fewer: number }> {
  const times: number[] = [];
  let fewer = 0;
  for (let at = 0; at < count; at++) {
    const target = where();
    const bytes = cell();
    const started = performance.now();
    const { held } = await node.put(target, bytes, "write");
    if (held < 8) fewer++;
    else times.push(performance.now() - started);
  }
  return { times, fewer };
}
