// Checks who imports whom (.dependency-cruiser.cjs), and that an adapter wraps one third party: node tools/boundaries.mjs
// Called as a library: the command-line tool insists on a compiler that is not needed here.
import "./lib/node24.mjs";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { cruise } from "dependency-cruiser";
import extractConfig from "dependency-cruiser/config-utl/extract-depcruise-config";
import { ROOT } from "./lib/process.mjs";

const FOLDERS = ["web/src", "sw/src", "relay-bootstrap/src", "test"].filter((folder) => existsSync(join(ROOT, folder)));
/** Without its parser the tool sees nothing and is content; below this many modules nothing was checked. */
const FEWEST_MODULES = 40;

process.chdir(ROOT);
const config = await extractConfig("./.dependency-cruiser.cjs");
const { output } = await cruise(FOLDERS, { ...config.options, ruleSet: config, validate: true });

const faults = output.summary.violations.map((fault) => {
  const way = fault.cycle?.map((step) => step.name).join(" -> ") ?? fault.to;
  return `${fault.rule.name}: ${fault.from} -> ${way}`;
});
for (const { source, dependencies } of output.modules) {
  if (!/^(web\/src|relay-bootstrap\/src)\/adapters\//.test(source)) continue;
  const names = dependencies.map(
    ({ resolved }) => /^node_modules\/(?:@types\/)?((?:@[^/]+\/)?[^/]+)/.exec(resolved)?.[1],
  );
  const parties = new Set(names.filter((name) => name && name !== "node"));
  if (parties.size > 1) faults.push(`one-third-party-an-adapter: ${source} -> ${[...parties].join(", ")}`);
}
for (const fault of faults) console.error(fault);
const seen = output.summary.totalCruised;
if (seen < FEWEST_MODULES) console.error(`only ${seen} modules were seen: the parser is missing`);
console.log(`${seen} modules, ${faults.length} faults`);
process.exit(faults.length > 0 || seen < FEWEST_MODULES ? 1 : 0);
