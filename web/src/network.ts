/** The network of this page's host, remembered in localStorage. */
import { type HostNetwork, hostNetwork as networkOf } from "#adapters/well-known.ts";

const KEY = "nodus-network";

export function hostNetwork(): Promise<HostNetwork> {
  return networkOf({
    recall: async () => JSON.parse(localStorage.getItem(KEY) ?? ""),
    keep: async (told) => localStorage.setItem(KEY, JSON.stringify(told)),
  });
}

export type { HostNetwork };
