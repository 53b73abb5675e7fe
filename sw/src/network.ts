/** The network of this worker's host. A worker cannot read what the page remembers, so it keeps the answer in a cache. */
import { type HostNetwork, hostNetwork } from "#adapters/well-known.ts";

const CACHE = "nodus-network";
const KEY = "/network";

export async function workerNetwork(): Promise<HostNetwork> {
  const cache = await caches.open(CACHE);
  return hostNetwork({
    recall: async () => (await cache.match(KEY))?.json(),
    keep: (told) => cache.put(KEY, new Response(JSON.stringify(told))),
  });
}
