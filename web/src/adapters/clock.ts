/** The `Clock` of a real process: monotonic time, wall time and one-shot timers of the platform. Layer: adapters. */
import type { Clock } from "#node/ports.ts";

/** Platforms keep a timer's delay in 31 bits and fire at once beyond that. */
const LONGEST_DELAY_MS = 2 ** 31 - 1;

/** `wallOffset` ms shifts the wall clock alone: a test lever, 0 outside tests. */
export function systemClock(wallOffset = 0): Clock {
  return {
    now: () => performance.now(),
    wall: () => Date.now() + wallOffset,
    after(ms, fire) {
      const due = performance.now() + ms;
      const arm = (): ReturnType<typeof setTimeout> => {
        const left = due - performance.now();
        if (left <= LONGEST_DELAY_MS) return setTimeout(fire, Math.max(0, left));
        return setTimeout(() => {
          timer = arm();
        }, LONGEST_DELAY_MS);
      };
      let timer = arm();
      return () => clearTimeout(timer);
    },
  };
}
