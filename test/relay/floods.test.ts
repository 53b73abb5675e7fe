/**
 * Every attack of `npm run hostile` in small, on a node of its own under the rules of the network of all, direct and
 * through a proxy with forged chains: newcomers get in meanwhile, and every descriptor comes back.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ATTACKS, type AttackName } from "../hostile/attacks.ts";
import { type Plan, siege } from "../hostile/siege.ts";
import { solved } from "./stranger.ts";

const MAIN = { name: "nodus/1/main", bits: 22, loopbackExempt: false };
const NAMES = Object.keys(ATTACKS) as AttackName[];
/** Those that a proxy hands on as they are; the others end at the proxy, or look like one of these behind it. */
const HANDED_ON: AttackName[] = [
  "slow read",
  "refused upgrade",
  "half WebSocket",
  "link that never reads",
  "ping flood",
];
/** A second on a machine with nothing else to do (`npm run hostile`); here other suites run beside it. */
const SOON_MS = 5_000;

let plan: Omit<Plan, "proxy">;
beforeAll(async () => {
  const keys = { attacker: await solved(MAIN), newcomer: await solved(MAIN) };
  const folder = await mkdtemp(join(tmpdir(), "nodus-floods-"));
  // The app may not be built here: any page will do.
  plan = { network: MAIN, page: "/readyz", seconds: 1, sockets: 500, keys, folder, tell: () => undefined };
});
afterAll(() => rm(plan.folder, { recursive: true }));

describe.each([
  { way: "direct", proxy: false, names: NAMES },
  { way: "through a proxy", proxy: true, names: HANDED_ON },
])("a newcomer, $way", ({ proxy, names }) => {
  it.each(names)("gets in during the attack: %s", async (name) => {
    const { descriptors_before, descriptors_after, newcomer_ms } = await siege(name, { ...plan, proxy });
    expect(descriptors_after).toBeLessThanOrEqual(descriptors_before);
    expect(newcomer_ms).toBeLessThan(SOON_MS);
  });
});
