// Completes package-lock.json: node tools/complete-lock.mjs [--check]
// Where a registry does not carry the optional package of a foreign platform, npm writes a lock without it and then
// `npm ci` refuses that lock everywhere. The entry can be written from the name alone; npm skips it on other platforms.
// To run after every change of dependencies; `--check` says whether it was forgotten.
import { readFileSync, writeFileSync } from "node:fs";

const FILE = new URL("../package-lock.json", import.meta.url);
const SYSTEMS = ["aix", "android", "darwin", "freebsd", "linux", "netbsd", "openbsd", "openharmony", "sunos", "win32"];
const PROCESSORS = ["arm", "arm64", "ia32", "loong64", "mips64el", "ppc64", "riscv64", "s390x", "x64"];
const ALIASES = { windows: "win32", ppc64le: "ppc64" };

function entryFor(name, version, dev) {
  const words = name.split(/[-/]/).map((word) => ALIASES[word] ?? word);
  const os = SYSTEMS.find((system) => words.includes(system));
  const cpu = PROCESSORS.find((processor) => words.includes(processor));
  if (!os || !/^\d/.test(version)) return undefined;
  const libc = os !== "linux" ? undefined : /musl/.test(name) ? "musl" : /gnu/.test(name) ? "glibc" : undefined;
  return {
    version,
    ...(cpu && { cpu: [cpu] }),
    ...(dev && { dev }),
    ...(libc && { libc: [libc] }),
    optional: true,
    os: [os],
  };
}

const lock = JSON.parse(readFileSync(FILE, "utf8"));
const missing = [];
for (const [path, parent] of Object.entries(lock.packages)) {
  for (const [name, version] of Object.entries(parent.optionalDependencies ?? {})) {
    if (lock.packages[`node_modules/${name}`] || lock.packages[`${path}/node_modules/${name}`]) continue;
    const entry = entryFor(name, version, parent.dev);
    if (entry) missing.push([`node_modules/${name}`, entry]);
    else console.log(`left alone: ${name} ${version}, its platform cannot be read from the name`);
  }
}
const addresses = Object.entries(lock.packages).filter(([, entry]) => entry.resolved?.includes("://"));

if (process.argv.includes("--check")) {
  for (const [path] of missing) console.error(`missing from the lock: ${path}`);
  for (const [path] of addresses) console.error(`address in the lock: ${path}`);
  if (missing.length + addresses.length > 0) {
    console.error("run: node tools/complete-lock.mjs");
    process.exit(1);
  }
} else {
  for (const [, entry] of addresses) delete entry.resolved;
  const all = [...Object.entries(lock.packages), ...missing];
  lock.packages = Object.fromEntries(all.sort(([a], [b]) => a.localeCompare(b, "en")));
  writeFileSync(FILE, `${JSON.stringify(lock, null, 2)}\n`);
  console.log(`${missing.length} entries added, ${addresses.length} addresses removed`);
}
