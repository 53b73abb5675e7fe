// npm's own JavaScript, so that it runs under the Node that we choose and never through a shell.
import { existsSync, realpathSync } from "node:fs";
import { dirname, join } from "node:path";

/** Path of npm-cli.js; undefined where no npm stands beside this Node. */
export function findNpm() {
  const given = process.env["npm_execpath"];
  if (given && /npm-cli\.js$/.test(given) && existsSync(given)) return given;
  const bin = dirname(realpathSync(process.execPath));
  const places = ["../lib/node_modules", "node_modules", "../share/nodejs"];
  return places.map((place) => join(bin, place, "npm/bin/npm-cli.js")).find((path) => existsSync(path));
}
