/**
 * What a browser may refuse: a permission, a worker that is gone, a network that is not there. It says so by errors of its
 * own kinds, and the app does without. Every other failure is ours: told in the log, never taken for a refusal.
 * Layer: adapters.
 */
import { consoleLog } from "./log.ts";

/** DOMException: refused or not possible now. TypeError: as fetch and service workers call a network that is not there.
 * SyntaxError: what lies there is not what was kept. */
const REFUSALS = [globalThis.DOMException, TypeError, SyntaxError].filter((kind) => kind !== undefined);

/** What was asked of the browser; `otherwise` where it failed. `where` names it in the log. */
export async function unlessRefused<T, F>(where: string, asked: Promise<T>, otherwise: F): Promise<T | F> {
  try {
    return await asked;
  } catch (error) {
    if (!REFUSALS.some((kind) => error instanceof kind)) tellFault(where, error);
    return otherwise;
  }
}
/** Of what went wrong only its kind: a log may be shown to others. */
function tellFault(where: string, error: unknown): void {
  const { code, name } = (error ?? {}) as { code?: unknown; name?: unknown };
  const kind = [code, name].find((each) => typeof each === "string");
  consoleLog.event("fault", { where, code: (kind as string | undefined) ?? "unknown" });
}
