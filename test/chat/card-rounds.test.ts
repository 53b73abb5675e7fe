import { beforeEach, describe, expect, test } from "vitest";
import { toHex } from "#chat/bytes.ts";
import { cardAddress } from "#chat/card.ts";
import { decodeChat, encodeChat } from "#chat/driver/codec.ts";
import type { Me } from "#chat/driver/records.ts";
import { CHATS } from "#chat/driver/records.ts";
import { type Device, HOUR, MINUTE } from "./office.ts";
import { type Contacts, contacts, words, write } from "./people.ts";
import { chatState, restored } from "./scenes.ts";
import { core } from "./support.ts";

let { office, ann, ben, atAnn } = {} as Contacts;
beforeEach(async () => {
  ({ office, ann, ben, atAnn } = await contacts());
});

/** Holders that were asked for cards of others, from now on: of each look, two or all. */
function looks(device: Device): ("two" | "all")[] {
  const { line } = device;
  const get = line.get.bind(line);
  const own = toHex(cardAddress(core, (device.chat.me as Me).identity.id));
  const all: ("two" | "all")[] = [];
  line.get = (box, tags, breadth = "all") => {
    if (box.kind === 5 && toHex(box.address) !== own) all.push(breadth);
    return get(box, tags, breadth);
  };
  return all;
}
/** The texts of the one chat that a restored device has. */
const got = async (device: Device): Promise<string[]> => words(device, device.chat.chats[0]?.id ?? "");

describe("a contact's restore", () => {
  test.each([0, 17, 31, 44])(
    "is heard within a minute where the chat is open and a text waits, %i s after a look",
    async (s) => {
      await ben.close();
      await ann.chat.openChat(atAnn);
      await write(ann, atAnn, "are you there?");
      await office.clock.advance(20 * MINUTE + s * 1_000);
      const again = await restored(ben, "ben, restored", "ben");
      expect(await got(again)).toEqual(["are you there?"]);
    },
  );

  test("is heard within ten minutes where a text waits in a chat that is not open", async () => {
    await ben.close();
    await ann.chat.openChat(undefined);
    await write(ann, atAnn, "are you there?");
    await office.clock.advance(3 * HOUR);
    const again = await restored(ben, "ben, restored", "ben");
    await office.clock.advance(9 * MINUTE);
    expect(await got(again)).toEqual(["are you there?"]);
  });

  test("is heard once the text is written, if nothing waited before", async () => {
    ben.kill();
    const again = await restored(ben, "ben, restored", "ben");
    await ann.chat.openChat(atAnn);
    await office.clock.advance(3 * HOUR);
    expect(again.chat.chats).toEqual([]);
    await write(ann, atAnn, "you are back");
    await office.clock.advance(MINUTE);
    expect(await got(again)).toEqual(["you are back"]);
  });

  test("is heard within a minute of opening the chat", async () => {
    await ben.close();
    await write(ann, atAnn, "are you there?");
    await office.clock.advance(HOUR);
    const again = await restored(ben, "ben, restored", "ben");
    await ann.chat.openChat(atAnn);
    await office.clock.advance(MINUTE);
    expect(await got(again)).toEqual(["are you there?"]);
  });

  test("is heard although two holders in three keep showing the card of before", async () => {
    const at = toHex(cardAddress(core, (ben.chat.me as Me).identity.id));
    const old = office.holders.map((holder) => new Map(holder.get(at)));
    await office.clock.advance(HOUR);
    await ben.close();
    await ann.chat.openChat(atAnn);
    await write(ann, atAnn, "are you there?");
    const again = await restored(ben, "ben, restored", "ben");
    for (const holder of [0, 1, 2, 3, 4]) office.holders[holder]?.set(at, new Map(old[holder]));
    await office.clock.advance(10 * MINUTE);
    expect(await got(again)).toEqual(["are you there?"]);
  });
});

describe("looks at a contact's card", () => {
  test("ask two holders while nothing is new, and all of them every six hours", async () => {
    await ben.close();
    await ann.chat.openChat(atAnn);
    await write(ann, atAnn, "are you there?");
    await office.clock.advance(10 * MINUTE);
    const asked = looks(ann);
    await office.clock.advance(5 * HOUR);
    expect(asked.length).toBeGreaterThan(5 * 60);
    expect(asked.length).toBeLessThan(5 * 60 * 3);
    expect(asked.filter((breadth) => breadth === "all").length).toBeLessThanOrEqual(1);
    await office.clock.advance(7 * HOUR);
    expect(asked.filter((breadth) => breadth === "all").length).toBeGreaterThan(0);
  });

  test("are none where nothing waits", async () => {
    const asked = looks(ann);
    await ann.chat.openChat(atAnn);
    await office.clock.advance(12 * HOUR);
    expect(asked).toEqual([]);
  });

  test("of three hundred chats with waiting texts are spread, and each has its turn within fifteen minutes", async () => {
    await ben.close();
    await write(ann, atAnn, "are you there?");
    await office.clock.advance(MINUTE);
    await ann.close();
    const key = CHATS + atAnn;
    const state = decodeChat(core, ann.disk.get(key) as Uint8Array);
    if (state === undefined) throw new Error("no chat");
    for (let i = 0; i < 300; i++) {
      const id = i.toString(16).padStart(16, "0");
      ann.disk.set(CHATS + id, encodeChat(core, { ...state, id, queue: [], looked: 0 }));
    }
    await ann.start();
    const asked = looks(ann);
    let most = 0;
    for (let minute = 0; minute < 15; minute++) {
      const before = asked.length;
      await office.clock.advance(MINUTE);
      most = Math.max(most, asked.length - before);
    }
    expect(most).toBeLessThan(60);
    expect(asked.length).toBeGreaterThan(300);
    expect([...ann.chat.chats].filter(({ looked = 0 }) => looked === 0)).toEqual([]);
  });

  test("are not more for a device that is started again and again", async () => {
    await ben.close();
    await ann.chat.openChat(undefined);
    await write(ann, atAnn, "are you there?");
    await office.clock.advance(20 * MINUTE);
    let all = 0;
    for (let i = 0; i < 20; i++) {
      ann.kill();
      await ann.start();
      const asked = looks(ann);
      await office.clock.advance(40_000);
      all += asked.length;
    }
    expect(all).toBeLessThan(6);
    expect(chatState(ann, atAnn).looked).toBeGreaterThan(0);
  });

  test("are not more where the network comes and goes", async () => {
    await ben.close();
    await ann.chat.openChat(atAnn);
    await write(ann, atAnn, "are you there?");
    await office.clock.advance(20 * MINUTE);
    const asked = looks(ann);
    for (let i = 0; i < 60; i++) {
      ann.line.up(false);
      await office.clock.advance(2_500);
      ann.line.up(true);
      await office.clock.advance(2_500);
    }
    expect(asked.length).toBeLessThan(20);
  });
});
