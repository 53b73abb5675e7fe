// npm test: every suite, and at the end the one line "N passed, N failed". The browser tests of the whole app, which wait
// for a good part of their time, run beside vitest; all else runs one after the other.
// npm run engines: what has to hold in every engine, in Firefox and WebKitGTK as well, where they are; suites that did not run
// for want of one are named above the last line, and count as a failure where CI is set.
// A suite that ends badly without a failed test counts as one failure, and so does each skipped test. Every suite has
// a hard time limit; nothing it started outlives it. Not here: format, types, boundaries (verify.mjs).
import "./lib/node24.mjs";
import { randomUUID } from "node:crypto";
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { build } from "./build.mjs";
import { needChromium } from "./chromium.mjs";
import { buildCore, isStale } from "./core.mjs";
import { lookForEngines } from "./engines.mjs";
import { endMarked, ROOT, run } from "./lib/process.mjs";
import { hasCargo } from "./lib/rust.mjs";
import { needPython, runIndependent } from "./python.mjs";

const REPORTS = join(ROOT, "dist", "report");
const engines = process.argv[2] === "engines";
const LIMIT_S = { cargo: 1800, vitest: 2400, playwright: 3600 };
/** Playwright and its browsers want a core meanwhile. */
const VITEST_WORKERS = Math.max(1, availableParallelism() - 1);
// Inherited by everything started from here, so that a process which left its group can still be found.
const mark = randomUUID();
process.env["NODUS_RUN"] = mark;
process.on("exit", () => endMarked(mark)); // also when interrupted

const total = { passed: 0, failed: 0 };

/** Adds one suite's counts. `code` is the exit code of its command. */
function add(name, code, { passed = 0, failed = 0, skipped = 0 }) {
  if (skipped > 0) console.error(`[${name}] ${skipped} skipped: a skipped test proves nothing and counts as failed`);
  if (code !== 0 && failed + skipped === 0) {
    console.error(`[${name}] ended with ${code} and no failed test: counts as one failure`);
    failed = 1;
  }
  total.passed += passed;
  total.failed += failed + skipped;
  console.log(`[${name}] ${passed} passed, ${failed + skipped} failed`);
}

/** One check of our own, counted like a test. */
async function check(name, work) {
  try {
    await work();
    add(name, 0, { passed: 1 });
    return true;
  } catch (error) {
    console.error(`[${name}] ${error.message}`);
    add(name, 1, { failed: 1 });
    return false;
  }
}

function report(name) {
  try {
    return JSON.parse(readFileSync(join(REPORTS, `${name}.json`), "utf8"));
  } catch {
    return undefined; // the runner died before writing it; its exit code tells
  }
}

async function core() {
  await check("core module matches its sources", () => {
    if (isStale()) throw new Error("core-wasm/pkg is stale: run `node tools/core.mjs` and commit core-wasm/pkg");
  });
  if (!hasCargo()) {
    console.log("[core] cargo is not installed: the checked-in module is used as it is, the Rust tests do not run");
    return;
  }
  await check("core builds from source", async () => {
    const { changed } = await buildCore({ locked: true });
    if (changed) console.warn("[core] the rebuilt module differs in bytes from the checked-in one (other compiler?)");
  });
  const counts = { passed: 0, failed: 0, skipped: 0 };
  const onLine = (line) => {
    const found = /^test result: \w+\. (\d+) passed; (\d+) failed; (\d+) ignored/.exec(line);
    if (!found) return;
    counts.passed += Number(found[1]);
    counts.failed += Number(found[2]);
    counts.skipped += Number(found[3]);
  };
  const options = { name: "cargo test", tick: true, limit: LIMIT_S.cargo, cwd: join(ROOT, "core-wasm"), onLine };
  const { code } = await run("cargo", ["test", "--locked", "--no-fail-fast"], options);
  add("cargo test", code, counts);
}

async function independent() {
  const python = await needPython();
  if (python) await check("independent implementation gives the vectors", () => runIndependent(python, "--check"));
}

async function vitest(project) {
  const file = join(REPORTS, `vitest-${project}.json`);
  const args = ["node_modules/vitest/vitest.mjs", "run", "--project", project, "--reporter=default", "--reporter=json"];
  args.push(`--maxWorkers=${VITEST_WORKERS}`);
  const options = { name: `vitest ${project}`, tick: true, limit: LIMIT_S.vitest };
  const { code } = await run(process.execPath, [...args, `--outputFile.json=${file}`], options);
  const seen = report(`vitest-${project}`);
  add(`vitest ${project}`, code, {
    passed: seen?.numPassedTests,
    failed: seen?.numFailedTests,
    skipped: seen && seen.numPendingTests + (seen.numTodoTests ?? 0),
  });
}

/** `projects` of playwright.config.ts, in a folder of their own, as two may run at once. */
async function playwright(suite, projects) {
  const env = { ...process.env, PLAYWRIGHT_JSON_OUTPUT_NAME: join(REPORTS, `playwright-${suite}.json`) };
  const args = ["node_modules/@playwright/test/cli.js", "test", "--reporter=line,json"];
  args.push(`--output=${join("test-results", suite)}`, ...projects.map((project) => `--project=${project}`));
  const options = { name: `playwright ${suite}`, tick: true, limit: LIMIT_S.playwright, env };
  const { code } = await run(process.execPath, args, options);
  const stats = report(`playwright-${suite}`)?.stats;
  add(`playwright ${suite}`, code, {
    passed: stats?.expected,
    failed: stats && stats.unexpected + stats.flaky, // passed at a second try is not passed
    skipped: stats?.skipped,
  });
}

rmSync(REPORTS, { recursive: true, force: true });
mkdirSync(REPORTS, { recursive: true });
const browser = await check("a browser is there", async () => {
  process.env["NODUS_CHROMIUM"] = await needChromium();
});
const { there, missing } = engines ? await lookForEngines() : { there: [], missing: [] };
for (const { engine, told, fails } of missing) {
  console.error(`[${engine}] ${told}`);
  if (fails) add(engine, 1, { failed: 1 });
}
if (!engines) {
  await core();
  await independent();
}
const built = await check("app builds", () => build());
async function vitests() {
  if (!engines) await vitest("node");
  if (!engines && browser) await vitest("browser");
  if (there.includes("firefox")) await vitest("firefox");
}
async function playwrights() {
  if (!browser || !built) return;
  if (!engines) await playwright("app", ["app"]);
  if (there.length > 0) await playwright("engines", there);
}
await Promise.all([vitests(), playwrights()]);
for (const line of endMarked(mark)) console.warn(`[test] left behind and ended: ${line}`);

for (const { engine, told } of missing) console.log(`[${engine}] its suites did not run. ${told}`);

console.log(`${total.passed} passed, ${total.failed} failed`);
process.exit(total.failed ? 1 : 0);
