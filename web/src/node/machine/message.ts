/**
 * `Node.send`: application bytes to one node, routed EXACT and acknowledged by the verified target (an ANSWER without a
 * body is the acknowledgement).
 *
 * 1. Only a joined node sends: before, an answer could not be routed back. 2. A copy is acknowledged, not told again.
 */
import type { Effect, Input } from "../event.ts";
import { FrameType } from "../messages.ts";
import { type Context, type Machine, NOTHING } from "./machine.ts";

const SENTENCES: Partial<Record<string, string>> = {
  "no-link": "No live edge: wait for a link.",
  "no-route": "Nobody is nearer to the target: try again later.",
  unanswered: "The target did not acknowledge: try again later.",
  "too-large": "The payload does not fit into a frame: split it.",
  busy: "Too many messages wait for their acknowledgement: try again when one arrived.",
  backpressure: "The links take no more at the moment.",
};

export const createMessage = (ctx: Context): Machine => {
  /** send → call. */
  const calls = new Map<number, number>();

  const send = ({ call, peer, payload }: Extract<Input, { type: "send" }>): readonly Effect[] => {
    if (!ctx.self.joined) return [failed(call, "no-link")];
    const number = ctx.serial();
    calls.set(number, call);
    const target = peer.nodeId;
    return [{ type: "routedSend", send: number, kind: FrameType.data, target, exact: true, body: payload, keep: 0 }];
  };

  const failed = (call: number, code: Extract<Effect, { type: "failed" }>["code"]): Effect => {
    return { type: "failed", call, code, sentence: SENTENCES[code] ?? "The message could not be sent." };
  };

  return {
    name: "message",
    hears: ["send", "routedAnswer", "routedFailed", "routedRequest"],
    step(input) {
      switch (input.type) {
        case "send":
          return send(input);
        case "routedAnswer":
        case "routedFailed": {
          const call = calls.get(input.send);
          if (call === undefined) return NOTHING;
          calls.delete(input.send);
          return [
            input.type === "routedAnswer" ? { type: "done", call, value: undefined } : failed(call, input.reason),
          ];
        }
        case "routedRequest": {
          if (input.kind !== FrameType.data) return NOTHING;
          const { origin, requestId, body } = input;
          return [
            { type: "routedReply", origin, requestId, body: new Uint8Array() },
            { type: "emit", event: "message", detail: { origin, payload: body } },
          ];
        }
        default:
          return NOTHING;
      }
    },
  };
};
