// The Rust side of set-up: the pinned toolchain with its WebAssembly target, and the two programs that make a module.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { ROOT, run } from "./process.mjs";
import { which } from "./which.mjs";

const CORE = join(ROOT, "core-wasm");
/** Shared by all clones of a user: building the programs takes minutes. */
const CACHE = join(process.env["XDG_CACHE_HOME"] || join(homedir(), ".cache"), "nodus-tools");
const INSTALL_LIMIT_S = 1800; // ~4 min for both programs on two idle cores

export const hasCargo = () => which(["cargo"]) !== undefined;

/** Fetches what rust-toolchain.toml names, in words: rustup may be told not to do it unasked, and is silent when it does. */
export async function needToolchain() {
  const pinned = readFileSync(join(ROOT, "rust-toolchain.toml"), "utf8");
  const list = (key) =>
    [...(new RegExp(`${key} = \\[([^\\]]*)`).exec(pinned)?.[1] ?? "").matchAll(/"([^"]+)"/g)].map(([, name]) => name);
  const channel = /channel = "([^"]+)"/.exec(pinned)?.[1];
  const targets = list("targets");
  const env = { ...process.env, RUSTUP_AUTO_INSTALL: "0" };
  const folder = () => {
    const asked = spawnSync("rustc", ["--print", "sysroot"], { cwd: CORE, encoding: "utf8", env });
    return asked.status === 0 ? asked.stdout.trim() : undefined;
  };
  const isThere = () => {
    const found = folder();
    return found !== undefined && targets.every((target) => existsSync(join(found, "lib/rustlib", target)));
  };
  if (isThere()) return;
  const wanted = `Rust ${channel} with ${targets.join(", ")}`;
  if (!which(["rustup"])) throw new Error(`${wanted} is needed, and rustup, which could fetch it, is not installed`);
  console.log(`[core] fetching ${wanted} (once)`);
  const parts = [...targets.flatMap((target) => ["-t", target]), ...list("components").flatMap((part) => ["-c", part])];
  // Installing a toolchain that is there would replace it under the feet of whoever is compiling.
  const args = folder()
    ? ["target", "add", "--toolchain", channel, ...targets]
    : ["toolchain", "install", channel, "--profile", "minimal", "--no-self-update", ...parts];
  await run("rustup", args, { name: "core", tick: true, limit: INSTALL_LIMIT_S });
  if (!isThere()) throw new Error(`${wanted} could not be fetched`);
}

/** Folder with `tool` of exactly `version`: the one on PATH, else one built once into the cache. */
export async function toolFolder(crate, tool, version) {
  const fits = (path) => {
    const asked = spawnSync(path, ["--version"], { encoding: "utf8" });
    return asked.status === 0 && asked.stdout.trim().split(/\s+/)[1] === version;
  };
  if (fits(tool)) return undefined;
  const root = join(CACHE, `${crate.replace(/-cli$/, "")}-${version}`);
  const bin = join(root, "bin");
  if (fits(join(bin, tool))) return bin;
  console.log(`[core] building ${crate} ${version} into ${root} (once, a few minutes)`);
  // Without --locked: its lock file names crates that are no longer to be had.
  const args = [
    "install",
    "--quiet",
    "--root",
    root,
    "--target-dir",
    join(root, "target"),
    crate,
    "--version",
    version,
  ];
  const { code } = await run("cargo", args, { name: "core", tick: true, limit: INSTALL_LIMIT_S, cwd: ROOT });
  rmSync(join(root, "target"), { recursive: true, force: true });
  if (code !== 0 || !fits(join(bin, tool))) throw new Error(`cargo install ${crate} ${version} failed`);
  return bin;
}
