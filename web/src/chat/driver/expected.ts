/**
 * What may be expected of the network: nobody is there, nobody answers, too much is asked at once. Such an end says that
 * nothing was learned, and no more; every other is a fault of ours and is told as one, never as "nobody answered".
 */
import { Fault, type FaultCode } from "#node/errors.ts";
import { type Engine, tellFault } from "./engine.ts";

const EXPECTED: ReadonlySet<FaultCode> = new Set([
  "no-link",
  "no-route",
  "unanswered",
  "busy",
  "backpressure",
  "refused",
  "limit",
  "cancelled",
  "closed",
]);

/** Did a call to the network end as calls do that nobody answers? */
export function isSilence(error: unknown): boolean {
  return error instanceof Fault && EXPECTED.has(error.code);
}

/** The answer; undefined where there was none. What is no silence rejects. */
export async function unlessSilent<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (!isSilence(error)) throw error;
    return undefined;
  }
}
/** The answer; undefined where there was none. What is no silence is told as a fault of `what` and ends like one: work on
 * other boxes goes on. */
export async function answerTo<T>(engine: Engine, what: string, asked: Promise<T>): Promise<T | undefined> {
  try {
    return await unlessSilent(asked);
  } catch (error) {
    tellFault(engine, what, error);
    return undefined;
  }
}
