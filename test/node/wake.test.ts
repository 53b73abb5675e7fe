/** Waking up (protocol.md §3, Health): after a sleep mail flows again within seconds, told of the wake or not. */
import { describe, expect, it } from "vitest";
import { createTestnet, type Testnet } from "#adapters/memory-testnet.ts";
import type { Listed, Node } from "#node/api.ts";
import { hex } from "#node/bytes.ts";
import { unitOf } from "#node/machine/cells.ts";
import { core } from "./peer-kit.ts";
import { type BoxKit, cellOf, headerIn, pairBox } from "./storage-kit.ts";

const SLEEPER = "n6";
const WITHIN_MS = 5_000;
/** A tab in the background for a while, and longer than any lease lives: like hours in all but the waiting. */
const NAP_MS = 70_000;
const NIGHT_MS = 20 * 60_000;
const HOURS_MS = 3 * 3_600_000;

const nodeOf = (net: Testnet, host: string): Node => {
  const node = net.members.get(host)?.node;
  if (!node) throw new Error(`${host} is not in`);
  return node;
};
const write = async (net: Testnet, box: BoxKit): Promise<string> => {
  const cell = cellOf(2_048, unitOf(net.clock.wall()) + 28);
  await net.clock.wait(nodeOf(net, "n4").put(box.box, cell, "write"));
  return hex(headerIn(cell));
};
/** The first listing that somebody answers, asked again as an application would. */
const listed = (net: Testnet, node: Node, box: BoxKit): Promise<Listed> =>
  new Promise((resolve) => {
    const again = (): void => void net.clock.after(200, ask);
    const ask = (): void => {
      node.list(box.box, "two").then((told) => (told.answered > 0 ? resolve(told) : again()), again);
    };
    ask();
  });

interface Sleep {
  ms: number;
  /** The page tells the node; else it finds out by itself. */
  told: boolean;
  /** The networks between forgot its connections without a word; else they end as it wakes. */
  forgotten: boolean;
}
const sleeps = async ({ ms, told, forgotten }: Sleep, seed: string): Promise<void> => {
  const net = await createTestnet({ core, nodes: 7, anchors: 2, seed, hub: { bindings: "carriers" } });
  const node = nodeOf(net, SLEEPER);
  const box = pairBox();
  const heard: string[] = [];
  const watch = node.watch(box.box, (header) => void heard.push(hex(header)));
  await net.clock.wait(watch.listed);
  net.freeze(SLEEPER);
  await net.clock.advance(ms / 2);
  const missed = await write(net, box);
  await net.clock.advance(ms / 2);

  if (forgotten) net.hub.lose(SLEEPER);
  if (told) net.thaw(SLEEPER);
  else {
    net.members.get(SLEEPER)?.clock.thaw();
    net.hub.thaw(SLEEPER);
  }
  const answer = await net.clock.wait(listed(net, node, box), WITHIN_MS);
  expect(answer.entries.map(({ header }) => hex(header))).toEqual([missed]);
  expect(await net.clock.until(() => heard.includes(missed), WITHIN_MS)).toBe(true);
  expect(node.stats().links.length).toBeGreaterThan(0);
  const late = await write(net, box);
  expect(await net.clock.until(() => heard.includes(late), WITHIN_MS)).toBe(true);
};

describe("a node that slept", () => {
  const cases = [true, false].flatMap((told) => [true, false].map((forgotten) => ({ told, forgotten })));
  it.each(cases)("70 s (%o) lists, and hears what came meanwhile, within 5 s", async (how) => {
    for (const seed of ["a", "b"]) await sleeps({ ms: NAP_MS, ...how }, seed);
  });

  it.each(cases)("longer than any lease (%o) does so too", async (how) => {
    for (const seed of ["a", "b"]) await sleeps({ ms: NIGHT_MS, ...how }, seed);
  });

  it("3 h and was not told does so too", async () => {
    await sleeps({ ms: HOURS_MS, told: false, forgotten: true }, "hours");
  });
});
