import { Fault } from "./errors.ts";

/** Every limit of the runtime with unit, reason and default. Tier 3 (local policy) unless said otherwise. */
export interface Limits {
  /** Links a node aims at, and where it stops (protocol.md §3 Budgets). */
  linksWanted: number;
  linksMax: number;
  framesPerSecond: number;
  frameBurst: number;
  bytesPerSecond: number;
  /** Bytes of cells kept for others, in all. */
  storeBytes: number;
}
/** Fewer links carry no mail: asks go through one neighbour while another holds. */
const LINKS_LEAST = 3;
/** The same limits, or a Fault("malformed") where one of them cannot be kept to. */
export const checkedLimits = <L extends Partial<Limits>>(limits: L): L => {
  for (const [name, value] of Object.entries(limits)) {
    const least = name === "linksMax" ? LINKS_LEAST : 0;
    if (name in TAB && value >= least) continue;
    throw new Fault("malformed", `${name} is no limit, or not at least ${least}.`);
  }
  return limits;
};

const MIB = 1024 * 1024;
export const TAB: Limits = {
  linksWanted: 40,
  linksMax: 64,
  framesPerSecond: 500,
  frameBurst: 2_000,
  bytesPerSecond: 4 * MIB,
  storeBytes: 64 * MIB,
};
/** A phone pays for each link with battery and memory. */
export const PHONE: Limits = { ...TAB, linksWanted: 16, linksMax: 24 };
export const ANCHOR: Limits = { ...TAB, linksWanted: 64, linksMax: 2_048, storeBytes: 4_096 * MIB };
