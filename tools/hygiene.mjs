// House rules that no linter knows: node tools/hygiene.mjs
// Files stay readable in one sitting, nothing is left "for later", no test is switched off, and protocol code takes
// time and randomness from its ports.
import { readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { filesUnder } from "./lib/digest.mjs";
import { isMain, ROOT } from "./lib/process.mjs";

const FOLDERS = ["core-wasm", "relay-bootstrap", "sw", "test", "tools", "web"];
const SOURCE = /\.(ts|rs|mjs|css)$/;
const GENERATED = /^(core-wasm\/pkg|test\/vectors)\/|\/(target|node_modules)\//;
const MOST_LINES = 400;

const PURE = /^web\/src\/(node|chat)\//;
const TESTS = /^test\/|^core-wasm\/(src|tests)\//;
/** Where a rule holds, what it forbids, and what to do instead. Words are split so that this file passes itself. */
const RULES = [
  { where: SOURCE, what: new RegExp(`\\b(TO${"DO"}|FIX${"ME"}|XX${"X"})\\b`), instead: "do it, or open an issue" },
  {
    where: TESTS,
    what: /\b(test|it|describe|suite)\.(skip|only|todo|skipIf|fixme)\b/,
    instead: "no test is switched off",
  },
  { where: TESTS, what: /^\s*#\[ignore/, instead: "no test is switched off" },
  {
    where: PURE,
    what: /\b(Date\.now|performance\.now|Math\.random|setTimeout|setInterval)\b/,
    instead: "take the Clock, Random or timer port",
  },
  { where: /^web\/src\/ui\//, what: /^\s*@[a-zA-Z]+\(/, instead: "static properties: the build leaves decorators raw" },
];

/** Faults of one file, each with its line. `name` is relative to the root, with "/". */
export function faultsOf(name, text) {
  const lines = text.split("\n");
  const count = lines.at(-1) === "" ? lines.length - 1 : lines.length;
  const faults = count > MOST_LINES ? [`${name}: ${count} lines, at most ${MOST_LINES}`] : [];
  for (const { where, what, instead } of RULES) {
    if (!where.test(name)) continue;
    lines.forEach((line, at) => {
      if (what.test(line)) faults.push(`${name}:${at + 1}: ${line.trim().slice(0, 60)}: ${instead}`);
    });
  }
  return faults;
}

if (isMain(import.meta.url)) {
  const names = FOLDERS.flatMap((folder) => filesUnder(join(ROOT, folder)))
    .map((file) => relative(ROOT, file).split(sep).join("/"))
    .filter((name) => SOURCE.test(name) && !GENERATED.test(name));
  const faults = names.flatMap((name) => faultsOf(name, readFileSync(join(ROOT, name), "utf8")));
  for (const fault of faults) console.error(fault);
  console.log(`${names.length} files, ${faults.length} faults`);
  process.exit(faults.length > 0 ? 1 : 0);
}
