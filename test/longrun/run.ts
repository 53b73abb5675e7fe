/**
 * npm run longrun -- [--seed 1] [--texts 200] [--kills 20] [--engine firefox] [--json]
 * Two browsers write `texts` numbered texts to each other and are killed `kills` times meanwhile, at moments that the seed
 * draws. A line per kill goes to stderr; the last line of stdout is the result as JSON. The exit code is 1 where a text
 * was lost, doubled or out of order, or a key was used twice. `--engine firefox`: one of the two is Firefox. `--json` leaves out
 * the readable figures.
 */
import { parseArgs } from "node:util";
import { build } from "../../tools/build.mjs";
import { needChromium } from "../../tools/chromium.mjs";
import { needEngine } from "../../tools/engines.mjs";
import { holds, longRun } from "./longrun.ts";

const { values } = parseArgs({
  options: {
    seed: { type: "string", default: "1" },
    texts: { type: "string", default: "200" },
    kills: { type: "string", default: "20" },
    engine: { type: "string", default: "chromium" },
    json: { type: "boolean", default: false },
  },
});
const whole = (name: "texts" | "kills"): number => {
  const value = Number(values[name]);
  if (Number.isInteger(value) && value > 0) return value;
  throw new Error(`--${name} takes a whole number above 0, not "${values[name]}"`);
};
const tell = (line: string): void => console.error(line);

const { engine } = values;
if (engine !== "chromium" && engine !== "firefox") {
  throw new Error(`--engine takes chromium or firefox, not "${engine}"`);
}
await needChromium();
if (engine === "firefox") await needEngine(engine);
await build();
const asked = { texts: whole("texts"), kills: whole("kills") };
const report = await longRun({ seed: values.seed, ...asked, engine, tell });
if (!values.json) for (const [name, value] of Object.entries(report)) console.log(`${name} ${String(value)}`);
console.log(JSON.stringify(report));
process.exit(holds(report, asked) ? 0 : 1);
