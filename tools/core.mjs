// Builds core-wasm/pkg, the module that is checked in so that nobody needs Rust to run the app.
// node tools/core.mjs [--force]   builds when the sources differ from the hash in pkg/sources.sha256
// node tools/core.mjs --check     says whether they differ, exit 1 when they do
// wasm-pack runs cargo, wasm-bindgen and wasm-opt; its npm package fetches a binary from a code host, so it and the
// wasm-bindgen of Cargo.lock are built once by cargo into a cache folder that all clones of a user share.
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { digestOf } from "./lib/digest.mjs";
import { isMain, ROOT, run } from "./lib/process.mjs";
import { needToolchain, toolFolder } from "./lib/rust.mjs";

const CORE = join(ROOT, "core-wasm");
const PKG = join(CORE, "pkg");
const STAMP = "sources.sha256";
const BY_HAND = ["core-wasm/src", "core-wasm/.cargo", "core-wasm/Cargo.toml", "rust-toolchain.toml"];
const WASM_PACK_VERSION = "0.15.1";
const BUILD_LIMIT_S = 900;

export const sourceHash = () => digestOf(ROOT, [...BY_HAND, "core-wasm/Cargo.lock"]);

/** Whether core-wasm/pkg was built from other sources than those in the tree (or not at all). */
export function isStale() {
  const stamp = join(PKG, STAMP);
  return !existsSync(stamp) || readFileSync(stamp, "utf8").trim() !== sourceHash();
}

/** Version that Cargo.lock holds for wasm-bindgen: the command-line tool must be exactly that one. */
function bindgenVersion() {
  const lock = readFileSync(join(CORE, "Cargo.lock"), "utf8");
  const version = /name = "wasm-bindgen"\s+version = "([^"]+)"/.exec(lock)?.[1];
  if (!version) throw new Error("core-wasm/Cargo.lock does not name wasm-bindgen");
  return version;
}

/** cargo's settings that make the bytes independent of the folders they were built in. */
function reproducible() {
  const cargoHome = process.env["CARGO_HOME"] ?? join(homedir(), ".cargo");
  const flags = [`--remap-path-prefix=${cargoHome}=/cargo`, `--remap-path-prefix=${CORE}=/core`];
  // --config adds to .cargo/config.toml; a RUSTFLAGS variable would silently replace it, and SIMD with it.
  return ["--config", `target.wasm32-unknown-unknown.rustflags=${JSON.stringify(flags)}`];
}

/**
 * Puts the files of `fresh` into pkg one rename at a time: a process that is importing them never finds half a file.
 * Equal files keep their time, so that watchers stay quiet. Answers whether any byte of the module differed.
 */
function publish(fresh) {
  mkdirSync(PKG, { recursive: true });
  const names = readdirSync(fresh);
  let changed = false;
  for (const name of names) {
    const old = join(PKG, name);
    if (existsSync(old) && readFileSync(old).equals(readFileSync(join(fresh, name)))) continue;
    renameSync(join(fresh, name), old);
    changed ||= name !== STAMP;
  }
  for (const name of readdirSync(PKG)) if (!names.includes(name)) rmSync(join(PKG, name), { recursive: true });
  return changed;
}

/**
 * Builds the module and puts it into core-wasm/pkg.
 * @param {{ locked?: boolean }} [options] `locked` refuses to touch Cargo.lock
 * @returns {Promise<{ changed: boolean }>} whether any byte differs from what was there
 */
export async function buildCore({ locked = false } = {}) {
  await needToolchain();
  if (!locked && !existsSync(join(CORE, "Cargo.lock"))) {
    await run("cargo", ["generate-lockfile"], { name: "core", cwd: CORE });
  }
  const folders = [
    await toolFolder("wasm-bindgen-cli", "wasm-bindgen", bindgenVersion()),
    await toolFolder("wasm-pack", "wasm-pack", WASM_PACK_VERSION),
    join(ROOT, "node_modules", ".bin"), // wasm-opt
    dirname(process.execPath), // which is a script for node
  ];
  const env = { ...process.env, PATH: [...folders, process.env["PATH"]].filter(Boolean).join(delimiter) };
  delete env["RUSTFLAGS"];
  const before = digestOf(ROOT, BY_HAND);
  const fresh = join(CORE, "target", `pkg-${process.pid}`);
  rmSync(fresh, { recursive: true, force: true });
  const how = ["--release", "--target", "web", "--mode", "no-install", "--no-pack", "--out-name", "nodus_core"];
  const cargo = [...(locked ? ["--locked"] : []), "--features", "bindings", ...reproducible()];
  const options = { name: "core", tick: true, limit: BUILD_LIMIT_S, cwd: CORE, env };
  const { code } = await run(
    "wasm-pack",
    ["--quiet", "build", CORE, ...how, "--out-dir", fresh, "--", ...cargo],
    options,
  );
  if (code !== 0) throw new Error("the core could not be built");
  for (const name of [".gitignore", "package.json", "README.md", "LICENSE"]) rmSync(join(fresh, name), { force: true });
  // A file saved during the build may or may not be in it: then the module counts as stale.
  const steady = digestOf(ROOT, BY_HAND) === before;
  writeFileSync(join(fresh, STAMP), `${steady ? sourceHash() : "sources changed during the build"}\n`);
  const changed = publish(fresh);
  rmSync(fresh, { recursive: true, force: true });
  return { changed };
}

if (isMain(import.meta.url)) {
  if (process.argv.includes("--check")) {
    const stale = isStale();
    console.log(
      stale ? "core-wasm/pkg is stale: run node tools/core.mjs and commit it" : "core-wasm/pkg is up to date",
    );
    process.exit(stale ? 1 : 0);
  }
  if (isStale() || process.argv.includes("--force")) {
    const { changed } = await buildCore();
    console.log(changed ? "core-wasm/pkg is rebuilt" : "core-wasm/pkg is rebuilt, byte for byte as before");
  } else console.log("core-wasm/pkg is up to date");
}
