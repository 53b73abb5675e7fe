// npm run dev: a bootstrap node, and a new build after every change of the page or the service worker. The page is
// served as it ships (same policy, same service worker); reload it to see a change.
import "./lib/node24.mjs";
import { watch } from "node:fs";
import { join } from "node:path";
import { build } from "./build.mjs";
import { ROOT } from "./lib/process.mjs";

const SETTLE_MS = 150; // editors save in several steps

let timer;
let running = Promise.resolve();
function rebuildSoon() {
  clearTimeout(timer);
  timer = setTimeout(() => {
    running = running.then(() => build()).catch((error) => console.error(`[dev] ${error.message}`));
  }, SETTLE_MS);
}

await build();
for (const folder of ["web", "sw", "core-wasm/src", "core-wasm/pkg"]) {
  watch(join(ROOT, folder), { recursive: true }, rebuildSoon);
}
await import("../relay-bootstrap/src/main.ts");
