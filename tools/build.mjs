// Builds what a bootstrap node serves: the page, the service worker, and the list of files to keep offline.
// node tools/build.mjs [--force]
// Skips everything when neither sources nor settings changed. The result is swapped in whole, so that a node that is
// serving the old one never sees an empty folder. Not here: the core (core.mjs) and size limits (budget.mjs).
import "./lib/node24.mjs";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { build as vite } from "vite";
import { injectManifest } from "workbox-build";
import { buildCore, isStale } from "./core.mjs";
import { digestOf } from "./lib/digest.mjs";
import { isMain, ROOT } from "./lib/process.mjs";
import { hasCargo } from "./lib/rust.mjs";

const SOURCES = ["web", "sw", "core-wasm/pkg", "package.json", "package-lock.json", "vite.config.ts", "tsconfig.json"];
const DIST = join(ROOT, "dist");
const WEB = join(DIST, "web");
const STAMP = join(DIST, "web.sha256");
const BUILD_DIGITS = 12; // 48 bits: enough to tell builds apart, short enough to be read out
const LARGEST_PRECACHED = 4e6; // bytes; workbox leaves out larger files silently, the budget is far below

/** Rebuilds the core when its sources were edited; the checked-in module serves where there is no cargo. */
async function currentCore() {
  if (!existsSync(join(ROOT, "core-wasm/src")) || !isStale()) return;
  if (hasCargo()) await buildCore();
  else console.log("[build] core-wasm/pkg is older than its sources and cargo is missing: using it as it is");
}

/** `digest`: of all sources; its first digits name the build in the app. */
async function bundle(outDir, digest) {
  const define = { __NODUS_BUILD__: JSON.stringify(digest.slice(0, BUILD_DIGITS)) };
  const common = { configFile: join(ROOT, "vite.config.ts"), logLevel: "warn", define };
  await vite({ ...common, mode: "client", build: { outDir } });
  await vite({ ...common, mode: "sw", build: { outDir } });
  // Needed by tools/budget.mjs only, of no use to a browser.
  renameSync(join(outDir, "manifest.json"), join(DIST, "manifest.json"));
  const { count, size, warnings } = await injectManifest({
    swSrc: join(outDir, "sw.js"),
    swDest: join(outDir, "sw.js"),
    globDirectory: outDir,
    globPatterns: ["**/*.{html,js,css,wasm,svg,png,ico,woff2,webmanifest}"],
    // The table of look-alikes is large, and a host without it is drawn in ASCII: it comes when a link asks for it.
    globIgnores: ["sw.js", "assets/confusables-*.js"],
    dontCacheBustURLsMatching: /^assets\/.*-[\w-]{8}\./,
    maximumFileSizeToCacheInBytes: LARGEST_PRECACHED,
  });
  if (warnings.length > 0) throw new Error(warnings.join("\n"));
  writeFileSync(join(DIST, "precache.json"), JSON.stringify({ count, size }));
  return { count, size };
}

/** Two builds may end at once; the later one wins, and neither fails for it. */
function swapIn(fresh) {
  const old = `${fresh}.old`;
  for (let left = 5; ; left--) {
    try {
      if (existsSync(WEB)) renameSync(WEB, old);
      renameSync(fresh, WEB);
      break;
    } catch (error) {
      if (left === 0) throw error;
      rmSync(old, { recursive: true, force: true });
    }
  }
  rmSync(old, { recursive: true, force: true });
}

/** Brings dist/web up to date. */
export async function build({ force = false } = {}) {
  await currentCore();
  const want = digestOf(ROOT, SOURCES);
  const have = existsSync(STAMP) && existsSync(join(WEB, "sw.js")) ? readFileSync(STAMP, "utf8") : "";
  if (have === want && !force) return;
  const started = performance.now();
  const fresh = join(DIST, `web.${process.pid}`);
  mkdirSync(dirname(fresh), { recursive: true });
  try {
    const { count, size } = await bundle(fresh, want);
    swapIn(fresh);
    writeFileSync(STAMP, want);
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    console.log(`[build] ${count} files to keep offline, ${(size / 1000).toFixed(0)} kB, in ${seconds} s`);
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}

if (isMain(import.meta.url)) await build({ force: process.argv.includes("--force") });
