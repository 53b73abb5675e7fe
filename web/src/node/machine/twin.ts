/** Tells that another node runs under our key, and raises the bound of what we sign (own-records.ts). */
import type { Effect, Input } from "../event.ts";
import { type Context, type Machine, NOTHING } from "./machine.ts";

const RAISE_MS = 60_000;
const TIMER = "twin:raise";

export const createTwin = (ctx: Context): Machine => ({
  name: "twin",
  hears: ["start", "timeStepped", "twin"],
  step(input: Input, now: number): readonly Effect[] {
    if (ctx.self.leaf || !ctx.own.isTold) return NOTHING;
    if (input.type === "twin") {
      return [
        { type: "count", counter: "twin" },
        { type: "emit", event: "twin", detail: undefined },
      ];
    }
    return [
      { type: "save", save: ctx.serial(), changes: [ctx.own.raise(ctx.time.network(now))] },
      { type: "arm", timer: TIMER, at: now + RAISE_MS },
    ];
  },
});
