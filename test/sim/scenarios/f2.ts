/** F2: churn. 30 % of the nodes are replaced per hour; anchors stay. Messages arrive, and no stored cell is lost. */
import { heldIn, type Letter, letter, list, put, readable } from "../mail.ts";
import type { Sent, World } from "../world.ts";
import { faults, HOUR_MS, MINUTE_MS, round, type Scenario, share } from "./scenario.ts";

const ANCHORS = 4;
const REPLACED_PER_HOUR = 0.3;
/** Most tabs say goodbye; of the others the system closes the sockets, but for a device that loses power. */
const LEAVES = 0.5;
const NOTICED = 0.9;
const LETTERS = 30;
const FIRST_SEND = 0.999;
/** A device that vanished without a word is noticed after up to 60 s, and until messages take disjoint paths all tries
 * of one pair may end there. */
const IN_TIME = 0.999;
const IN_TIME_MS = 10_000;

export const f2: Scenario = {
  claim: "with 30 % of the nodes replaced per hour messages arrive at the first send, and no stored cell is lost",
  defaults: { nodes: 1000, links: 24, hours: 24, messages: 20_000 },
  setting: () => ({ anchors: ANCHORS, hub: { jitter: 5 } }),
  async run(world, expect) {
    const { hours, messages } = world.options;
    await world.build();
    const letters: Letter[] = [];
    for (let index = 0; index < LETTERS; index++) {
      const author = world.pick(world.live());
      const written = letter(world, author);
      const placed = await world.net.clock.wait(put(world, author, written));
      expect((placed?.held ?? 0) >= 3, `a cell was stored on ${placed?.held ?? 0} of ${placed?.of ?? 0}`);
      letters.push(written);
    }
    let over = false;
    const churned = churn(world, () => over);
    const sent = await trafficWithRetry(world, messages, hours * HOUR_MS);
    over = true;
    await world.net.clock.advance(5 * MINUTE_MS);

    let lost = 0;
    let copies = 0;
    for (const written of letters) {
      const reader = world.pick(world.live());
      if (!(await world.net.clock.wait(readable(world, reader, written)))) lost++;
      copies += heldIn(await world.net.clock.wait(list(world, reader, written)), written);
    }
    const first = sent.filter(({ fault }) => fault === undefined);
    const inTime = sent.filter(({ arrived }) => arrived);
    expect(lost === 0, `${lost} of ${letters.length} cells are lost`);
    expect(first.length >= FIRST_SEND * sent.length, `first sends that failed: ${faults(sent)}`);
    expect(inTime.length >= IN_TIME * sent.length, `${sent.length - inTime.length} not there within 10 s`);
    return {
      delivered: share(first.length, sent.length),
      delivered_10s: share(inTime.length, sent.length),
      counted: sent.length,
      replaced: churned.count,
      cells_lost: lost,
      copies_mean: round(copies / letters.length),
      hops_mean: round(world.hops.mean()),
      hops_p99: world.hops.quantile(0.99),
      links_mean: round(world.links().mean),
    };
  },
};

/** One tab goes and another comes, at exponential distances, until told. */
function churn(world: World, over: () => boolean): { count: number } {
  const { clock, members } = world.net;
  const churned = { count: 0 };
  const rate = (REPLACED_PER_HOUR * world.options.nodes) / HOUR_MS;
  const next = (): void => {
    clock.after(-Math.log(1 - world.random.unit()) / rate, () => {
      if (over()) return;
      const tabs = [...members.values()].filter(({ anchor, node }) => !anchor && node !== undefined);
      const { host } = world.pick(tabs);
      const leaves = world.random.chance(LEAVES);
      const noticed = leaves || world.random.chance(NOTICED);
      if (leaves) void world.net.leave(host);
      else world.net.crash(host, noticed);
      const comes = `r${churned.count++}`;
      world.start(comes);
      world.notes.push(
        `${clock.now()} ms: ${host} ${leaves ? "leaves" : noticed ? "ends" : "is gone"}, ${comes} comes`,
      );
      next();
    });
  };
  next();
  return churned;
}

interface Tried extends Sent {
  /** Acknowledged within the limit, at the first or a later send. */
  arrived: boolean;
}

/** Messages spread over `ms`; what fails is sent again as an application would. */
async function trafficWithRetry(world: World, count: number, ms: number): Promise<Tried[]> {
  const { clock } = world.net;
  const outcomes: (Tried | undefined)[] = [];
  const one = async (): Promise<Tried | undefined> => {
    const [from, to] = world.pair();
    const began = clock.now();
    const first = await world.send(from, to);
    if (!first) return undefined;
    let last = first;
    while (last.fault !== undefined && clock.now() - began < IN_TIME_MS) {
      await new Promise<void>((resume) => void clock.after(500, resume));
      const again = await world.send(from, to);
      if (!again) return undefined;
      last = again;
    }
    return { ...first, arrived: last.fault === undefined && clock.now() - began <= IN_TIME_MS };
  };
  for (let index = 0; index < count; index++) {
    clock.after((index * ms) / count, () => void one().then((outcome) => outcomes.push(outcome)));
  }
  await clock.advance(ms);
  if (!(await clock.until(() => outcomes.length === count, 10 * MINUTE_MS))) {
    throw new Error(`${count - outcomes.length} messages were never answered`);
  }
  return outcomes.filter((outcome) => outcome !== undefined);
}
