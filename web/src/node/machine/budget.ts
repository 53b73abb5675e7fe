/**
 * What this node gives to the network, changed while it runs: its caps, and whether it gives anything at all.
 * Not here: what follows from it (record: STORE; holder, carry, welcome: what is refused; maintain: links).
 *
 * 1. `limits` is what counts now: the caps as they were set, or while paused no more links than own mail needs.
 * 2. Paused, nothing of others is carried, asked for or newly kept; what was promised is still given out.
 */
import type { Effect, Input } from "../event.ts";
import type { Context, Machine } from "./machine.ts";

/** A way in and two neighbours that keep the way back: asks go through one while another holds (tier 3). */
const PAUSED_LINKS = 3;

export const createBudget = (ctx: Context): Machine => {
  const apply = (): readonly Effect[] => {
    const { caps, limits, self, table } = ctx;
    const linksMax = self.paused ? PAUSED_LINKS : caps.linksMax;
    Object.assign(limits, caps, { linksMax, linksWanted: Math.min(caps.linksWanted, linksMax) });
    table.setRates(limits.framesPerSecond, limits.frameBurst, limits.bytesPerSecond);
    table.setCarrying(!self.paused);
    return [{ type: "limitsChanged" }];
  };
  return {
    name: "budget",
    hears: ["pause", "limits"],
    step(input: Input) {
      if (input.type === "limits") Object.assign(ctx.caps, input.caps);
      if (input.type === "pause") ctx.self.paused = input.on;
      return apply();
    },
  };
};
