/**
 * Answers of a holder and where they go: to a neighbour that asked for somebody (sealed by the serving side), or to the
 * mailbox of the own node.
 */
import { fromHex } from "../bytes.ts";
import type { AskOutput, ReplyTo, ServeOutput } from "../event.ts";
import { type AnswerBody, AnswerCode } from "../messages.ts";
import type { Tombstone } from "./holder-index.ts";

/** Whoever waits for an answer; `innerId` of the request, `ask` the number our own mailbox gave it. */
export type Waiter =
  | { kind: "remote"; innerId: Uint8Array; reply: ReplyTo }
  | { kind: "own"; innerId: Uint8Array; ask: number };

const answerTo = (to: Waiter, code: number, body: AnswerBody): ServeOutput | AskOutput => {
  const answer = { innerId: to.innerId, code, body };
  return to.kind === "own" ? { type: "asked", ask: to.ask, answer } : { type: "reply", to: to.reply, answer };
};

export const okTo = (to: Waiter, body: AnswerBody): ServeOutput | AskOutput => answerTo(to, AnswerCode.ok, body);

export const refuseTo = (to: Waiter, code: number, body: AnswerBody = { kind: "none" }): ServeOutput | AskOutput =>
  answerTo(to, code, body);

/** That a cell was deleted, with the proof of it. */
export const endedBy = ({ reason, sig }: Pick<Tombstone, "reason" | "sig">): AnswerBody => ({
  kind: "ended",
  reason,
  sig: fromHex(sig, 64) ?? new Uint8Array(64),
});
