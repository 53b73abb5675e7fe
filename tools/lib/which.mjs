// Finds programs without running them: running `cargo` could make rustup fetch a toolchain in silence.
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

export function isProgram(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Path of the first of `names` found in PATH or in `places` (folders), or undefined. */
export function which(names, places = []) {
  const folders = [...(process.env["PATH"] ?? "").split(delimiter), ...places].filter(Boolean);
  const ending = process.platform === "win32" ? ".exe" : "";
  return names.flatMap((name) => folders.map((folder) => join(folder, name + ending))).find(isProgram);
}
