import { MemoryDisk } from "#adapters/memory-disk.ts";
import { vaultContract } from "./vault.ts";

vaultContract("memory", () => {
  const databases: MemoryDisk["databases"] = new Map();
  const clear = async (): Promise<void> => databases.clear();
  return { network: "nodus/1/test", disk: () => new MemoryDisk(databases), clear, anew: clear };
});
