/** A run of the service worker without a page: its order, and that it always gives the lock back. */
import { describe, expect, it } from "vitest";
import type { Leader } from "#chat/ports.ts";
import { type Place, pull, type Visit } from "../../sw/src/pull.ts";

const never = new Promise<never>(() => undefined);

/** A place whose every step is noted; what a test is about, it changes. */
function place(change: Partial<Place> & { visit?: Place["visit"]; caught?: Visit["catchUp"] } = {}) {
  const steps: string[] = [];
  let lose: () => void = () => undefined;
  const lost = new Promise<void>((resolve) => {
    lose = resolve;
  });
  const leader: Leader = { epoch: 7, lost, release: async () => void steps.push("release") };
  const visit: Visit = {
    catchUp: () => {
      steps.push("catch up");
      return change.caught?.() ?? Promise.resolve({ complete: true });
    },
    close: async () => void steps.push("close"),
  };
  const made: Place = {
    prepared: async () => true,
    lead: async () => leader,
    visit: async (epoch) => {
      steps.push(`visit under ${epoch}`);
      return visit;
    },
    close: async () => void steps.push("let go"),
    ...change,
  };
  return { made, steps, lose };
}
const NEVER = new AbortController().signal;

describe("a pull", () => {
  it("leads, visits, catches up, closes and only then lets others lead", async () => {
    const { made, steps } = place();
    expect(await pull(made, NEVER)).toBe("complete");
    expect(steps).toEqual(["visit under 7", "catch up", "close", "release", "let go"]);
  });

  it("says so where holders were missing", async () => {
    const { made } = place({ caught: async () => ({ complete: false }) });
    expect(await pull(made, NEVER)).toBe("partial");
  });

  it("opens nothing while a page leads, or before one has made a key for it", async () => {
    const held = place({ lead: async () => "held" });
    expect(await pull(held.made, NEVER)).toBe("held");
    expect(held.steps).toEqual(["let go"]);
    const bare = place({ prepared: async () => false });
    expect(await pull(bare.made, NEVER)).toBe("unprepared");
    expect(bare.steps).toEqual(["let go"]);
  });

  it("does not even lead when a page came before it began", async () => {
    const { made, steps } = place();
    expect(await pull(made, AbortSignal.abort())).toBe("held");
    expect(steps).toEqual(["let go"]);
  });

  it("gives the lock back where nobody lives, and where the vault does not open", async () => {
    const empty = place({ visit: async () => undefined });
    expect(await pull(empty.made, NEVER)).toBe("unprepared");
    expect(empty.steps).toEqual(["release", "let go"]);
    const broken = place({ visit: () => Promise.reject(new Error("no disk")) });
    await expect(pull(broken.made, NEVER)).rejects.toThrow("no disk");
    expect(broken.steps).toEqual(["release", "let go"]);
  });

  it("breaks off in order when the time is over", async () => {
    const stop = new AbortController();
    const { made, steps } = place({
      caught: () => {
        stop.abort();
        return never;
      },
    });
    expect(await pull(made, stop.signal)).toBe("partial");
    expect(steps.slice(-3)).toEqual(["close", "release", "let go"]);
  });

  it("breaks off in order when a page asks to lead", async () => {
    const { made, steps, lose } = place({ caught: () => never });
    const done = pull(made, NEVER);
    lose();
    expect(await done).toBe("partial");
    expect(steps.slice(-3)).toEqual(["close", "release", "let go"]);
  });

  it("closes and gives the lock back after a failure", async () => {
    const { made, steps } = place({ caught: () => Promise.reject(new Error("fenced")) });
    await expect(pull(made, NEVER)).rejects.toThrow("fenced");
    expect(steps.slice(-3)).toEqual(["close", "release", "let go"]);
  });
});
