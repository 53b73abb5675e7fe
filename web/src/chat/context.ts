/** The outside things that end-to-end code needs, handed in as one value. */
import type { Core, Random } from "#node/ports.ts";
import type { Crypto } from "./ports.ts";

export interface Context {
  core: Core;
  crypto: Crypto;
  random: Random;
  /** H(network)[0..16], `core.network(name)`. */
  network: Uint8Array;
}
