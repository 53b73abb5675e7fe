/**
 * npm run sim -- --scenario F1 --nodes 300 --seed 1 [--links 24] [--hours 2] [--messages 10000] [--crypto real|fast]
 *                [--doublecheck] [--json]
 * The last line is the result as JSON; the exit code is 1 where something did not hold. `--doublecheck` runs twice and
 * wants the same log hash; `--json` prints nothing but the last line.
 */
import { execFileSync } from "node:child_process";
import { parseArgs } from "node:util";
import { SCENARIOS } from "./scenarios/index.ts";
import { optionsOf, type Report, simulate } from "./simulate.ts";
import type { Options } from "./world.ts";

const { values } = parseArgs({
  options: {
    scenario: { type: "string", default: "F1" },
    nodes: { type: "string" },
    links: { type: "string" },
    seed: { type: "string" },
    hours: { type: "string" },
    messages: { type: "string" },
    crypto: { type: "string" },
    doublecheck: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
  },
});

function number(name: "nodes" | "links" | "seed" | "hours" | "messages"): Partial<Record<typeof name, number>> {
  const text = values[name];
  if (text === undefined) return {};
  const value = Number(text);
  if (!Number.isFinite(value) || value < 0) throw new Error(`--${name} ${text} is no number`);
  return { [name]: value };
}

function commit(): string {
  try {
    return execFileSync("git", ["rev-parse", "--short", "HEAD"], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    }).trim();
  } catch {
    return "unknown";
  }
}

const say = (line: string): void => {
  if (!values.json) console.log(line);
};

function tell(report: Report): void {
  const speed = Math.round(report.virtualMs / Math.max(1, report.cpuMs));
  say(`${report.frames} frames, ${report.bytes} bytes in ${report.virtualMs} ms of virtual time`);
  say(`${report.cpuMs} ms of CPU: ${speed} times real time`);
  for (const [name, count] of Object.entries(report.counters)) say(`  ${name} ${count}`);
  for (const note of report.notes) say(`  ${note}`);
  for (const failure of report.failures) say(`DOES NOT HOLD: ${failure}`);
}

const { crypto } = values;
if (crypto !== undefined && crypto !== "real" && crypto !== "fast") throw new Error("--crypto is real or fast");
const options: Options = optionsOf(values.scenario, {
  ...number("nodes"),
  ...number("links"),
  ...number("seed"),
  ...number("hours"),
  ...number("messages"),
  ...(crypto ? { crypto } : {}),
});
say(`${values.scenario}: ${SCENARIOS[values.scenario]?.claim ?? "unknown"}`);
say(`${JSON.stringify(options)} at commit ${commit()}`);
const report = await simulate(options);
tell(report);
let ok = report.ok;
if (values.doublecheck) {
  const again = await simulate(options);
  ok &&= again.ok && again.log_hash === report.log_hash;
  say(again.log_hash === report.log_hash ? "the second run was the same" : `the second run differs: ${again.log_hash}`);
}
const { scenario, seed, nodes, links } = options;
console.log(
  JSON.stringify({
    scenario,
    seed,
    nodes,
    links,
    ...report.figures,
    crypto: options.crypto,
    doublecheck: values.doublecheck,
    failures: report.failures,
    cpu_ms: report.cpuMs,
    virtual_ms: report.virtualMs,
    commit: commit(),
    log_hash: report.log_hash,
    ok,
  }),
);
process.exit(ok ? 0 : 1);
