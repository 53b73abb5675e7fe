/** How many connections this process may hold. Layer: relay. */
import { readFileSync } from "node:fs";
import { DESCRIPTORS_KEPT } from "./limits.ts";

/** `wanted`, or fewer where the system gives this process fewer descriptors: one that has none left can neither refuse nor
 * save. Only Linux tells. */
export function socketsAllowed(wanted: number, told = limitsOfProcess()): number {
  const soft = /^Max open files\s+(\d+)/m.exec(told)?.[1];
  if (soft === undefined) return wanted;
  return Math.max(1, Math.min(wanted, Math.max(Number(soft) - DESCRIPTORS_KEPT, Math.floor(Number(soft) / 2))));
}

function limitsOfProcess(): string {
  try {
    return readFileSync("/proc/self/limits", "utf8");
  } catch {
    return ""; // no Linux, or no /proc in this container
  }
}
