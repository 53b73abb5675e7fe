import { beforeEach, describe, expect, test } from "vitest";
import { toHex } from "#chat/bytes.ts";
import { cardAddress } from "#chat/card.ts";
import { sendingPair } from "#chat/contact.ts";
import type { Me } from "#chat/driver/records.ts";
import { DAY, type Device, HOUR, MINUTE } from "./office.ts";
import { answer, type Contacts, contacts, invite, newcomer, send, texts, words, write } from "./people.ts";
import { chatState, draws, gotAndSent, restored, writeAmidKills } from "./scenes.ts";
import { core } from "./support.ts";

let { office, ann, ben, atAnn, atBen } = {} as Contacts;
beforeEach(async () => {
  ({ office, ann, ben, atAnn, atBen } = await contacts());
});

describe("a device is lost", () => {
  test("what its contact wrote meanwhile comes as a request, once and in order, and both go on", async () => {
    await ann.close();
    ben.kill();
    await office.clock.advance(HOUR);
    const again = await restored(ben, "ben, restored", "ben");
    await ann.start();
    ann.line.up(false);
    for (let i = 0; i < 5; i++) await write(ann, atAnn, `text ${i}`);
    await office.clock.advance(HOUR);
    ann.line.up(true);
    await office.clock.advance(2 * MINUTE);
    const [request] = again.chat.chats;
    expect(request?.contact).toMatchObject({ phase: "request", name: "ann" });
    const chat = request?.id ?? "";
    expect(await words(again, chat)).toEqual([0, 1, 2, 3, 4].map((i) => `text ${i}`));
    await office.clock.wait(again.chat.acceptRequest(chat));
    await write(again, chat, "back again");
    await office.clock.advance(2 * MINUTE);
    await write(ann, atAnn, "welcome");
    await office.clock.advance(2 * MINUTE);
    expect((await words(again, chat)).slice(-2)).toEqual(["back again", "welcome"]);
    expect((await words(ann, atAnn)).slice(-2)).toEqual(["back again", "welcome"]);
    const own = (await texts(ann, atAnn)).filter((text) => text.mine);
    expect(own.map((text) => text.delivery?.kind)).toEqual(own.map(() => "delivered"));
    expect(chatState(ann, atAnn).notes).toMatchObject([{ kind: "renewed" }]);
    expect(again.chat.direct(chat) && ann.chat.direct(atAnn)).toBe(true);
  });

  test("texts that lie in the box of the old session are sent again", async () => {
    await ben.close();
    for (let i = 0; i < 30; i++) await write(ann, atAnn, `${i} ${"long ".repeat(200)}`);
    await office.clock.advance(5 * MINUTE);
    expect((await texts(ann, atAnn)).at(-1)?.delivery?.kind).toBe("stored");
    const again = await restored(ben, "ben, restored", "ben");
    await office.clock.advance(10 * MINUTE);
    const chat = again.chat.chats[0]?.id ?? "";
    const { got, sent } = await gotAndSent([ann, atAnn], [again, chat]);
    expect(got).toHaveLength(30);
    expect(got).toEqual(sent);
  });

  test("in the very minute in which they met: the contact finds the new device all the same", async () => {
    const cleo = await newcomer(office, "cleo");
    await office.clock.advance(MINUTE - (office.clock.wall() % MINUTE));
    const atCleo = await answer(cleo, await invite(ann), "hello");
    await office.clock.advance(5_000);
    const atAnn = ann.chat.chats.at(-1)?.id ?? "";
    await office.clock.wait(ann.chat.acceptRequest(atAnn));
    await office.clock.advance(10_000);
    expect(chatState(cleo, atCleo).contact.phase).toBe("open");
    cleo.kill();
    const again = await restored(cleo, "cleo, restored", "cleo");
    await write(ann, atAnn, "are you there?");
    await office.clock.advance(7 * HOUR);
    expect(await words(again, again.chat.chats[0]?.id ?? "")).toEqual(["are you there?"]);
  });

  test("holders that show the old card again lead nowhere", async () => {
    const shown = () => office.holders.map((holder) => holder.get(cardOf(ben)));
    const old = shown().map((cards) => [...(cards ?? [])]);
    await office.clock.advance(HOUR);
    await ben.close();
    await write(ann, atAnn, "one");
    const again = await restored(ben, "ben, restored", "ben");
    await office.clock.advance(7 * HOUR);
    expect(chatState(ann, atAnn).notes).toHaveLength(1);
    again.kill();
    office.holders.forEach((holder, at) => void holder.set(cardOf(ben), new Map(old[at])));
    await office.clock.advance(8 * HOUR);
    expect(ann.chat.counters.get("card.rolled-back")).toBeGreaterThan(0);
    expect(chatState(ann, atAnn).notes).toHaveLength(1);
  });

  test("a first contact that nobody accepted goes to the newer card, too", async () => {
    const cleo = await newcomer(office, "cleo");
    const link = await invite(ben);
    await ben.close();
    await answer(cleo, link, "it is cleo");
    await office.clock.advance(MINUTE);
    const again = await restored(ben, "ben, restored", "ben");
    await office.clock.advance(7 * HOUR);
    const request = again.chat.chats.find(({ contact }) => contact.name === "cleo");
    expect(await words(again, request?.id ?? "")).toEqual(["it is cleo"]);
    await office.clock.wait(again.chat.acceptRequest(request?.id ?? ""));
    await office.clock.advance(2 * MINUTE);
    expect(cleo.chat.chats[0]?.contact.phase).toBe("open");
    expect(cleo.chat.chats[0]?.notes).toBeUndefined();
  });
});

const cardOf = (device: Device): string => toHex(cardAddress(core, (device.chat.me as Me).identity.id));
/** Sessions of which nothing more can be read, though both ends have them: each end begins anew. */
async function gap(...devices: Device[]): Promise<void> {
  for (const device of devices) {
    await device.close();
    device.moveOn();
    await device.start();
  }
}
/** What either end sent is at the other, once and in order, and all of it is delivered. */
async function expectAll(): Promise<void> {
  for (const [from, to] of [
    [
      [ann, atAnn],
      [ben, atBen],
    ],
    [
      [ben, atBen],
      [ann, atAnn],
    ],
  ] as const) {
    const { got, sent, records } = await gotAndSent(from, to);
    expect(got).toEqual(sent);
    expect(records.map((text) => text.delivery?.kind)).toEqual(records.map(() => "delivered"));
  }
}

describe("a cell too far ahead", () => {
  test("makes that end begin anew, and everything comes, once and in order", async () => {
    office.links = false;
    await gap(ann);
    for (let i = 0; i < 5; i++) await write(ann, atAnn, `text ${i}`);
    await office.clock.advance(10 * MINUTE);
    expect(ben.chat.counters.get("cell.too-far-ahead")).toBeGreaterThan(0);
    await write(ben, atBen, "and back");
    await office.clock.advance(10 * MINUTE);
    await expectAll();
    for (const [device, chat] of [
      [ann, atAnn],
      [ben, atBen],
    ] as const) {
      expect(chatState(device, chat).notes).toMatchObject([{ kind: "renewed" }]);
      expect(chatState(device, chat).contact.phase).toBe("open");
    }
  });

  test("at both ends at once: they agree, with texts on the way in both directions", async () => {
    office.links = false;
    await gap(ann, ben);
    for (let i = 0; i < 20; i++) {
      void ann.chat.write(atAnn, `ann ${i}`);
      void ben.chat.write(atBen, `ben ${i}`);
      await office.clock.advance(i);
    }
    await office.clock.advance(HOUR);
    expect(chatState(ann, atAnn).notes).toHaveLength(1);
    expect(chatState(ben, atBen).notes).toHaveLength(1);
    const used = (device: Device, chat: string) => sendingPair(chatState(device, chat).pairs)?.th;
    expect(used(ann, atAnn)).toEqual(used(ben, atBen));
    await expectAll();
    office.links = true;
    await send(ann, atAnn, "now directly");
    expect(ann.chat.direct(atAnn)).toBe(true);
    await expectAll();
  });

  test("over a direct link: what went over it with the old session comes again", async () => {
    await gap(ann);
    await office.clock.advance(MINUTE);
    expect(ann.chat.direct(atAnn)).toBe(true);
    for (let i = 0; i < 10; i++) await write(ann, atAnn, `text ${i}`);
    await office.clock.advance(20 * MINUTE);
    await expectAll();
  });

  test("three times a day and no more", async () => {
    office.links = false;
    for (let i = 0; i < 4; i++) {
      await gap(ann);
      await write(ann, atAnn, `text ${i}`);
      await office.clock.advance(2 * HOUR);
    }
    expect(chatState(ben, atBen).notes).toHaveLength(3);
    expect(ben.chat.counters.get("renewal.limit")).toBeGreaterThan(0);
    await office.clock.advance(DAY);
    expect(chatState(ben, atBen).notes).toHaveLength(4);
    await expectAll();
  });

  test.each([1, 2, 3, 4, 5, 6])("killed at any moment of it, seed %i: nothing lost, nothing twice", async (seed) => {
    const draw = draws(`renewal/${seed}`);
    office.links = false;
    await gap(ann, ...(draw(2) === 0 ? [ben] : []));
    const scene = { office, ann, ben, atAnn, atBen };
    await writeAmidKills(scene, draw, { links: () => draw(3) === 0, pauseMs: 100 });
    await office.clock.advance(6 * HOUR);
    await expectAll();
  });
});
