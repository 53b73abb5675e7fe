// The independent implementation of the protocol's bytes (test/independent) needs Python 3 and its pinned packages:
// node tools/python.mjs            makes .tools/python, once per change of requirements.txt
// node tools/python.mjs --check    compares the vectors that are checked in with what it gives; --write writes them
// Where there is no Python 3 nothing is lost but the comparison: the vectors are checked in, and vitest reads them.
import "./lib/node24.mjs";
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { digestOf } from "./lib/digest.mjs";
import { isMain, ROOT, run } from "./lib/process.mjs";
import { which } from "./lib/which.mjs";

const FOLDER = join(ROOT, ".tools", "python");
const REQUIREMENTS = "test/independent/requirements.txt";
const INSTALL_LIMIT_S = 600;
const RUN_LIMIT_S = 300;
const OLDEST = [3, 9]; // of what the pinned packages run on

const inVenv = () =>
  process.platform === "win32" ? join(FOLDER, "Scripts", "python.exe") : join(FOLDER, "bin", "python");

/** A Python on PATH that can make a virtual environment. */
function findPython() {
  const script = `import sys, venv, ensurepip; sys.exit(sys.version_info < (${OLDEST.join(", ")}))`;
  const fits = (path) => path && spawnSync(path, ["-c", script], { stdio: "ignore" }).status === 0;
  return ["python3", "python"].map((name) => which([name])).find(fits);
}

/**
 * Python with the pinned packages, or undefined with a line that says what is missing.
 * @returns {Promise<string | undefined>}
 */
export async function needPython() {
  const stamp = join(FOLDER, ".requirements");
  const want = digestOf(ROOT, [REQUIREMENTS]);
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === want && existsSync(inVenv())) return inVenv();
  const python = findPython();
  if (!python) {
    console.log(`[python] no Python ${OLDEST.join(".")} with venv: the independent implementation does not run`);
    return undefined;
  }
  rmSync(FOLDER, { recursive: true, force: true });
  const options = { name: "python", tick: true, limit: INSTALL_LIMIT_S };
  const made = await run(python, ["-m", "venv", FOLDER], options);
  const install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes"];
  const { code } = made.code === 0 ? await run(inVenv(), [...install, "-r", join(ROOT, REQUIREMENTS)], options) : made;
  if (code !== 0) {
    console.log(`[python] the packages of ${REQUIREMENTS} cannot be had: the independent implementation does not run`);
    return undefined;
  }
  writeFileSync(stamp, want);
  return inVenv();
}

/** Runs every chapter; throws with its words where a vector differs. `mode` is --check or --write. */
export async function runIndependent(python, mode) {
  const args = ["-B", join(ROOT, "test", "independent", "run.py"), mode];
  const { code, output } = await run(python, args, { name: "python", capture: true, limit: RUN_LIMIT_S });
  if (code !== 0) throw new Error(output.trim());
  return output.trim();
}

if (isMain(import.meta.url)) {
  const mode = process.argv[2];
  const python = await needPython();
  if (!python) process.exit(1);
  if (mode) console.log(await runIndependent(python, mode));
}
