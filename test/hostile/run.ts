/**
 * npm run hostile -- [--json] [--proxy] [--attack NAME]... [--seconds 6] [--sockets 4100]
 * Each attack on a bootstrap node of its own under the rules of the network of all, from 127.0.0.2, while newcomers come
 * from 127.0.0.3. Progress goes to stderr; the last line of stdout is the result as JSON, one key an attack. The exit code
 * is 1 where a node kept descriptors, or a newcomer took a second or more. `--json` leaves out the readable lines.
 */
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { build } from "../../tools/build.mjs";
import { solved } from "../relay/stranger.ts";
import { ATTACKS, type AttackName } from "./attacks.ts";
import { type Result, siege } from "./siege.ts";

/** As relay-bootstrap/src/config.ts has it. */
const MAIN = { name: "nodus/1/main", bits: 22, loopbackExempt: false };
const SOON_MS = 1_000;
const MOST = { seconds: 600, sockets: 10_000 };
const NAMES = Object.keys(ATTACKS) as AttackName[];
const HELP = `npm run hostile -- [OPTIONS]: attacks on a bootstrap node, and how newcomers fare meanwhile.

  --json           nothing on stdout but the result
  --proxy          everyone comes through a reverse proxy that the node trusts
  --attack NAME    only this one; may be repeated: ${NAMES.join(", ")}
  --seconds N      how long each lasts (6)
  --sockets N      connections that the attacker wants to hold (4100)`;

class UsageError extends Error {}

function asked(args: string[]) {
  const { values } = parseArgs({
    args,
    options: {
      json: { type: "boolean", default: false },
      proxy: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
      attack: { type: "string", multiple: true, default: NAMES },
      seconds: { type: "string", default: "6" },
      sockets: { type: "string", default: "4100" },
    },
  });
  const whole = (name: keyof typeof MOST): number => {
    const value = Number(values[name]);
    if (Number.isInteger(value) && value > 0 && value <= MOST[name]) return value;
    throw new UsageError(`--${name} takes a whole number from 1 to ${MOST[name]}, not "${values[name]}".`);
  };
  const attacks = values.attack.map((name) => {
    const known = NAMES.find((each) => each === name);
    if (!known) throw new UsageError(`There is no attack "${name}": take one of ${NAMES.join(", ")}.`);
    return known;
  });
  return { ...values, attacks, seconds: whole("seconds"), sockets: whole("sockets") };
}

async function run(): Promise<boolean> {
  const { json, proxy, help, attacks, seconds, sockets } = asked(process.argv.slice(2));
  if (help) {
    console.log(HELP);
    return true;
  }
  if (!existsSync("/proc/self/fd")) throw new UsageError("Descriptors are counted in /proc: this needs Linux.");
  const tell = (line: string): void => console.error(line);
  await build();
  tell("solving the keys of an attacker and of a newcomer (22 bits each)");
  const keys = { attacker: await solved(MAIN), newcomer: await solved(MAIN) };
  const folder = mkdtempSync(join(tmpdir(), "nodus-hostile-key-"));
  const results: Record<string, Result> = {};
  try {
    for (const attack of attacks) {
      tell(`${attack}: starting a node`);
      const result = await siege(attack, { network: MAIN, proxy, page: "/", seconds, sockets, keys, folder, tell });
      results[attack] = result;
      if (!json) console.log(`${attack}: ${Object.values(result).join(", ")} (descriptors before, after; ms)`);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  console.log(JSON.stringify(results));
  return Object.values(results).every(
    ({ descriptors_before, descriptors_after, newcomer_ms }) =>
      descriptors_after <= descriptors_before && newcomer_ms < SOON_MS,
  );
}

try {
  process.exit((await run()) ? 0 : 1);
} catch (error) {
  const usage = error instanceof UsageError || (error instanceof TypeError && "code" in error);
  console.error(usage && error instanceof Error ? error.message : error);
  process.exit(1);
}
