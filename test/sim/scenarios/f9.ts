/**
 * F9: a partition. Two halves with anchors of their own lose sight of each other for ten minutes, long enough for every
 * link between them to end; nobody lacks anchors meanwhile, so nobody has a reason of its own to dial.
 */
import { faults, MINUTE_MS, round, type Scenario, share } from "./scenario.ts";

const ANCHORS = 4;
const APART_MS = 10 * MINUTE_MS;
const HEALING_MS = 6 * MINUTE_MS;
const DELIVERED = 0.999;

export const f9: Scenario = {
  claim: "two halves that were apart for 10 min are one network again within 6 min",
  defaults: { nodes: 80, links: 24, hours: 0, messages: 2_000 },
  setting: () => ({ anchors: ANCHORS, hub: { jitter: 5 } }),
  async run(world, expect) {
    const { clock, hub } = world.net;
    const { messages } = world.options;
    // One round of ANCHORS gossip: each half knows the anchors of the other.
    await world.build(15 * MINUTE_MS);
    hub.partition((one, other) => half(one) !== half(other));
    await clock.advance(APART_MS);
    const apart = await world.traffic(messages / 4, MINUTE_MS);
    hub.heal();
    const soon = await world.traffic(messages / 4, MINUTE_MS);
    await clock.advance(HEALING_MS - MINUTE_MS);
    const healed = await world.traffic(messages / 2, MINUTE_MS);
    const arrived = (sent: typeof healed): number => sent.filter(({ fault }) => fault === undefined).length;
    expect(arrived(apart) < 0.7 * apart.length, `${arrived(apart)} of ${apart.length} crossed a cut`);
    expect(arrived(healed) >= DELIVERED * healed.length, `not delivered after healing: ${faults(healed)}`);
    return {
      delivered_apart: share(arrived(apart), apart.length),
      delivered_at_once: share(arrived(soon), soon.length),
      delivered_healed: share(arrived(healed), healed.length),
      bridged: world.count("bridged"),
      hops_mean: round(world.hops.mean()),
      links_mean: round(world.links().mean),
    };
  },
};

/** By number: hosts are n0, n1 … */
const half = (host: string): number => Number(host.slice(1)) % 2;
