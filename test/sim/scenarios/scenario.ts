/** What a scenario is: a setting, a story, and figures with what they must be. */
import type { Setting, World } from "../world.ts";

export type Figures = Record<string, number | string | boolean>;
export interface Scenario {
  /** What must hold, in one sentence. */
  readonly claim: string;
  /** Where the command line says nothing else. */
  readonly defaults: { nodes: number; links: number; hours: number; messages: number };
  setting(options: World["options"]): Setting;
  /** Runs the story. `expect` notes a sentence for each thing that did not hold. */
  run(world: World, expect: Expect): Promise<Figures>;
}
type Expect = (holds: boolean, otherwise: string) => void;

export const SECOND_MS = 1_000;
export const MINUTE_MS = 60_000;
export const HOUR_MS = 3_600_000;

export function share(part: number, whole: number): number {
  return whole === 0 ? 1 : Math.round((part / whole) * 1e6) / 1e6;
}
export function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
/** How often each fault ended a message. */
export function faults(sent: readonly { fault: string | undefined }[]): string {
  const counts = new Map<string, number>();
  for (const { fault } of sent) if (fault !== undefined) counts.set(fault, (counts.get(fault) ?? 0) + 1);
  return [...counts].map(([fault, count]) => `${fault} ${count}`).join(", ");
}
