/** What a page adds to its node: proof of work in a worker, and one leader among its tabs. */
import { describe, expect, it } from "vitest";
import { systemClock } from "#adapters/clock.ts";
import { coreOf } from "#adapters/core.ts";
import { Leadership } from "#adapters/locks.ts";
import { systemRandom } from "#adapters/random.ts";
import { WorkerSolver } from "#adapters/solver.ts";
import { scriptUrl } from "#adapters/trusted.ts";
import type { Leader } from "#chat/ports.ts";
import wasmUrl from "../../core-wasm/pkg/nodus_core_bg.wasm?url";
import powUrl from "../../web/src/workers/pow.ts?worker&url";
import { clockContract } from "../contract/clock.ts";
import { randomContract } from "../contract/random.ts";
import { solverContract } from "../contract/solver.ts";
import { NEVER } from "../contract/transport.ts";

const makeWorker = (): Worker => new Worker(scriptUrl(powUrl), { type: "module" });
const core = coreOf(await WebAssembly.compileStreaming(fetch(wasmUrl)));

clockContract("system", () => ({
  clock: systemClock(),
  pass: (ms) => new Promise((done) => setTimeout(done, ms)),
}));
randomContract("system", () => systemRandom);
solverContract("worker", async () => ({
  core,
  solver: new WorkerSolver(makeWorker()),
  run: (promise) => promise,
}));

describe("WorkerSolver", () => {
  const job = (bits: number) => core.idWork(core.network("nodus/1/test"), systemRandom.bytes(32), 0, bits);

  it("solves several at once, tells its progress, and goes on after a cancel", async () => {
    const solver = new WorkerSolver(makeWorker());
    const control = new AbortController();
    const tried: number[] = [];
    const hopeless = solver.solve(job(60), (count) => tried.push(count), control.signal);
    const nonces = await Promise.all([16, 17, 18].map((bits) => solver.solve(job(bits), () => undefined, NEVER)));
    expect(nonces).toHaveLength(3);
    control.abort();
    await expect(hopeless).rejects.toMatchObject({ code: "cancelled" });
    expect(tried.length).toBeGreaterThan(0);
    expect(tried).toEqual([...tried].sort((a, b) => a - b));
    expect(await solver.solve(job(8), () => undefined, NEVER)).toBeTypeOf("bigint");
  });

  it("fails every job when its script cannot be had", async () => {
    const solver = new WorkerSolver(new Worker("/no-such-script.js", { type: "module" }));
    await expect(solver.solve(job(8), () => undefined, NEVER)).rejects.toMatchObject({ code: "closed" });
    await expect(solver.solve(job(8), () => undefined, NEVER)).rejects.toMatchObject({ code: "closed" });
  });
});

describe("Leadership", () => {
  let names = 0;
  /** Tabs of one profile: they share the lock's name and the durable epoch. */
  const profile = (): ((yields?: boolean) => Leadership) => {
    const name = `nodus-test-${++names}`;
    let epoch = 0;
    return (yields) => new Leadership(name, async () => ++epoch, yields);
  };

  it("has one leader at a time, each of a higher epoch", async () => {
    const tab = profile();
    const first = (await tab().acquire()) as Leader;
    expect(first.epoch).toBe(1);
    expect(await tab().acquire()).toBe("held");
    await first.release();
    const second = await tab().whenFree(NEVER);
    expect(second.epoch).toBe(2);
    await second.release();
  });

  it("gives the lock to the tab that waits as soon as the leader releases it", async () => {
    const tab = profile();
    const first = (await tab().acquire()) as Leader;
    const waiting = tab().whenFree(NEVER);
    await first.release();
    await first.lost;
    const second = await waiting;
    expect(second.epoch).toBe(2);
    await second.release();
  });

  it("asks a leader that yields to step down, who may finish before it releases", async () => {
    const tab = profile();
    const first = (await tab(true).acquire()) as Leader;
    const steps: string[] = [];
    void first.lost.then(async () => {
      steps.push("asked");
      await new Promise((done) => setTimeout(done, 50));
      steps.push("released");
      await first.release();
    });
    const second = await tab().whenFree(NEVER);
    expect(steps).toEqual(["asked", "released"]);
    expect(second.epoch).toBe(2);
    await second.release();
  });

  it("leaves a leader alone that does not yield", async () => {
    const tab = profile();
    const first = (await tab().acquire()) as Leader;
    const patience = AbortSignal.timeout(200);
    await expect(tab().whenFree(patience)).rejects.toThrow();
    expect(await tab().acquire()).toBe("held");
    await first.release();
  });

  it("takes the lock from a leader that does not answer, who learns that it lost", async () => {
    const tab = profile();
    const first = (await tab().acquire()) as Leader;
    const second = await tab().steal();
    expect(second.epoch).toBe(2);
    await first.lost;
    await first.release();
    expect(await tab().acquire()).toBe("held");
    await second.release();
  });

  it("hears whoever waits from the moment it has the lock, while it still raises the epoch", async () => {
    const name = `nodus-test-${++names}`;
    let raise: (epoch: number) => void = () => undefined;
    const raised = new Promise<number>((done) => {
      raise = done;
    });
    const yielding = new Leadership(name, () => raised, true).acquire() as Promise<Leader>;
    await new Promise((done) => setTimeout(done, 50));
    const waiting = new Leadership(name, async () => 2).whenFree(NEVER);
    await new Promise((done) => setTimeout(done, 50));
    raise(1);
    const first = await yielding;
    await first.lost;
    await first.release();
    await (await waiting).release();
  });

  it("does not raise the epoch any more once the lock was stolen: it would shut out whoever has it", async () => {
    const name = `nodus-test-${++names}`;
    let goOn: () => void = () => undefined;
    const read = new Promise<void>((done) => {
      goOn = done;
    });
    let epoch = 0;
    const slow = new Leadership(name, async (held) => {
      await read;
      return held() ? ++epoch : 0;
    });
    const first = slow.steal();
    const refused = expect(first).rejects.toThrow();
    await new Promise((done) => setTimeout(done, 50));
    const second = await new Leadership(name, async () => ++epoch).steal();
    await refused;
    goOn();
    await new Promise((done) => setTimeout(done, 50));
    expect([second.epoch, epoch]).toEqual([1, 1]);
    await second.release();
  });

  it("does not lead when the epoch cannot be raised, and leaves the lock free", async () => {
    const name = `nodus-test-${++names}`;
    const broken = new Leadership(name, async () => {
      throw new Error("the disk is full");
    });
    await expect(broken.acquire()).rejects.toThrow("the disk is full");
    const leader = (await new Leadership(name, async () => 7).acquire()) as Leader;
    expect(leader.epoch).toBe(7);
    await leader.release();
  });
});
