// One hash over files and folders, the same on every system: names with "/", text with "\n", sorted.
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative, sep } from "node:path";

const TEXT = /\.(ts|mts|mjs|cjs|js|json|rs|toml|lock|html|css|svg|webmanifest|sha256)$/;
const NOT_SOURCES = new Set(["node_modules", "target", "dist"]);

/** Every file below `path` (or `path` itself when it is a file); nothing when it does not exist. */
export function filesUnder(path) {
  if (!existsSync(path)) return [];
  if (statSync(path).isFile()) return [path];
  return readdirSync(path, { withFileTypes: true }).flatMap((entry) => {
    if (entry.isDirectory()) return NOT_SOURCES.has(entry.name) ? [] : filesUnder(join(path, entry.name));
    return entry.isFile() ? [join(path, entry.name)] : [];
  });
}

/** SHA-256 (hex) over the files below `paths`, which are relative to `root`. */
export function digestOf(root, paths) {
  const names = paths.flatMap((path) => filesUnder(join(root, path))).map((file) => relative(root, file));
  const hash = createHash("sha256");
  for (const name of names.map((name) => name.split(sep).join("/")).sort()) {
    const bytes = readFileSync(join(root, name));
    hash
      .update(`${name}\0`)
      .update(TEXT.test(name) ? bytes.toString("utf8").replaceAll("\r\n", "\n") : bytes)
      .update("\0");
  }
  return hash.digest("hex");
}
