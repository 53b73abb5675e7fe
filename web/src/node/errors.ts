/** Errors that callers of the runtime can tell apart: named by fault and by what may be done next, one sentence each. */
export type FaultCode =
  | "no-link" // no live edge: wait for a link
  | "no-route" // nobody nearer to the target: try again later
  | "unanswered" // every try ran out of time: try again later
  | "busy" // own queue full: try again when something finished
  | "backpressure" // the link takes no more now
  | "too-large" // never fits: split it
  | "work-unmet" // proof of work below what the network asks
  | "refused" // the other side's policy
  | "used-twice" // somebody else was let in by the same invite: ask the person, then say so
  | "limit" // own policy
  | "storage-full" // the disk has no room: free some
  | "storage-broken" // the disk does not answer: restart
  | "storage-gone" // the disk was emptied by somebody else: begin anew
  | "cancelled"
  | "closed"
  | "malformed"
  | "foreign-network"
  | "unsupported";

export class Fault extends Error {
  readonly code: FaultCode;
  constructor(code: FaultCode, sentence: string) {
    super(sentence);
    this.name = "Fault";
    this.code = code;
  }
}
