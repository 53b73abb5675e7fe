// npm run lighthouse: a current build on a real bootstrap node, judged by Lighthouse; last line JSON, exit 1 below 95.
// Lighthouse is large and needed by nothing else, so it is fetched at its first use, into .tools, at one version.
import "./lib/node24.mjs";
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "./build.mjs";
import { chromiumFlags, needChromium } from "./chromium.mjs";
import { findNpm } from "./lib/npm.mjs";
import { ROOT, run } from "./lib/process.mjs";

const VERSION = "13.5.0";
const LEAST = 95; // of 100, for each category
const CATEGORIES = ["performance", "accessibility", "best-practices"];
/** Of both forms the worse counts. */
const FORMS = ["mobile", "desktop"];
const LIMIT_S = 300;
const HOME = join(ROOT, ".tools/lighthouse");
const CLI = join(HOME, "node_modules/lighthouse/cli/index.js");

async function fetched() {
  if (existsSync(CLI)) return;
  if (findNpm() === undefined) throw new Error("npm was not found: run `npm run lighthouse`.");
  mkdirSync(HOME, { recursive: true });
  writeFileSync(join(HOME, "package.json"), '{"private":true}');
  const args = [findNpm(), "install", "--prefix", HOME, "--no-save", "--no-package-lock", "--ignore-scripts"];
  const { code } = await run(process.execPath, [...args, `lighthouse@${VERSION}`], {
    name: "lighthouse",
    limit: LIMIT_S,
  });
  if (code !== 0) throw new Error("Lighthouse could not be fetched; the lines above say why.");
}

/** Scores of 100 by category, and what cost points. */
function judge(url, form, folder) {
  const file = join(folder, `${form}.json`);
  const flags = ["--headless=new", ...chromiumFlags].join(" ");
  const args = [CLI, url, "--quiet", "--output=json", `--output-path=${file}`, `--chrome-flags=${flags}`];
  args.push(`--only-categories=${CATEGORIES.join(",")}`, ...(form === "desktop" ? ["--preset=desktop"] : []));
  const { status } = spawnSync(process.execPath, args, { stdio: "inherit", timeout: LIMIT_S * 1000 });
  if (status !== 0) throw new Error(`Lighthouse ended with ${status}.`);
  const { categories, audits } = JSON.parse(readFileSync(file, "utf8"));
  const scores = CATEGORIES.map((name) => [name, Math.round(categories[name].score * 100)]);
  const weighed = CATEGORIES.flatMap((name) => categories[name].auditRefs.filter(({ weight }) => weight > 0));
  const lost = weighed.map(({ id }) => audits[id]).filter(({ score }) => score !== null && score < 0.9);
  for (const { id, title, displayValue = "" } of lost)
    console.log(`[lighthouse] ${form}: ${id}: ${title} ${displayValue}`);
  return Object.fromEntries(scores);
}

process.env.CHROME_PATH = await needChromium();
await build();
await fetched();
const { start, cleanUp } = await import("../test/relay/process.ts");
const folder = mkdtempSync(join(tmpdir(), "nodus-lighthouse-"));
try {
  const relay = await start();
  const scores = Object.fromEntries(FORMS.map((form) => [form, judge(relay.url, form, folder)]));
  console.log(JSON.stringify(scores));
  const all = FORMS.flatMap((form) => Object.values(scores[form]));
  process.exitCode = all.every((score) => score >= LEAST) ? 0 : 1;
} finally {
  await cleanUp();
  rmSync(folder, { recursive: true, force: true });
}
