/** The worker that searches for proofs of work. Its orders come from `WorkerSolver` (adapters/solver.ts). */
import { coreOf } from "#adapters/core.ts";
import { SliceSolver } from "#adapters/slices.ts";
import type { WorkNews, WorkOrder } from "#adapters/solver.ts";
import { runsSoon } from "#adapters/soon.ts";
import wasmUrl from "../../../core-wasm/pkg/nodus_core_bg.wasm?url";

const tell = (news: WorkNews): void => postMessage(news);

/** Between two slices the worker has to see its messages. */
const pause = runsSoon();

const solver = WebAssembly.compileStreaming(fetch(wasmUrl)).then((module) => new SliceSolver(coreOf(module), pause));
const running = new Map<number, AbortController>();

async function work(order: Extract<WorkOrder, { job: unknown }>, stop: AbortController): Promise<void> {
  const { id, job } = order;
  try {
    const nonce = await (await solver).solve(job, (tried) => tell({ id, tried }), stop.signal);
    tell({ id, nonce });
  } catch {
    if (!stop.signal.aborted) tell({ id, failed: true });
  } finally {
    running.delete(id);
  }
}

addEventListener("message", (event: MessageEvent<WorkOrder>) => {
  const order = event.data;
  if ("cancel" in order) {
    running.get(order.id)?.abort();
    return;
  }
  const stop = new AbortController();
  running.set(order.id, stop);
  void work(order, stop);
});
