import { beforeEach, describe, expect, test } from "vitest";
import { sendingPair } from "#chat/contact.ts";
import { sealCell, skipUnclean } from "#chat/session.ts";
import { type Device, HOUR, MINUTE } from "./office.ts";
import { type Contacts, contacts, send, texts, words, write } from "./people.ts";
import { chatState, draws, gotAndSent, inOrder } from "./scenes.ts";
import { core } from "./support.ts";

let { office, ann, ben, atAnn, atBen } = {} as Contacts;
beforeEach(async () => {
  ({ office, ann, ben, atAnn, atBen } = await contacts());
});

/** The disk as it is after an end in order: what is copied then looks as if nothing had happened since. */
async function copyOf(device: Device): Promise<Map<string, Uint8Array>> {
  await device.close();
  const copy = new Map(device.disk);
  await device.start();
  await office.clock.advance(MINUTE);
  return copy;
}
async function goBack(device: Device, copy: ReadonlyMap<string, Uint8Array>): Promise<void> {
  await device.close();
  device.disk.clear();
  for (const [key, bytes] of copy) device.disk.set(key, bytes);
  await device.start();
}
/** Of what the older profile wrote, all is at the other end, once and in order, and told as delivered. */
async function expectAllOf(from: readonly [Device, string], to: readonly [Device, string], written: string[]) {
  const { got, records } = await gotAndSent(from, to);
  expect(got.filter((text) => written.includes(text))).toEqual(written);
  const own = records.filter(({ text }) => written.includes(text));
  expect(own.map(({ delivery }) => delivery?.kind)).toEqual(written.map(() => "delivered"));
}

describe("a profile older than what its contact saw", () => {
  test.each([true, false])("sends: everything arrives, links %s", async (links) => {
    office.links = links;
    const copy = await copyOf(ann);
    await send(ann, atAnn, ...inOrder("seen", 5));
    await goBack(ann, copy);
    if (!links) ann.line.cut();
    const written = inOrder("again", 7);
    for (const text of written) {
      await write(ann, atAnn, text);
      await office.clock.advance(5_000);
    }
    await office.clock.advance(10 * MINUTE);
    await expectAllOf([ann, atAnn], [ben, atBen], written);
    expect(chatState(ben, atBen).notes).toHaveLength(1);
    await send(ben, atBen, "and back");
    await office.clock.advance(MINUTE);
    expect((await words(ann, atAnn)).at(-1)).toBe("and back");
    expect((await texts(ben, atBen)).at(-1)?.delivery?.kind).toBe("delivered");
  });

  test("nothing of it is deleted at its holders, or acknowledged, before it was read", async () => {
    office.links = false;
    const copy = await copyOf(ann);
    for (const text of inOrder("seen", 3)) await send(ann, atAnn, text);
    await goBack(ann, copy);
    ben.line.up(false);
    await write(ann, atAnn, "again");
    await office.clock.advance(MINUTE);
    const lying = new Set(office.cells().map(({ header }) => header.join()));
    // Whatever it hears, it can send nothing: no session is renewed yet.
    const { put } = ben.line;
    ben.line.put = async (box, cell, signer, progress, bits) =>
      box.kind === 1 || box.kind === 2
        ? { held: 0, of: 8, refused: [] }
        : put.call(ben.line, box, cell, signer, progress, bits);
    ben.line.up(true);
    await office.clock.advance(5 * MINUTE);
    expect(ben.chat.counters.get("cell.step-used")).toBeGreaterThan(0);
    expect(ben.chat.counters.get("cell.copy") ?? 0).toBe(0);
    const left = new Set(office.cells().map(({ header }) => header.join()));
    expect([...lying].filter((header) => !left.has(header))).toEqual([]);
    expect((await texts(ann, atAnn)).at(-1)?.delivery?.kind).toBe("stored");
  });

  test("only reads and acknowledges: what its contact writes is delivered all the same", async () => {
    office.links = false;
    const copy = await copyOf(ann);
    for (const text of inOrder("seen", 3)) await send(ben, atBen, text);
    await send(ann, atAnn, "one of ours");
    await goBack(ann, copy);
    const written = inOrder("to the older one", 4);
    await send(ben, atBen, ...written);
    await office.clock.advance(30 * MINUTE);
    await expectAllOf([ben, atBen], [ann, atAnn], written);
  });

  test("knows nothing of a renewed session: it is renewed once more", async () => {
    office.links = false;
    const copy = await copyOf(ann);
    await ann.close();
    ann.moveOn();
    await ann.start();
    await send(ann, atAnn, "too far ahead");
    await office.clock.advance(10 * MINUTE);
    expect(chatState(ben, atBen).notes).toHaveLength(1);
    await send(ann, atAnn, "on the new one");
    await office.clock.advance(13 * HOUR);
    await goBack(ann, copy);
    const written = inOrder("again", 3);
    await send(ann, atAnn, ...written);
    await office.clock.advance(HOUR);
    await expectAllOf([ann, atAnn], [ben, atBen], written);
    await send(ben, atBen, "heard");
    await office.clock.advance(MINUTE);
    expect((await words(ann, atAnn)).at(-1)).toBe("heard");
  });

  test.each([1, 2, 3, 4])("both ends, again and again, seed %i", async (seed) => {
    const draw = draws(`stale/${seed}`);
    const written: string[][] = [[], []];
    const both = [[ann, atAnn] as const, [ben, atBen] as const];
    for (let round = 0; round < 2; round++) {
      const at = draw(2);
      const [device] = both[at] as (typeof both)[number];
      office.links = draw(2) === 0;
      if (!office.links) ann.line.cut();
      const copy = await copyOf(device);
      for (const [from, chat] of both)
        for (let i = 1 + draw(6); i > 0; i--) await send(from, chat, `lost ${round} ${i}`);
      await goBack(device, copy);
      for (const [side, [from, chat]] of both.entries()) {
        const all = inOrder(`kept ${round} ${side}`, 1 + draw(5));
        written[side]?.push(...all);
        for (const text of all) {
          await write(from, chat, text);
          await office.clock.advance(draw(60) * 1_000);
        }
      }
      await office.clock.advance(HOUR);
    }
    await office.clock.advance(3 * HOUR);
    for (const side of [0, 1]) {
      const [from, to] = side === 0 ? [both[0], both[1]] : [both[1], both[0]];
      if (from === undefined || to === undefined) continue;
      const got = (await texts(...to)).filter(({ mine }) => !mine).map(({ text }) => text);
      const last = (written[side] ?? []).filter((text) => text.startsWith("kept 1"));
      expect(got.filter((text) => last.includes(text))).toEqual(last);
    }
  });
});

describe("a contact who means harm", () => {
  /** Cells of ann's next steps, sealed outside of her session: as many tags for one step as wanted. */
  const sealed = (steps: number): Uint8Array => {
    let session = sendingPair(chatState(ann, atAnn).pairs)?.session;
    if (session === undefined) throw new Error("no session");
    for (let i = 0; i < steps; i++) session = skipUnclean(core, session);
    const tag =
      ann.chat.chats.length === 0 ? new Uint8Array(16) : core.hash("test", new Uint8Array([steps, counter++]));
    return sealCell(core, session, { expiry: 800, tag: tag.slice(0, 16), content: new Uint8Array(1_944) }).cell;
  };
  let counter = 0;

  test("makes us renew three times a day and no more, whatever it sends", async () => {
    await send(ann, atAnn, "linked");
    expect(ann.chat.direct(atAnn)).toBe(true);
    let looks = 0;
    const get = ben.line.get.bind(ben.line);
    ben.line.get = (box, tags, breadth) => {
      if (box.kind === 5) looks++;
      return get(box, tags, breadth);
    };
    await ben.chat.openChat(atBen);
    for (let hour = 0; hour < 20; hour++) {
      for (let i = 0; i < 10; i++) {
        ann.line.sendDirect(ben.nodeId, sealed(0));
        await office.clock.advance(5_000);
      }
      await office.clock.advance(HOUR);
    }
    // Its own card is read every ten minutes besides.
    expect(looks).toBeLessThan(20 * 8 + 10);
    expect(chatState(ben, atBen).notes?.length ?? 0).toBeLessThanOrEqual(3);
    expect(chatState(ben, atBen).pairs.length).toBeLessThanOrEqual(16);
    const text = "still there";
    await send(ben, atBen, text);
    await office.clock.advance(MINUTE);
    expect((await words(ann, atAnn)).at(-1)).toBe(text);
  });
});
