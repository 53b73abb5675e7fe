/**
 * F16: every anchor dead for a day. The hub refuses to dial a tab, so whoever lives meets through live links alone.
 * A tab that closed comes back while any one anchor lives, also one that it never used but only heard of.
 */
import { AddressKind } from "#node/messages.ts";
import { letter, put, readable } from "../mail.ts";
import { type Live, TOKEN, type World } from "../world.ts";
import { faults, HOUR_MS, MINUTE_MS, round, type Scenario, SECOND_MS, share } from "./scenario.ts";

/** More than one message of ANCHORS holds. */
const ANCHORS = 20;
const DELIVERED = 0.999;
const HOLDERS = 8;
const RETURN_MS = 30 * SECOND_MS;
/** Pairs without a link that ask for one. */
const MEETINGS = 30;
/** n20 begins with n0 alone, and knows the others by hearsay. */
const RETURNS = "n20";
/** This one stays closed until an anchor is back. */
const LATE = "n21";
const SURVIVOR = "n3";

export const f16: Scenario = {
  claim:
    "with every anchor dead the living reach each other and make new links, and one anchor lets a closed tab return",
  defaults: { nodes: 300, links: 24, hours: 24, messages: 10_000 },
  setting: () => ({
    anchors: ANCHORS,
    hub: { jitter: 5 },
    member: (index) => (`n${index}` === RETURNS || `n${index}` === LATE ? { bootstrap: ["n0"] } : {}),
  }),
  async run(world, expect) {
    const { clock, hub, anchors } = world.net;
    const { messages, hours } = world.options;
    await world.build(12 * MINUTE_MS); // one round of ANCHORS gossip

    await clock.wait(world.net.leave(LATE));
    await clock.wait(world.net.leave(RETURNS));
    for (const anchor of anchors) if (anchor !== SURVIVOR) world.net.crash(anchor);
    await clock.advance(MINUTE_MS);
    const returnMs = await returning(world, RETURNS);
    expect(returnMs <= RETURN_MS, `a tab needed ${returnMs} ms to return through the last anchor`);

    world.net.crash(SURVIVOR);
    await clock.advance(2 * MINUTE_MS);
    expect(await undialable(world), "the hub let somebody dial a tab");
    const sent = await world.traffic(messages, hours * HOUR_MS);
    const delivered = sent.filter(({ fault }) => fault === undefined);
    const met = await meet(world);
    const written = letter(world, world.pick(world.live()));
    const placed = await clock.wait(put(world, world.pick(world.live()), written));
    const read = await clock.wait(readable(world, world.pick(world.live()), written));
    expect(read && (placed?.held ?? 0) >= HOLDERS, `a cell was stored on ${placed?.held ?? 0}, read: ${read}`);

    world.start(SURVIVOR, { anchor: true });
    await clock.advance(MINUTE_MS);
    const lateMs = await returning(world, LATE);
    expect(lateMs <= RETURN_MS, `a tab closed all the time needed ${lateMs} ms to return`);
    expect(delivered.length >= DELIVERED * sent.length, `not delivered: ${faults(sent)}`);
    expect(met.linked > 0 && met.linked === met.asked, `${met.linked} of ${met.asked} new links were made`);
    return {
      delivered: share(delivered.length, sent.length),
      hops_mean: round(world.hops.mean()),
      hops_p99: world.hops.quantile(0.99),
      new_links: met.linked,
      new_links_asked: met.asked,
      return_ms: returnMs,
      return_after_all_dead_ms: lateMs,
      living: world.live().length,
      links_mean: round(world.links().mean),
      hosts_alive: [...world.net.members.keys()].filter((host) => hub.alive(host)).length,
    };
  },
};

/** ms until a closed tab, started again, is in. */
function returning(world: World, host: string): Promise<number> {
  world.start(host, { bootstrap: ["n0"] });
  return world.back(host, 10 * RETURN_MS);
}

/** Nobody can dial a tab: checked, since everything above rests on it. */
async function undialable(world: World): Promise<boolean> {
  const { clock, hub } = world.net;
  const [from, to] = world.pair();
  const dialer = hub.transport(from.host);
  const url = new TextEncoder().encode(`ws://${to.host}`);
  const outcome = dialer.dial(url, new AbortController().signal).then(
    () => false,
    () => true,
  );
  return dialer.kind === AddressKind.websocket && (await clock.wait(outcome));
}

/** Pairs that have no link ask for one; only live signalling through others can give it. */
async function meet(world: World): Promise<{ asked: number; linked: number }> {
  const result = { asked: 0, linked: 0 };
  for (let tries = 0; tries < 20 * MEETINGS && result.asked < MEETINGS; tries++) {
    const [from, to] = world.pair();
    if (linked(from, to)) continue;
    result.asked++;
    const peer = { nodeId: to.node.id, x25519Pk: to.node.x25519Pk };
    const answer = await world.net.clock.wait(world.call(from.node.connect(peer, TOKEN)));
    await world.net.clock.advance(SECOND_MS); // the other end sees it a moment later
    if (answer === "linked" && linked(from, to) && linked(to, from)) result.linked++;
  }
  return result;
}

function linked(from: Live, to: Live): boolean {
  const { nodeId } = to.node.stats();
  return from.node.stats().links.some(({ peer }) => peer === nodeId);
}
