// npm run tour: a current build and a browser, then the tour of the product (test/tour/run.ts).
import "./lib/node24.mjs";
import { build } from "./build.mjs";
import { needChromium } from "./chromium.mjs";
import { run } from "./lib/process.mjs";

const LIMIT_S = 1200;

const env = { ...process.env, NODUS_CHROMIUM: await needChromium() };
await build();
const { code } = await run(process.execPath, ["test/tour/run.ts"], { name: "tour", limit: LIMIT_S, env });
process.exit(code);
