/** One truth about the node: each change is one line of the log, and decides who is sent to it and what it takes. */
import { describe, expect, it } from "vitest";
import { Health } from "../../relay-bootstrap/src/health.ts";

const NOW = Date.UTC(2026, 5, 1);
const setUp = (wall = NOW) => {
  const lines: string[] = [];
  const taking: boolean[] = [];
  const health = new Health({ event: (_name, fields) => void lines.push(String(fields?.["state"])) }, wall);
  return { health, lines, taking };
};

describe("health", () => {
  it("is ready only once there is a node whose store was read in", () => {
    const { health, lines } = setUp();
    expect(health.ready).toBe(false);
    health.set({ isStarted: true });
    expect(health.ready).toBe(false);
    health.set({ store: "ready" });
    expect(health.ready).toBe(true);
    health.set({ store: "ready" });
    health.set({ isEnding: true });
    expect(health.ready).toBe(false);
    expect(lines).toEqual(["loading", "ready", "ending"]);
  });

  it("is not ready with a store that cannot be read, and is with one that is full", () => {
    const { health, lines } = setUp();
    health.set({ isStarted: true, store: "unreadable" });
    expect(health.ready).toBe(false);
    health.set({ store: "full" });
    expect(health.ready).toBe(true);
    health.set({ isDamaged: true });
    expect(health.ready).toBe(false);
    expect(lines).toEqual(["unreadable", "full", "damaged"]);
  });

  it("takes no cells before 2026 or with a damaged store", () => {
    const { health, taking } = setUp(Date.UTC(2000, 0, 1));
    health.set({ isStarted: true, store: "ready" });
    expect(health.state).toBe("clock");
    health.onTaking((is) => void taking.push(is));
    health.set({ wall: NOW });
    expect(health.state).toBe("ready");
    health.set({ isFull: true });
    expect(health.state).toBe("full");
    expect(health.ready).toBe(true);
    health.set({ isDamaged: true });
    expect(taking).toEqual([false, true, false]);
  });
});
