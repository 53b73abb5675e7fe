import { beforeEach, describe, expect, test } from "vitest";
import { toHex } from "#chat/bytes.ts";
import { cardAddress, cardCell, DEFAULT_STAMP_BITS, signCard } from "#chat/card.ts";
import type { Me } from "#chat/driver/records.ts";
import { newPrekeys } from "#chat/prekey.ts";
import { DAY, type Device, HOUR, MINUTE } from "./office.ts";
import { type Contacts, contacts, send, texts, words, write } from "./people.ts";
import { chatState, inOrder } from "./scenes.ts";
import { contextOf, core } from "./support.ts";

let { office, ann, ben, atAnn, atBen } = {} as Contacts;
beforeEach(async () => {
  ({ office, ann, ben, atAnn, atBen } = await contacts());
});

/** The folder of this device as it is after an end in order, on another one; both have one node key. */
async function copied(device: Device): Promise<Device> {
  await device.close();
  const copy = office.device("the copy");
  for (const [key, bytes] of device.disk) copy.disk.set(key, bytes);
  copy.nodeId = device.nodeId;
  return copy;
}
const asks = ({ chat }: Device): [boolean, boolean] => [chat.superseded, chat.elsewhere];

describe("a profile that runs twice", () => {
  test("finds the other's card by its own holders, stops, says why texts wait, and asks", async () => {
    const copy = await copied(ann);
    await copy.start();
    await office.clock.advance(3 * DAY);
    await ann.start();
    await office.clock.advance(MINUTE);
    expect(asks(ann)).toEqual([true, true]);
    expect(asks(copy)).toEqual([false, false]);
    const puts = ann.line.puts;
    await write(ann, atAnn, "from here?");
    await office.clock.advance(HOUR);
    expect((await texts(ann, atAnn)).at(-1)?.delivery).toEqual({ kind: "queued", reason: "superseded" });
    expect(ann.line.puts).toBe(puts);
    ann.kill();
    await ann.start();
    expect(asks(ann)).toEqual([true, true]);
  });

  test("continues where the person says so: texts go and come, and the other stops", async () => {
    const copy = await copied(ann);
    await copy.start();
    await office.clock.advance(3 * DAY);
    await send(copy, atAnn, "from the copy");
    await send(ben, atBen, "to the copy");
    await ann.start();
    await office.clock.advance(MINUTE);
    await write(ann, atAnn, ...inOrder("from here", 3));
    const before = ann.chat.me?.generation ?? 0;
    await office.clock.wait(ann.chat.continueHere());
    expect(asks(ann)).toEqual([false, false]);
    expect(ann.chat.mustChangeNodeKey).toBe(true);
    await office.clock.advance(20 * MINUTE);
    expect(ann.chat.me?.generation).toBeGreaterThan(before);
    expect(asks(copy)).toEqual([true, false]);
    expect(asks(ann)).toEqual([false, false]);
    expect((await words(ben, atBen)).filter((text) => text.startsWith("from here"))).toEqual(inOrder("from here", 3));
    expect((await texts(ann, atAnn)).at(-1)?.delivery?.kind).toBe("delivered");
    await send(ben, atBen, "to you here");
    await office.clock.advance(MINUTE);
    expect((await words(ann, atAnn)).at(-1)).toBe("to you here");
    expect((await texts(ben, atBen)).at(-1)?.delivery?.kind).toBe("delivered");
    await send(copy, atAnn, "not any more");
    expect((await texts(copy, atAnn)).at(-1)?.delivery).toEqual({ kind: "queued", reason: "superseded" });
    expect(await words(ben, atBen)).not.toContain("not any more");
  });

  test("fetches and deletes nothing while it asks: what comes is the other's", async () => {
    const copy = await copied(ann);
    await ann.start();
    ann.line.tellTwin();
    await office.clock.advance(1_000);
    await copy.start();
    await office.clock.advance(MINUTE);
    office.links = false;
    for (const device of [ann, copy, ben]) device.line.cut();
    const asked = ann.line.asked.length;
    const all = inOrder("to the one that goes on", 5);
    for (const text of all) await send(ben, atBen, text);
    await office.clock.advance(HOUR);
    expect((await words(copy, atAnn)).slice(-5)).toEqual(all);
    expect((await texts(ben, atBen)).at(-1)?.delivery?.kind).toBe("delivered");
    expect(await words(ann, atAnn)).not.toContain(all[0]);
    expect(ann.line.asked.length).toBe(asked);
    ann.kill();
    await ann.start();
    await send(ben, atBen, "still not yours");
    await office.clock.advance(HOUR);
    expect(ann.line.asked).toEqual([]);
    await copy.close();
    await office.clock.wait(ann.chat.continueHere());
    await send(ben, atBen, "now yours");
    await office.clock.advance(10 * MINUTE);
    expect((await words(ann, atAnn)).at(-1)).toBe("now yours");
  });

  test("renews its sessions when it continues, also with contacts to whom nothing waits", async () => {
    const copy = await copied(ann);
    await copy.start();
    await office.clock.advance(3 * DAY);
    for (const text of inOrder("from the copy", 3)) await send(copy, atAnn, text);
    await copy.close();
    await ann.start();
    await office.clock.advance(MINUTE);
    await office.clock.wait(ann.chat.continueHere());
    await office.clock.advance(20 * MINUTE);
    expect(chatState(ben, atBen).notes).toHaveLength(1);
    await send(ben, atBen, "heard");
    expect((await words(ann, atAnn)).at(-1)).toBe("heard");
  });

  test("used one after the other, without a card between: nothing is lost", async () => {
    const copy = await copied(ann);
    await copy.start();
    for (const text of inOrder("from the copy", 3)) await send(copy, atAnn, text);
    await copy.close();
    await ann.start();
    await office.clock.advance(MINUTE);
    expect(asks(ann)).toEqual([false, false]);
    for (const text of inOrder("from here", 5)) await send(ann, atAnn, text);
    await office.clock.advance(10 * MINUTE);
    expect((await words(ben, atBen)).filter((text) => text.startsWith("from here"))).toEqual(inOrder("from here", 5));
    const own = (await texts(ann, atAnn)).filter(({ text }) => text.startsWith("from here"));
    expect(own.map(({ delivery }) => delivery?.kind)).toEqual(own.map(() => "delivered"));
  });

  test("stops for a card of its age and another content, too", async () => {
    await foreign(ann, {});
    await office.clock.advance(20 * MINUTE);
    expect(asks(ann)).toEqual([true, true]);
  });

  test("is told by its node", async () => {
    ann.line.tellTwin();
    await office.clock.advance(1_000);
    expect(asks(ann)).toEqual([true, true]);
    await office.clock.wait(ann.chat.continueHere());
    await office.clock.advance(5 * MINUTE);
    expect(asks(ann)).toEqual([false, false]);
    await send(ann, atAnn, "on we go");
    await office.clock.advance(MINUTE);
    expect((await words(ben, atBen)).at(-1)).toBe("on we go");
  });
});

describe("no second device is seen", () => {
  test("where a card carries one of two signatures, whatever its age", async () => {
    await foreign(ann, { later: 5, forged: true });
    await office.clock.advance(HOUR);
    expect(asks(ann)).toEqual([false, false]);
  });

  test("in the own cards of before, shown again by all holders", async () => {
    const at = toHex(cardAddress(core, (ann.chat.me as Me).identity.id));
    const cards: Map<string, unknown>[] = [];
    for (let day = 0; day < 9; day++) {
      await office.clock.advance(DAY);
      cards.push(new Map(office.holders[0]?.get(at)));
      const shown = cards[Math.floor(cards.length / 2)] ?? new Map();
      for (const holder of office.holders) holder.set(at, new Map(shown as never));
      await office.clock.advance(HOUR);
      expect(asks(ann)).toEqual([false, false]);
    }
  });

  test("by a device that died between signing its card and publishing it", async () => {
    for (let i = 0; i < 4; i++) {
      ann.line.up(false);
      await office.clock.advance(2 * DAY);
      ann.line.up(true);
      await office.clock.advance(i * 7);
      ann.kill();
      await ann.start();
      await office.clock.advance(15 * MINUTE);
      expect(asks(ann)).toEqual([false, false]);
    }
  });

  test("by a device whose clock was ahead when it signed", async () => {
    ann.kill();
    ann.offset = 3 * DAY;
    await ann.start();
    await office.clock.advance(3 * DAY);
    ann.kill();
    ann.offset = 0;
    await ann.start();
    await office.clock.advance(5 * DAY);
    expect(asks(ann)).toEqual([false, false]);
  });
});

/** Another card under this identity's own generation lies at all holders. */
async function foreign(device: Device, { later = 0, forged = false }): Promise<void> {
  const { identity, generation, card } = device.chat.me as Me;
  const context = { ...contextOf(9), network: core.network("nodus/1/test-driver") };
  const known = core.decode("card", card?.bytes as Uint8Array);
  if (!known.ok) throw new Error("no card");
  const now = office.clock.wall() - (office.clock.wall() % MINUTE) + later * MINUTE;
  const terms = {
    generation,
    now: later > 0 ? now : Date.UTC(2026, 0, 1) + known.value.seq * MINUTE,
    stampBits: DEFAULT_STAMP_BITS,
  };
  const bytes = await signCard(context, identity, await newPrekeys(context), terms);
  if (forged) bytes[bytes.length - 1] = (bytes.at(-1) as number) ^ 1;
  const cell = cardCell(core, bytes);
  const at = toHex(cardAddress(core, identity.id));
  for (const holder of office.holders) {
    const cards = holder.get(at) ?? new Map();
    holder.set(at, cards.set(toHex(cell.subarray(4, 20)), { cell, header: cell.slice(0, 20), signer: 0 }));
  }
}
