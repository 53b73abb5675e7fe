/** The worker of post-quantum arithmetic. Its orders come from `WorkerCrypto` (adapters/pq.ts), one after the other. */
import { nobleCrypto } from "#adapters/noble.ts";
import type { PqNews, PqOrder } from "#adapters/pq.ts";

const tell = (news: PqNews): void => postMessage(news);

async function work({ id, call, args }: PqOrder): Promise<void> {
  try {
    // The order's type ties the arguments to the call; TypeScript does not follow that through the table.
    const calls = nobleCrypto as unknown as Record<string, (...args: readonly Uint8Array[]) => Promise<unknown>>;
    tell({ id, result: await calls[call]?.(...args) });
  } catch {
    tell({ id, failed: true });
  }
}

addEventListener("message", (event: MessageEvent<PqOrder>) => void work(event.data));
