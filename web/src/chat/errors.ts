/**
 * What can be wrong with bytes that came from outside, and the result that says so. Opening anything here returns a
 * `Result` and leaves all state as it was; only a caller's own mistake throws, and then a `Fault` of #node/errors.ts.
 */
export type ChatError =
  | "malformed" // no version of this format looks so: drop it
  | "unsupported" // of a newer version: update the app
  | "foreign-network" // of another network: open it there
  | "expired" // past its time: ask for a new one
  | "too-early" // its clock is ahead of ours by more than is forgiven: try again later
  | "not-ours" // no key of ours opens it: try another, or leave it
  | "tampered" // it opened as ours, and then its authenticator failed: drop it
  | "signature" // a signature of its author does not verify: drop it
  | "wrong-identity" // signed well, but not by whom we expected: drop it and say so
  | "own" // made by ourselves: nothing to do
  | "copy" // opened before: delete it from the box
  | "step-used" // sealed by an end that has gone back to an older state: keep it, and begin a new session
  | "too-far-ahead"; // more steps ahead than a chain goes at once: keep it

export type Result<T> = { ok: true; value: T } | { ok: false; error: ChatError };

export function ok<T>(value: T): { ok: true; value: T } {
  return { ok: true, value };
}
export function fail(error: ChatError): { ok: false; error: ChatError } {
  return { ok: false, error };
}
