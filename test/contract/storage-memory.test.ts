import { MemoryStore } from "#adapters/memory-store.ts";
import { storageContract } from "./storage.ts";

storageContract("memory", () => {
  const values = new Map<string, Uint8Array>();
  return { open: async () => new MemoryStore(values), clear: async () => values.clear() };
});
