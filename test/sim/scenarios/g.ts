/**
 * G: one cell in a large network. The writer goes; somebody else who knows the keys reads it. Then three of its eight
 * holders die, and the count that a sender sees falls by three.
 */
import { heldIn, letter, list, put, readable } from "../mail.ts";
import { MINUTE_MS, type Scenario } from "./scenario.ts";

const ANCHORS = 6;
const HOLDERS = 8;
const KILLED = 3;

export const g: Scenario = {
  claim: "a cell outlives its writer, is read by whoever knows the keys, and the count of its copies is true",
  defaults: { nodes: 300, links: 24, hours: 0, messages: 0 },
  setting: () => ({ anchors: ANCHORS, hub: { jitter: 5 } }),
  async run(world, expect) {
    const { clock } = world.net;
    await world.build();
    const writer = world.pick(world.live().filter(({ anchor }) => !anchor));
    const written = letter(world, writer);
    const began = clock.now();
    const placed = await clock.wait(put(world, writer, written));
    const putMs = clock.now() - began;
    world.net.crash(writer.host);
    await clock.advance(MINUTE_MS);

    const holders = world.live().filter(({ node }) => node.stats().cellsKept > 0);
    const readers = world.live().filter((live) => !holders.includes(live));
    const read = await clock.wait(readable(world, world.pick(readers), written));
    const before = heldIn(await clock.wait(list(world, world.pick(readers), written)), written);

    // Tabs and anchors alike: the dead are chosen by chance.
    for (let killed = 0; killed < KILLED; killed++) {
      const chosen = world.pick(holders);
      holders.splice(holders.indexOf(chosen), 1);
      world.net.crash(chosen.host);
    }
    await clock.advance(MINUTE_MS);
    const listed = await clock.wait(list(world, world.pick(readers), written));
    const after = heldIn(listed, written);
    const readAgain = await clock.wait(readable(world, world.pick(readers), written));
    expect(placed?.held === HOLDERS && placed.of === HOLDERS, `stored on ${placed?.held} of ${placed?.of}`);
    expect(holders.length + KILLED === HOLDERS, `${holders.length + KILLED} nodes keep the cell`);
    expect(read, "the cell could not be read without its writer");
    expect(before === HOLDERS, `${before} copies were listed before`);
    expect(after === HOLDERS - KILLED, `${after} copies were listed after ${KILLED} of ${before} holders died`);
    expect(readAgain, "the cell could not be read after three holders died");
    return {
      put_ms: putMs,
      placed: placed?.held ?? 0,
      read,
      held_before: before,
      held_after: after,
      of: listed?.of ?? 0,
    };
  },
};
