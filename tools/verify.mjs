// npm run verify: every check there is but the browser tests. Runs all of them, one line each, and says at the end
// which failed. node tools/verify.mjs [WORD] runs only the steps whose name holds that word. Where `npm test` follows
// (NODUS_TEST_FOLLOWS, set by .ci/run), what that runs is left to it.
import "./lib/node24.mjs";
import { join } from "node:path";
import { ROOT, run } from "./lib/process.mjs";
import { hasCargo } from "./lib/rust.mjs";

const NODE = process.execPath;
const BIN = join(ROOT, "node_modules");
const CORE = { cwd: join(ROOT, "core-wasm") };
const LIMIT_S = 1800;
const PROJECTS = [".", "web/src/node", "web/src/chat", "sw", "relay-bootstrap", "test/browser"];

const script = (name, ...args) => [NODE, [join(ROOT, "tools", name), ...args]];
const installed = (path, ...args) => [NODE, [join(BIN, path), ...args]];

/** Name, command, options. Cheap ones first. */
const STEPS = [
  ["format and lint", ...installed("@biomejs/biome/bin/biome", "check", "--error-on-warnings", ".")],
  ["hygiene", ...script("hygiene.mjs")],
  ...PROJECTS.map((project) => [`types of ${project}`, ...installed("typescript/bin/tsc", "-p", project)]),
  ["boundaries", ...script("boundaries.mjs")],
  ["dead files and exports", ...installed("knip/bin/knip.js", "--no-progress")],
  ["lock is complete", ...script("complete-lock.mjs", "--check")],
  ["core module is current", ...script("core.mjs", "--check")],
  ...(hasCargo()
    ? [
        ["rust format", "cargo", ["fmt", "--check"], CORE],
        ["rust lint", "cargo", ["clippy", "--locked", "--all-targets", "--", "-D", "warnings"], CORE],
        ["rust tests", "cargo", ["test", "--locked", "--no-fail-fast"], CORE],
      ]
    : []),
  ["unit, contract, simulator", ...installed("vitest/vitest.mjs", "run", "--project", "node")],
  ["build", ...script("build.mjs")],
  ["size budget", ...script("budget.mjs")],
];

/** Steps that `npm test` runs as well. */
const TESTED = ["core module is current", "rust tests", "unit, contract, simulator"];

const word = process.argv[2] ?? "";
const testFollows = Boolean(process.env["NODUS_TEST_FOLLOWS"]);
const chosen = STEPS.filter(([name]) => name.includes(word) && !(testFollows && TESTED.includes(name)));
if (!hasCargo()) console.log("cargo is not installed: the Rust checks do not run");
const failed = [];
for (const [name, command, args, options] of chosen) {
  const { code, output, seconds } = await run(command, args, {
    name,
    tick: true,
    capture: true,
    limit: LIMIT_S,
    ...options,
  });
  console.log(`${code === 0 ? "ok    " : "FAILED"} ${name} (${seconds.toFixed(1)} s)`);
  if (code === 0) continue;
  failed.push(name);
  console.log(output.trimEnd());
}
console.log(
  failed.length
    ? `${failed.length} of ${chosen.length} failed: ${failed.join("; ")}`
    : `${chosen.length} checks passed`,
);
process.exit(failed.length || chosen.length === 0 ? 1 : 0);
