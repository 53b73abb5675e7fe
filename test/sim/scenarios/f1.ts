/** F1: no fault. Tables come of the join protocol alone; every message between random pairs is acknowledged. */
import { faults, round, type Scenario, SECOND_MS, share } from "./scenario.ts";

const PER_SECOND = 100;
const NODES_AN_ANCHOR = 25;
const ANCHOR_LINKS = 64;
/** quality.md: 300 nodes at 24 links. */
const HOPS_NODES = 300;
const HOPS_LINKS = 24;
const HOPS_MEAN = 2.6;
const HOPS_P99 = 4;

export const f1: Scenario = {
  claim: "every message between uniformly random live pairs is acknowledged by its exact target, in few hops",
  defaults: { nodes: 300, links: HOPS_LINKS, hours: 0, messages: 10_000 },
  // Anchors with few places: with 2,048 each, three of them would link everybody and shorten every path to two hops.
  setting: ({ nodes }) => ({
    anchors: Math.max(3, Math.ceil(nodes / NODES_AN_ANCHOR)),
    anchorLinks: ANCHOR_LINKS,
    hub: { jitter: 5 },
  }),
  async run(world, expect) {
    const { messages, nodes, links } = world.options;
    await world.build();
    world.hops.reset();
    const sent = await world.traffic(messages, (messages / PER_SECOND) * SECOND_MS);
    const delivered = sent.filter(({ fault }) => fault === undefined);
    const hopsMean = round(world.hops.mean());
    const hopsP99 = world.hops.quantile(0.99);
    const stale = world.count("dropped.stale");
    expect(sent.length === messages, `${messages - sent.length} messages had no outcome`);
    expect(delivered.length === sent.length, `not delivered: ${faults(sent)}`);
    expect(stale === 0, `${stale} fresh frames were dropped as stale`);
    if (nodes === HOPS_NODES && links === HOPS_LINKS) {
      expect(hopsMean <= HOPS_MEAN, `mean hops ${hopsMean} > ${HOPS_MEAN}`);
      expect(hopsP99 <= HOPS_P99, `99 % of hops ${hopsP99} > ${HOPS_P99}`);
    }
    return {
      delivered: share(delivered.length, messages),
      hops_mean: hopsMean,
      hops_p99: hopsP99,
      links_mean: round(world.links().mean),
      links_most: world.links().most,
      slowest_ms: Math.max(...sent.map(({ ms }) => ms)),
    };
  },
};
