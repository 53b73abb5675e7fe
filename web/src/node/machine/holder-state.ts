/** What the parts of a holder share, and the few effects that all of them make. */
import type { Effect } from "../event.ts";
import { AnswerCode } from "../messages.ts";
import type { Change } from "../ports.ts";
import type { Judge, Refused } from "./holder-check.ts";
import { HolderIndex } from "./holder-index.ts";
import { refuseTo, type Waiter } from "./holder-reply.ts";
import { Watches } from "./holder-watches.ts";
import type { Context } from "./machine.ts";

export type HolderContext = Pick<Context, "core" | "network" | "time" | "self" | "limits" | "serial">;

export interface HolderState {
  readonly context: HolderContext;
  readonly judge: Judge;
  readonly index: HolderIndex;
  readonly watches: Watches;
}

export const newHolderState = (context: HolderContext): HolderState => ({
  context,
  judge: { core: context.core, network: context.network, holder: context.self.nodeId },
  index: new HolderIndex(),
  watches: new Watches(),
});

/** A request waits for the disk or for nobody: the number of those that wait is bounded. */
export const WAITING = 1_024;

/** A save that nobody waits for: should it fail, the next start or sweep removes the same entries again. */
export const forget = ({ context }: HolderState, changes: Change[]): Effect[] =>
  changes.length === 0 ? [] : [{ type: "save", save: context.serial(), changes }];

const NAMES = new Map<number, string>(Object.entries(AnswerCode).map(([name, code]) => [code, name]));
/** A refusal, counted by its reason. */
export const refuse = (to: Waiter, { code, body }: Omit<Refused, "ok">): Effect[] => [
  count(`refused.${NAMES.get(code) ?? code}`),
  refuseTo(to, code, body),
];

export const count = (counter: string, by = 1): Effect => ({ type: "count", counter, by });
