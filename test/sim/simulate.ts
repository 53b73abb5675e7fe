/** One run from its options to its report: builds the world, runs the scenario, checks what must never happen. */

import { loadCore } from "./core.ts";
import { fastCore } from "./crypto.ts";
import { SCENARIOS } from "./scenarios/index.ts";
import type { Figures } from "./scenarios/scenario.ts";
import { type Options, World } from "./world.ts";

const NOTES = 100;

export interface Report {
  ok: boolean;
  failures: string[];
  /** First notes of the world: messages that failed, comings and goings. */
  notes: string[];
  log_hash: string;
  figures: Figures;
  /** Sums over the living at the end. */
  counters: Record<string, number>;
  frames: number;
  bytes: number;
  virtualMs: number;
  cpuMs: number;
}

export async function simulate(options: Options): Promise<Report> {
  const scenario = SCENARIOS[options.scenario];
  if (!scenario) throw new Error(`there is no scenario ${options.scenario}: ${Object.keys(SCENARIOS).join(", ")}`);
  const began = process.cpuUsage();
  const real = loadCore();
  const core = options.crypto === "fast" ? fastCore(real) : real;
  const world = new World(core, options, scenario.setting(options));
  const failures: string[] = [];
  const expect = (holds: boolean, otherwise: string): void => {
    if (!holds) failures.push(otherwise);
  };
  const figures = await scenario.run(world, expect);
  failures.push(...world.violations());
  const used = process.cpuUsage(began);
  return {
    ok: failures.length === 0,
    failures,
    notes: world.notes.slice(0, NOTES),
    log_hash: world.log.hash(),
    figures,
    counters: world.counters(),
    frames: world.log.frames,
    bytes: world.log.bytes,
    virtualMs: world.net.clock.now(),
    cpuMs: Math.round((used.user + used.system) / 1000),
  };
}

/** What the command line leaves open. Real arithmetic up to the size at which it still takes seconds. */
export function optionsOf(scenario: string, given: Partial<Omit<Options, "scenario">>): Options {
  const defaults = SCENARIOS[scenario]?.defaults ?? { nodes: 0, links: 0, hours: 0, messages: 0 };
  const { nodes = defaults.nodes } = given;
  return { scenario, seed: 1, crypto: nodes <= REAL_CRYPTO_NODES ? "real" : "fast", ...defaults, ...given };
}
const REAL_CRYPTO_NODES = 300;
