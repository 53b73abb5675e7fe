// Two builds into one folder: the page (default mode) and the service worker (mode "sw"). tools/build.mjs runs both
// and adds the list of files to keep offline. A bootstrap node needs no build: Node runs its TypeScript.
import { defineConfig, type UserConfig } from "vite";

const hashed = {
  entryFileNames: "assets/[name]-[hash].js",
  chunkFileNames: "assets/[name]-[hash].js",
  assetFileNames: "assets/[name]-[hash][extname]",
};

const page: UserConfig = {
  root: "web",
  base: "/",
  worker: { format: "es", rollupOptions: { output: hashed } },
  build: {
    target: "es2023",
    outDir: "../dist/web",
    emptyOutDir: true,
    assetsInlineLimit: 0, // the content policy refuses data: scripts and WASM
    manifest: "manifest.json", // read by tools/budget.mjs, then moved out of what is served
    modulePreload: { polyfill: false },
    rollupOptions: { output: hashed },
  },
};

/** One classic script at a fixed address: browsers look for updates of a service worker under its own name. */
const serviceWorker: UserConfig = {
  root: "sw",
  base: "/",
  publicDir: false,
  build: {
    target: "es2023",
    outDir: "../dist/web",
    emptyOutDir: false,
    assetsInlineLimit: 0,
    modulePreload: false,
    rollupOptions: { input: "sw/src/main.ts", output: { ...hashed, entryFileNames: "sw.js", format: "iife" } },
  },
};

export default defineConfig(({ mode }) => (mode === "sw" ? serviceWorker : page));
