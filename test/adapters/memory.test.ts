/** The network in memory passes the suites of its ports, and does what a simulation asks of it. */
import { describe, expect, it } from "vitest";
import { type HubOptions, MemoryHub } from "#adapters/memory.ts";
import { VirtualClock } from "#adapters/memory-clock.ts";
import { SeededRandom } from "#adapters/memory-random.ts";
import { MemorySolver } from "#adapters/memory-solver.ts";
import type { Channel } from "#node/ports.ts";
import { clockContract } from "../contract/clock.ts";
import { randomContract } from "../contract/random.ts";
import { rtcContract } from "../contract/rtc.ts";
import { solverContract } from "../contract/solver.ts";
import { NEVER, transportContract } from "../contract/transport.ts";
import { loadCore } from "../sim/core.ts";

const LIMIT_MS = 60_000;
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

function hubOf(options: Partial<HubOptions> = {}): { clock: VirtualClock; hub: MemoryHub } {
  const clock = options.clock ?? new VirtualClock();
  return { clock, hub: new MemoryHub({ clock, random: new SeededRandom(1), ...options }) };
}
function untilOf(clock: VirtualClock): (done: () => boolean) => Promise<void> {
  return async (done) => {
    if (!(await clock.until(done, LIMIT_MS))) throw new Error("it never happened");
  };
}
async function pair(hub: MemoryHub, clock: VirtualClock): Promise<[Channel, Channel]> {
  let far: Channel | undefined;
  hub.transport("b", true).onChannel((channel) => {
    far = channel;
  });
  const near = await clock.wait(hub.transport("a").dial(bytes("ws://b"), NEVER));
  if (!far) throw new Error("no inbound channel");
  return [near, far];
}

clockContract("VirtualClock", () => {
  const clock = new VirtualClock();
  return { clock, pass: (ms) => clock.advance(ms) };
});
clockContract("ClockView", () => {
  const source = new VirtualClock();
  return { clock: source.view(-300_000, 0.0001), pass: (ms) => source.advance(ms) };
});
solverContract("MemorySolver", async () => {
  const [core, clock] = [loadCore(), new VirtualClock()];
  return { core, solver: new MemorySolver(core, clock), run: (promise) => clock.wait(promise) };
});
randomContract("SeededRandom", () => new SeededRandom(1));

for (const bindings of ["none", "carriers"] as const) {
  transportContract(`memory (bindings: ${bindings})`, async () => {
    const { clock, hub } = hubOf({ bindings, bytesPerSecond: 4_000_000 });
    return {
      dialer: hub.transport("a"),
      listener: hub.transport("b", true),
      address: bytes("ws://b:1"),
      nowhere: bytes("ws://c:1"),
      until: untilOf(clock),
      close: async () => undefined,
    };
  });
  rtcContract(`memory (bindings: ${bindings})`, async () => {
    const { clock, hub } = hubOf({ bindings });
    return { offerer: hub.rtc("a"), answerer: hub.rtc("b"), until: untilOf(clock), close: async () => undefined };
  });
}

describe("SeededRandom", () => {
  it("repeats a seed, and keeps forks apart", () => {
    const [one, same, other] = [new SeededRandom(7), new SeededRandom(7), new SeededRandom(8)];
    const first = one.bytes(64);
    expect(same.bytes(64)).toEqual(first);
    expect(other.bytes(64)).not.toEqual(first);
    expect(one.fork("x").bytes(64)).toEqual(same.fork("x").bytes(64));
    expect(one.fork("x").bytes(64)).not.toEqual(one.fork("y").bytes(64));
  });
});

describe("VirtualClock", () => {
  it("settles promises between instants, in an order that never changes", async () => {
    const clock = new VirtualClock();
    const seen: string[] = [];
    clock.after(10, () => void Promise.resolve().then(() => seen.push("promise of 10")));
    clock.after(11, () => seen.push("11"));
    clock.after(10, () => seen.push("second of 10"));
    clock.after(5, () => clock.after(5, () => seen.push("third of 10")));
    await clock.advance(20);
    expect(seen).toEqual(["second of 10", "third of 10", "promise of 10", "11"]);
    expect(clock.now()).toBe(20);
  });

  it("freezes, thaws and stops a view", async () => {
    const clock = new VirtualClock();
    const view = clock.view(3_600_000);
    const fired: string[] = [];
    view.after(10, () => fired.push("frozen"));
    view.freeze();
    await clock.advance(100);
    expect(fired).toEqual([]);
    view.thaw();
    await clock.advance(0);
    expect(fired).toEqual(["frozen"]);
    expect(view.wall() - clock.wall()).toBe(3_600_000);
    view.jump(-3_600_000);
    expect(view.wall()).toBe(clock.wall());
    view.after(10, () => fired.push("stopped"));
    view.stop();
    await clock.advance(100);
    expect(fired).toEqual(["frozen"]);
  });
});

describe("MemoryHub", () => {
  it("delivers after the latency", async () => {
    const { clock, hub } = hubOf({ latency: (from) => (from === "a" ? 70 : 30) });
    const [near, far] = await pair(hub, clock);
    const began = clock.now();
    const arrivals: number[] = [];
    far.onFrame(() => arrivals.push(clock.now() - began));
    near.onFrame(() => arrivals.push(clock.now() - began));
    near.send(bytes("x"));
    far.send(bytes("y"));
    await clock.advance(100);
    expect(arrivals).toEqual([30, 70]);
  });

  it("holds frames across a partition and a freeze, and gives them afterwards in order", async () => {
    const { clock, hub } = hubOf();
    const [near, far] = await pair(hub, clock);
    const seen: number[] = [];
    far.onFrame((frame) => seen.push(frame[0] ?? 0));
    hub.partition((one, other) => one !== other);
    for (let index = 0; index < 5; index++) near.send(Uint8Array.of(index));
    await clock.advance(1_000);
    expect(seen).toEqual([]);
    hub.heal();
    hub.freeze("b");
    near.send(Uint8Array.of(5));
    await clock.advance(1_000);
    expect(seen).toEqual([]);
    hub.thaw("b");
    await clock.advance(1_000);
    expect(seen).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it("tells the other end of a death only where its system notices", async () => {
    for (const noticed of [true, false]) {
      const { clock, hub } = hubOf();
      const [near] = await pair(hub, clock);
      let code: string | undefined;
      void near.closed.then((why) => {
        code = why;
      });
      hub.kill("b", noticed);
      await clock.advance(60_000);
      expect(code).toBe(noticed ? "remote" : undefined);
      expect(hub.alive("b")).toBe(false);
      expect(near.send(bytes("x"))).toBe(!noticed);
    }
  });

  it("refuses a dial to a host that does not listen, and to a dead one", async () => {
    const { clock, hub } = hubOf();
    hub.transport("tab").onChannel(() => expect.unreachable());
    await expect(clock.wait(hub.transport("a").dial(bytes("ws://tab"), NEVER))).rejects.toThrow();
    hub.transport("b", true).onChannel(() => undefined);
    hub.kill("b");
    await expect(clock.wait(hub.transport("a").dial(bytes("ws://b"), NEVER))).rejects.toThrow();
  });

  it("lets two meet only where both live and their NATs allow", async () => {
    const cases = [
      ["open", "symmetric", [], true],
      ["cone", "cone", [], false],
      ["cone", "cone", ["stun:s:3478"], true],
      ["cone", "symmetric", ["stun:s:3478"], true],
      ["symmetric", "symmetric", ["stun:s:3478"], false],
      ["cone", "cone", ["stun:dead:3478"], false],
    ] as const;
    for (const [one, other, stun, meets] of cases) {
      const { clock, hub } = hubOf({ nat: (host) => (host === "a" ? one : other) });
      hub.transport("s", true);
      const offer = await clock.wait(hub.rtc("a").offer(stun, NEVER));
      const answer = await clock.wait(hub.rtc("b").answer(offer.sdp, stun, NEVER));
      const both = Promise.all([offer.accept(answer.sdp), answer.channel]).then(
        () => true,
        () => false,
      );
      expect(await clock.wait(both), `${one} ${other} ${stun}`).toBe(meets);
    }
    const { clock, hub } = hubOf();
    const offer = await clock.wait(hub.rtc("a").offer([], NEVER));
    const answer = await clock.wait(hub.rtc("b").answer(offer.sdp, [], NEVER));
    hub.kill("b");
    await expect(clock.wait(offer.accept(answer.sdp))).rejects.toMatchObject({ code: "unanswered" });
  });

  it("says no under back-pressure and when the budget of a channel is used up", async () => {
    const { clock, hub } = hubOf({ queueBytes: 1_000, bytesPerSecond: 1_000 });
    const [near, far] = await pair(hub, clock);
    let arrived = 0;
    far.onFrame((frame) => {
      arrived += frame.length;
    });
    expect(near.send(new Uint8Array(600))).toBe(true);
    expect(near.send(new Uint8Array(600))).toBe(false);
    await clock.advance(300);
    expect(arrived).toBe(0);
    await clock.advance(400);
    expect(arrived).toBe(600);
    expect(near.send(new Uint8Array(600))).toBe(true);
  });

  it("loses, repeats and reorders as told, the same way for the same seed", async () => {
    const run = async (seed: number): Promise<number[]> => {
      const options = { loss: 0.1, duplicate: 0.1, reorder: 0.2, jitter: 50 };
      const { clock, hub } = hubOf({ random: new SeededRandom(seed), ...options });
      const [near, far] = await pair(hub, clock);
      const seen: number[] = [];
      far.onFrame((frame) => seen.push(frame[0] ?? 0));
      for (let index = 0; index < 200; index++) near.send(Uint8Array.of(index));
      await clock.advance(10_000);
      return seen;
    };
    const seen = await run(1);
    expect(new Set(seen).size).toBeLessThan(200);
    expect(new Set(seen).size).toBeGreaterThan(100);
    expect(seen.length).toBeGreaterThan(new Set(seen).size);
    expect(seen).not.toEqual([...seen].sort((one, other) => one - other));
    expect(await run(1)).toEqual(seen);
    expect(await run(2)).not.toEqual(seen);
  });
});
