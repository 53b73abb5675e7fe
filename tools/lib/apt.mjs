// Debian's packages: installed where that can be done without asking, else the one command that does it.
import { existsSync } from "node:fs";
import { run } from "./process.mjs";

const LIMIT_S = 900;
const hasApt = () => existsSync("/usr/bin/apt-get");

/** Installs them where this is a Debian-like system and we are root. Whether they came is for the caller to look. */
export async function installed(name, packages) {
  if (!hasApt() || process.getuid?.() !== 0) return;
  console.log(`[${name}] installing ${packages.join(", ")} (once)`);
  const options = { name, tick: true, limit: LIMIT_S, env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" } };
  await run("apt-get", ["-qq", "update"], options);
  await run("apt-get", ["-qq", "install", "-y", "--no-install-recommends", ...packages], options);
}

/** What a person has to do; `otherwise` where there is no apt. */
export const hintOf = (packages, otherwise) => (hasApt() ? `sudo apt-get install -y ${packages.join(" ")}` : otherwise);
