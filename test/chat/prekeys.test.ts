import { beforeEach, describe, expect, test } from "vitest";
import { decodeMe } from "#chat/driver/codec.ts";
import { ME, type Me } from "#chat/driver/records.ts";
import { DAY, type Device, HOUR, MINUTE } from "./office.ts";
import { answer, invite, type Strangers, strangers, words } from "./people.ts";
import { restored } from "./scenes.ts";
import { core } from "./support.ts";

let { office, ann, ben } = {} as Strangers;
beforeEach(async () => {
  ({ office, ann, ben } = await strangers());
  await office.clock.advance(MINUTE);
});

/** Secrets that stand on the disk. */
function onDisk(device: Device): string[] {
  const me = decodeMe(core, device.disk.get(ME) as Uint8Array) as Me;
  const cards = [...(me.card === undefined ? [] : [me.card]), ...me.retired];
  return cards.map(({ prekeys }) => Buffer.from(prekeys.x25519Secret).toString("hex"));
}

describe("prekeys that were superseded", () => {
  test("are gone eight days later on a device that is superseded itself, with those of its last card", async () => {
    await office.clock.advance(2 * DAY);
    const before = onDisk(ann);
    expect(before.length).toBeGreaterThan(1);
    await restored(ann, "ann, restored", "ann");
    await office.clock.advance(HOUR);
    expect(ann.chat.superseded).toBe(true);
    expect(onDisk(ann)).toEqual(expect.arrayContaining(before));
    await office.clock.advance(8 * DAY + 2 * HOUR);
    expect(onDisk(ann)).toEqual([]);
    ann.kill();
    await ann.start();
    await office.clock.advance(HOUR);
    expect(ann.chat.superseded).toBe(true);
  });

  test("are gone eight days later without a network", async () => {
    await office.clock.advance(2 * DAY);
    const [current, ...before] = onDisk(ann);
    ann.line.up(false);
    await office.clock.advance(8 * DAY + 2 * HOUR);
    expect(onDisk(ann)).toEqual([current]);
    expect(before.length).toBeGreaterThan(0);
  });

  test("are gone soon after a start that was long after, without a network", async () => {
    await office.clock.advance(2 * DAY);
    const [current] = onDisk(ann);
    await ann.close();
    await office.clock.advance(9 * DAY);
    await ann.start({ online: false });
    await office.clock.advance(HOUR);
    expect(onDisk(ann)).toEqual([current]);
  });

  test("of a card that nobody uses any more, too: its life and a cell's are over", async () => {
    ann.line.up(false);
    await office.clock.advance(21 * DAY);
    expect(onDisk(ann)).toHaveLength(1);
    await office.clock.advance(2 * DAY);
    expect(onDisk(ann)).toEqual([]);
    ann.line.up(true);
    await office.clock.advance(5 * MINUTE);
    expect(onDisk(ann)).toHaveLength(1);
    expect(ann.chat.me?.card?.put).toBeGreaterThan(0);
    expect(ann.chat.superseded).toBe(false);
  });

  test("stay while network time says that they are not due, whatever the own clock says", async () => {
    await office.clock.advance(2 * DAY);
    const before = onDisk(ann);
    ann.kill();
    ann.offset = 20 * DAY;
    await ann.start();
    await office.clock.advance(2 * HOUR);
    expect(onDisk(ann)).toEqual(before);
  });

  test("open what was sealed to them until then", async () => {
    const link = await invite(ann);
    const looked = await office.clock.wait(ben.chat.lookUp(link));
    expect(looked.kind).toBe("found");
    await office.clock.advance(7 * DAY);
    await answer(ben, await invite(ann), "in time");
    await office.clock.advance(MINUTE);
    expect(await words(ann, ann.chat.chats[0]?.id ?? "")).toEqual(["in time"]);
  });
});
