/**
 * F11: wrong clocks. A fifth of the devices is up to 10 min off, a few by hours, some are set anew while they run, and one
 * tab is frozen for an hour. Skew counts against network time, so nothing honest is refused.
 */
import type { MemberOptions } from "#adapters/memory-testnet.ts";
import { letter, put, readable } from "../mail.ts";
import { faults, HOUR_MS, MINUTE_MS, round, type Scenario, SECOND_MS, share } from "./scenario.ts";

const ANCHORS = 3;
const SKEWED = 0.2;
const SKEW_MS = 10 * MINUTE_MS;
/** ms off, for the last few nodes. */
const FAR_OFF = [5 * HOUR_MS, -7 * HOUR_MS, 26 * HOUR_MS];
/** ms by which somebody corrects a clock while its node runs. */
const JUMPS = [-2 * HOUR_MS, HOUR_MS, -20 * MINUTE_MS, 30 * HOUR_MS];
/** Ordinary quartz: 50 ppm either way. */
const DRIFT = 0.00005;
const RESUME_MS = 5 * SECOND_MS;
const FROZEN = "n7";

export const f11: Scenario = {
  claim: "with clocks minutes and hours off nothing honest is refused, and a woken tab resumes within 5 s",
  defaults: { nodes: 300, links: 24, hours: 2, messages: 5_000 },
  setting: ({ nodes }) => ({
    anchors: ANCHORS,
    member(index): MemberOptions {
      const drift = index % 2 === 0 ? DRIFT : -DRIFT;
      const far = FAR_OFF[nodes - 1 - index];
      if (far !== undefined) return { drift, offset: far };
      // Spread evenly over ± 10 min, anchors among them.
      const every = Math.round(1 / SKEWED);
      const skewed = index % every === 0;
      const of = Math.floor(index / every) / Math.max(1, Math.floor((nodes - 1) / every));
      return { drift, offset: skewed ? Math.round((2 * of - 1) * SKEW_MS) : 0 };
    },
  }),
  async run(world, expect) {
    const { clock, members } = world.net;
    const { messages, hours, nodes } = world.options;
    await world.build();
    const before = await world.traffic(messages / 2, (hours * HOUR_MS) / 2);

    JUMPS.forEach((ms, index) => {
      members.get(`n${nodes - 10 - index}`)?.clock.jump(ms);
    });
    const authors = world.live().filter(({ options }) => (options.offset ?? 0) !== 0);
    let unread = 0;
    for (const author of authors.slice(-5)) {
      const written = letter(world, author);
      const placed = await clock.wait(put(world, author, written));
      if ((placed?.held ?? 0) < 3) unread++;
      else if (!(await clock.wait(readable(world, world.pick(world.live()), written)))) unread++;
    }
    world.net.freeze(FROZEN);
    const awake = () => world.live().filter(({ host }) => host !== FROZEN);
    const after = await world.traffic(messages / 2, HOUR_MS, awake);

    world.net.thaw(FROZEN);
    const resumeMs = await world.back(FROZEN, 10 * RESUME_MS);

    const sent = [...before, ...after];
    const delivered = sent.filter(({ fault }) => fault === undefined);
    // What waited in the frozen tab's sockets for an hour is stale indeed.
    const stale = world.count("dropped.stale", awake());
    const skews = world.live().map(({ node }) => Math.abs(node.networkTime() - clock.wall()));
    expect(delivered.length === sent.length, `not delivered: ${faults(sent)}`);
    expect(stale === 0, `${stale} honest frames were dropped as stale`);
    expect(unread === 0, `${unread} cells of authors with wrong clocks were refused or not found`);
    expect(resumeMs <= RESUME_MS, `the woken tab needed ${resumeMs} ms until a message of its own was acknowledged`);
    expect(Math.max(...skews) <= SKEW_MS, `a network time is ${Math.round(Math.max(...skews))} ms off`);
    return {
      delivered: share(delivered.length, sent.length),
      hops_mean: round(world.hops.mean()),
      hops_p99: world.hops.quantile(0.99),
      stale_drops: stale,
      network_time_error_ms: Math.round(Math.max(...skews)),
      resume_ms: resumeMs,
      links_mean: round(world.links().mean),
    };
  },
};
