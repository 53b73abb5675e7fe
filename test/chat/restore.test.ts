import { beforeEach, describe, expect, test } from "vitest";
import { DAY, HOUR, MINUTE } from "./office.ts";
import { invite, meet, type Strangers, strangers, texts, words, write } from "./people.ts";
import { restored } from "./scenes.ts";

let { office, ann, ben } = {} as Strangers;
beforeEach(async () => {
  ({ office, ann, ben } = await strangers());
  await office.clock.advance(MINUTE);
});

describe("the words", () => {
  test("are there until the person has them, and then never again", async () => {
    expect(ann.chat.hasEntropy).toBe(true);
    await office.clock.wait(ann.chat.confirmBackup());
    expect(ann.chat.hasEntropy).toBe(false);
    ann.kill();
    await ann.start();
    expect(ann.chat.hasEntropy).toBe(false);
    expect(ann.chat.me?.name).toBe("ann");
  });

  test("bring the same identity back, need no second proof, and go to no profile that has one", async () => {
    const again = await restored(ann, "ann, restored", "Ann");
    expect(again.chat.me?.identity.id).toEqual(ann.chat.me?.identity.id);
    expect(again.chat.me?.name).toBe("Ann");
    expect(again.chat.hasEntropy).toBe(false);
    const words = ben.chat.me?.entropy as Uint8Array;
    await expect(again.chat.restore(words, "Ben")).rejects.toMatchObject({ code: "refused" });
  });
});

describe("generations", () => {
  test("two restored in one minute: the later is above the earlier", async () => {
    const [first, second] = [office.device("first"), office.device("second")];
    for (const device of [first, second]) {
      await device.start({ words: ann.chat.me?.entropy, name: "ann" });
      await office.clock.advance(5_000);
    }
    expect(second.chat.me?.generation).toBeGreaterThan(first.chat.me?.generation ?? 0);
    expect(second.chat.superseded).toBe(false);
    await office.clock.advance(2 * HOUR);
    expect([ann.chat.superseded, first.chat.superseded, second.chat.superseded]).toEqual([true, true, false]);
  });

  test("a clock that was behind at the restore is made up for before the card is published", async () => {
    const before = ann.chat.me?.generation ?? 0;
    await ann.close();
    const behind = office.device("behind");
    behind.offset = -30 * DAY;
    await behind.start({ words: ann.chat.me?.entropy, name: "ann", online: false });
    expect(behind.chat.me?.generation).toBeLessThan(before);
    behind.line.up(true);
    await office.clock.advance(5 * MINUTE);
    expect(behind.chat.me?.generation).toBeGreaterThan(before);
    expect(behind.chat.me?.card?.put).toBeGreaterThan(0);
  });

  test("the own card, signed anew for weeks, is nobody else's", async () => {
    for (let day = 0; day < 20; day++) {
      await office.clock.advance(DAY);
      if (day % 5 === 0) {
        ann.kill();
        await ann.start();
      }
    }
    expect(ann.chat.superseded).toBe(false);
  });
});

describe("two devices with one identity", () => {
  test("what the older one tries again, and what waited for who was blocked, says why it does not leave", async () => {
    const { atAnn } = await meet(ann, ben);
    await ben.close();
    await write(ann, atAnn, "anyone?");
    await office.clock.advance(16 * DAY);
    await restored(ann, "ann, restored", "ann");
    await office.clock.advance(2 * HOUR);
    const state = async () => (await texts(ann, atAnn)).at(-1);
    expect([ann.chat.superseded, (await state())?.delivery?.kind]).toEqual([true, "failed"]);
    await office.clock.wait(ann.chat.retry(atAnn, (await state())?.id ?? ""));
    expect((await state())?.delivery).toEqual({ kind: "queued", reason: "superseded" });
    await office.clock.wait(ann.chat.block(atAnn));
    await office.clock.wait(ann.chat.unblock(atAnn));
    await office.clock.advance(HOUR);
    expect((await state())?.delivery).toEqual({ kind: "queued", reason: "superseded" });
  });

  test("the older hears of the newer at once, and nothing shows for it", async () => {
    const again = await restored(ann, "ann, restored", "ann");
    await office.clock.advance(MINUTE);
    expect([ann.chat.superseded, again.chat.superseded]).toEqual([true, false]);
    expect([...ann.chat.chats, ...again.chat.chats]).toEqual([]);
  });

  test("the older stops sending and publishing, says so, and still reads", async () => {
    const { atAnn, atBen } = await meet(ann, ben);
    const again = await restored(ann, "ann, restored", "ann");
    office.links = false;
    for (const device of [ann, ben]) device.line.cut();
    await office.clock.advance(2 * HOUR);
    expect(ann.chat.superseded).toBe(true);
    expect(again.chat.superseded).toBe(false);
    const puts = ann.line.puts;
    await write(ann, atAnn, "from the old device");
    await write(ben, atBen, "to whom?");
    await office.clock.advance(5 * HOUR);
    const own = (await texts(ann, atAnn)).find(({ text }) => text === "from the old device");
    expect(own?.delivery).toEqual({ kind: "queued", reason: "superseded" });
    expect(await words(ann, atAnn)).toContain("to whom?");
    expect(ann.line.puts).toBe(puts);
    await office.clock.advance(3 * HOUR);
    expect(await words(again, again.chat.chats[0]?.id ?? "")).toEqual(["to whom?"]);
    ann.kill();
    await ann.start();
    expect(ann.chat.superseded).toBe(true);
    const link = await invite(ben);
    const looked = await office.clock.wait(ann.chat.lookUp(link));
    if (looked.kind !== "found") throw new Error(looked.fault);
    await expect(office.clock.wait(ann.chat.answer(looked, "hi"))).rejects.toMatchObject({ code: "refused" });
    await expect(office.clock.wait(ann.chat.createInvite())).rejects.toMatchObject({ code: "refused" });
  });

  test("while the older is linked, what comes from the newer is acknowledged to the newer", async () => {
    const { atAnn } = await meet(ann, ben);
    expect(ben.chat.direct(ben.chat.chats[0]?.id ?? "")).toBe(true);
    const again = await restored(ben, "ben, restored", "ben");
    await ann.chat.openChat(atAnn);
    await write(ann, atAnn, "which of you?");
    await office.clock.advance(2 * MINUTE);
    const chat = again.chat.chats[0]?.id ?? "";
    expect(await words(again, chat)).toEqual(["which of you?"]);
    await office.clock.wait(again.chat.acceptRequest(chat));
    await write(again, chat, "the newer");
    await office.clock.advance(3 * MINUTE);
    expect((await texts(again, chat)).at(-1)?.delivery?.kind).toBe("delivered");
    expect((await texts(ann, atAnn)).map(({ text }) => text).slice(-2)).toEqual(["which of you?", "the newer"]);
  });
});
