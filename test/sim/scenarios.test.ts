/**
 * The scenarios of quality.md at sizes that fit into every test run; `npm run sim` goes further. A failing seed prints the
 * command that replays it, and stays here for good.
 */
import { describe, expect, it } from "vitest";
import { optionsOf, type Report, simulate } from "./simulate.ts";
import type { Options } from "./world.ts";

const SEED = 1;
/** Each takes seconds; on a machine that does much else it may be minutes, and time is not what is tested. */
const LIMIT_MS = 900_000;

async function run(scenario: string, given: Partial<Options>): Promise<Report> {
  const options = optionsOf(scenario, { seed: SEED, ...given });
  const words = Object.entries(options).map(([name, value]) => `--${name} ${value}`);
  const report = await simulate(options);
  console.log(`npm run sim -- ${words.join(" ")}\n  ${JSON.stringify(report.figures)} ${report.cpuMs} ms of CPU`);
  expect(report.failures).toEqual([]);
  return report;
}

describe("simulator", { timeout: LIMIT_MS }, () => {
  it("repeats a run from its seed, and another seed is another run", async () => {
    const small = { nodes: 20, links: 8, messages: 100 };
    const first = await run("F1", small);
    expect((await run("F1", small)).log_hash).toBe(first.log_hash);
    expect((await run("F1", { ...small, seed: SEED + 1 })).log_hash).not.toBe(first.log_hash);
  });

  it("F1: 300 nodes, 10,000 messages", () => run("F1", { crypto: "fast" }));
  it("F1: the same runtime with real arithmetic", () => run("F1", { nodes: 60, messages: 500, crypto: "real" }));
  it("F2: two hours of churn", () => run("F2", { nodes: 60, links: 16, hours: 2, messages: 2_000, crypto: "fast" }));
  it("F9: two halves", () => run("F9", { nodes: 40, links: 16, messages: 500, crypto: "fast" }));
  it("F11: wrong clocks", () => run("F11", { nodes: 100, links: 16, hours: 1, messages: 1_000, crypto: "fast" }));
  it("F16: every anchor dead", () => run("F16", { nodes: 100, links: 16, hours: 1, messages: 1_000, crypto: "fast" }));
  it("G: one cell outlives its writer", () => run("G", { nodes: 100, crypto: "real" }));
});
