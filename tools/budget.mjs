// The size budget of the app, over the last build: node tools/budget.mjs
// Prints each figure with its limit, and all of them as JSON on the last line; exit 1 when one is exceeded.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { filesUnder } from "./lib/digest.mjs";
import { ROOT } from "./lib/process.mjs";

const DIST = join(ROOT, "dist");
const WEB = join(DIST, "web");
const LIMITS = { firstPaintJsGzip: 60_000, wasmBrotli: 150_000, workerGzip: 110_000, precache: 1_200_000 }; // bytes

const read = (name) => readFileSync(join(WEB, name));
const sum = (names, size) => names.reduce((total, name) => total + size(read(name)), 0);
const gzip = (bytes) => gzipSync(bytes, { level: 9 }).length;

/** Entry scripts of index.html and everything they import statically: a browser runs nothing before it has them all. */
function neededForFirstPaint() {
  const chunks = JSON.parse(readFileSync(join(DIST, "manifest.json"), "utf8"));
  const needed = new Set();
  const visit = (key) => {
    const chunk = chunks[key];
    if (!chunk || needed.has(chunk.file)) return;
    needed.add(chunk.file);
    for (const next of chunk.imports ?? []) visit(next);
  };
  for (const [key, chunk] of Object.entries(chunks)) if (chunk.isEntry) visit(key);
  return [...needed].filter((file) => file.endsWith(".js"));
}

const wasm = filesUnder(join(WEB, "assets")).filter((file) => file.endsWith(".wasm"));
const first = neededForFirstPaint();
if (first.length === 0) throw new Error("no entry script in dist/manifest.json: nothing was measured");
const figures = {
  firstPaintJsGzip: sum(first, gzip),
  wasmBrotli: wasm.reduce((total, file) => total + brotliCompressSync(readFileSync(file)).length, 0),
  workerGzip: gzip(read("sw.js")),
  precache: JSON.parse(readFileSync(join(DIST, "precache.json"), "utf8")).size,
};
let exceeded = 0;
for (const [name, limit] of Object.entries(LIMITS)) {
  const over = figures[name] > limit;
  exceeded += Number(over);
  console.log(`${name.padEnd(18)} ${String(figures[name]).padStart(9)} of ${limit} bytes${over ? "  EXCEEDED" : ""}`);
}
console.log(`before first paint: ${first.join(", ")}`);
console.log(JSON.stringify(figures));
process.exit(exceeded ? 1 : 0);
