/** Failures for which nobody waits: what is expected is named where it is caught, all else is told. Layer: app. */
import { Fault, type FaultCode } from "#node/errors.ts";

/** For `.catch`: quiet where the failure is one of those, else it stands in the console by its kind, without content. */
export function expecting(where: string, ...codes: readonly FaultCode[]): (error: unknown) => void {
  return (error) => {
    const code = error instanceof Fault ? error.code : undefined;
    if (code !== undefined && codes.includes(code)) return;
    console.warn(`[nodus] fault in ${where}:`, code ?? (error instanceof Error ? error.name : "unknown"));
  };
}
