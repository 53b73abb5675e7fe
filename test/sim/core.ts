/** The WASM core as every simulated node uses it: one instance, one arena, for all of them. */
import { readFileSync } from "node:fs";
import { coreOf } from "#adapters/core.ts";
import type { Core } from "#node/ports.ts";

let core: Core | undefined;

export function loadCore(): Core {
  core ??= coreOf(readFileSync(new URL("../../core-wasm/pkg/nodus_core_bg.wasm", import.meta.url)));
  return core;
}
