// npm run screens: a current build and a browser, then pictures of every screen (test/browser/screens.ts).
import "./lib/node24.mjs";
import { build } from "./build.mjs";
import { needChromium } from "./chromium.mjs";
import { run } from "./lib/process.mjs";

const LIMIT_S = 1800;

const env = { ...process.env, NODUS_CHROMIUM: await needChromium() };
await build();
const args = ["test/browser/screens.ts", ...process.argv.slice(2)];
const { code } = await run(process.execPath, args, { name: "screens", limit: LIMIT_S, env });
process.exit(code);
