import { beforeEach, describe, expect, test } from "vitest";
import { DAY, HOUR, MINUTE } from "./office.ts";
import { type Contacts, contacts, lastDelivery, send, texts, words, write } from "./people.ts";
import { draws, writeAmidKills } from "./scenes.ts";

let { office, ann, ben, atAnn, atBen } = {} as Contacts;
beforeEach(async () => {
  ({ office, ann, ben, atAnn, atBen } = await contacts());
});

describe("both online", () => {
  test("texts go over the direct link, are delivered, then read", async () => {
    expect(ann.chat.direct(atAnn) && ben.chat.direct(atBen)).toBe(true);
    const puts = ann.line.puts;
    await write(ann, atAnn, "hi");
    await office.clock.advance(500);
    expect((await texts(ann, atAnn)).at(-1)).toMatchObject({ path: "direct", delivery: { kind: "delivered" } });
    expect((await texts(ben, atBen)).at(-1)).toMatchObject({ text: "hi", path: "direct", mine: false });
    expect(ann.line.puts).toBe(puts);
    await office.clock.wait(ben.chat.markRead(atBen));
    await office.clock.advance(MINUTE);
    expect((await lastDelivery(ann, atAnn))?.kind).toBe("read");
  });

  test("a link that swallows leads to the mailbox, and nothing is shown twice", async () => {
    const swallow = ann.line.sendDirect.bind(ann.line);
    ann.line.sendDirect = () => true;
    await write(ann, atAnn, "lost on the way");
    await office.clock.advance(4_000);
    ann.line.sendDirect = swallow;
    await office.clock.advance(MINUTE);
    expect((await words(ben, atBen)).filter((text) => text === "lost on the way")).toHaveLength(1);
    expect((await lastDelivery(ann, atAnn))?.kind).toBe("delivered");
  });
});

describe("left in the mailbox", () => {
  test("stored at eight, the sender gone, then there once and in order", async () => {
    await ben.close();
    for (let i = 0; i < 40; i++) await write(ann, atAnn, `text ${i}`);
    await office.clock.advance(10_000);
    expect(await lastDelivery(ann, atAnn)).toMatchObject({ kind: "stored", held: 8, of: 8 });
    await ann.close();
    await ben.start();
    await office.clock.advance(MINUTE);
    const got = (await words(ben, atBen)).filter((text) => text.startsWith("text "));
    expect(got).toEqual(Array.from({ length: 40 }, (_, i) => `text ${i}`));
    await ann.start();
    await office.clock.advance(2 * MINUTE);
    expect((await lastDelivery(ann, atAnn))?.kind).toBe("delivered");
  });

  test("three hundred waiting texts are all acknowledged, and all reported as read", async () => {
    await ben.close();
    for (let i = 0; i < 300; i++) await write(ann, atAnn, `text ${i}`);
    await office.clock.advance(30_000);
    await ben.start();
    await office.clock.advance(2 * MINUTE);
    await office.clock.wait(ben.chat.markRead(atBen));
    await office.clock.advance(2 * MINUTE);
    const own = (await texts(ann, atAnn)).filter((text) => text.mine);
    expect(own).toHaveLength(300);
    expect(own.filter((text) => text.delivery?.kind !== "read")).toEqual([]);
  });

  test("what is written faster than holders answer shares cells, and stays in order", async () => {
    await ben.close();
    const puts = ann.line.puts;
    await office.clock.wait(Promise.all(Array.from({ length: 200 }, (_, i) => ann.chat.write(atAnn, `quick ${i}`))));
    await office.clock.advance(30_000);
    expect(ann.line.puts - puts).toBeLessThan(100);
    await ben.start();
    await office.clock.advance(MINUTE);
    const got = (await words(ben, atBen)).filter((text) => text.startsWith("quick "));
    expect(got).toEqual(Array.from({ length: 200 }, (_, i) => `quick ${i}`));
  });

  test("the number falls when holders die, and rises when they are there again", async () => {
    await ben.close();
    await write(ann, atAnn, "counted");
    await office.clock.advance(10_000);
    for (const at of [0, 1, 2]) office.living.delete(at);
    await office.clock.advance(15 * MINUTE);
    expect(await lastDelivery(ann, atAnn)).toMatchObject({ kind: "stored", held: 5, of: 8 });
    for (const at of [0, 1, 2]) {
      office.holders[at]?.clear();
      office.living.add(at);
    }
    await office.clock.advance(30 * MINUTE);
    expect(await lastDelivery(ann, atAnn)).toMatchObject({ kind: "stored", held: 8, of: 8 });
  });

  test("without any network a text waits, and goes out by itself", async () => {
    ann.line.up(false);
    await write(ann, atAnn, "later");
    await office.clock.advance(HOUR);
    expect((await lastDelivery(ann, atAnn))?.kind).toBe("queued");
    ann.line.up(true);
    await office.clock.advance(2 * MINUTE);
    expect((await words(ben, atBen)).at(-1)).toBe("later");
  });

  test("a text deleted while it waits never leaves", async () => {
    ann.line.up(false);
    await write(ann, atAnn, "never");
    const text = (await texts(ann, atAnn)).at(-1);
    await office.clock.wait(ann.chat.remove(atAnn, text?.id ?? ""));
    ann.line.up(true);
    await office.clock.advance(HOUR);
    expect(await words(ann, atAnn)).not.toContain("never");
    expect(await words(ben, atBen)).not.toContain("never");
  });

  test("nobody fetches it for two lives: the author is told, and may send it again", async () => {
    await ben.close();
    await write(ann, atAnn, "anyone?");
    await office.clock.advance(8 * DAY);
    expect((await lastDelivery(ann, atAnn))?.kind).toBe("stored");
    await office.clock.advance(8 * DAY);
    expect(await lastDelivery(ann, atAnn)).toEqual({ kind: "failed", reason: "not-fetched" });
    await office.clock.wait(ann.chat.retry(atAnn, (await texts(ann, atAnn)).at(-1)?.id ?? ""));
    await ben.start();
    await office.clock.advance(5 * MINUTE);
    expect((await words(ben, atBen)).at(-1)).toBe("anyone?");
    expect((await lastDelivery(ann, atAnn))?.kind).toBe("delivered");
  });

  test("a day goes by: the next text lies where the reader looks", async () => {
    for (let day = 0; day < 4; day++) {
      office.links = false;
      ann.line.cut();
      await write(ann, atAnn, `day ${day}`);
      await office.clock.advance(DAY);
    }
    expect((await words(ben, atBen)).filter((text) => text.startsWith("day "))).toEqual([
      "day 0",
      "day 1",
      "day 2",
      "day 3",
    ]);
  });
});

describe("what goes wrong", () => {
  test.each([1, 2, 3, 4, 5, 6])(
    "killed at any moment, seed %i: nothing lost, nothing twice, all in order",
    async (seed) => {
      const draw = draws(`kills/${seed}`);
      const scene = { office, ann, ben, atAnn, atBen };
      await writeAmidKills(scene, draw, { links: () => draw(3) > 0, pauseMs: 10 });
      await office.clock.advance(3 * HOUR);
      for (const [from, to, there, here] of [
        [ann, ben, atAnn, atBen],
        [ben, ann, atBen, atAnn],
      ] as const) {
        const sent = (await texts(from, there)).filter((text) => text.mine && text.text !== "hello");
        const got = (await texts(to, here)).filter((text) => !text.mine && text.text !== "hello");
        expect(got.map((text) => text.id)).toEqual(sent.map((text) => text.id));
        expect(sent.map((text) => text.delivery?.kind)).not.toContain("queued");
      }
    },
  );

  test.each([20, 52, 56, 60, 64, 68])(
    "an acknowledgement that was lost with its link after %i ms is given again after a start",
    async (ms) => {
      expect(ann.chat.direct(atAnn)).toBe(true);
      await write(ann, atAnn, "did you get this?");
      await office.clock.advance(ms); // Ben has it; his acknowledgement is due, on its way, or here and not yet on disk
      expect((await words(ben, atBen)).at(-1)).toBe("did you get this?");
      ann.kill();
      await office.clock.advance(1_000);
      await ann.start();
      await office.clock.advance(2 * MINUTE);
      expect((await lastDelivery(ann, atAnn))?.kind).toBe("delivered");
      expect((await words(ben, atBen)).filter((text) => text === "did you get this?")).toHaveLength(1);
    },
  );

  test("a full disk: the text is refused, all that was there stays, and later it goes on", async () => {
    ann.full = true;
    await expect(write(ann, atAnn, "no room")).rejects.toMatchObject({ code: "storage-full" });
    ann.full = false;
    expect(await words(ann, atAnn)).toEqual(["hello"]);
    await send(ann, atAnn, "room again");
    expect((await words(ben, atBen)).at(-1)).toBe("room again");
  });

  test("what a full disk does not take stays with the holders, and comes soon after there is room", async () => {
    ben.full = true;
    await write(ann, atAnn, "when there is room");
    await office.clock.advance(3 * MINUTE);
    expect((await lastDelivery(ann, atAnn))?.kind).toBe("stored");
    ben.full = false;
    await office.clock.advance(15_000);
    expect((await words(ben, atBen)).at(-1)).toBe("when there is room");
    await office.clock.advance(MINUTE);
    expect((await lastDelivery(ann, atAnn))?.kind).toBe("delivered");
  });

  test("a text that is too long is refused before anything happens", async () => {
    const long = "é".repeat(8_001);
    await expect(write(ann, atAnn, long)).rejects.toMatchObject({ code: "too-large" });
    await send(ann, atAnn, "é".repeat(8_000));
    expect((await lastDelivery(ann, atAnn))?.kind).toBe("delivered");
  });

  test("no step of a session is ever used for two cells", async () => {
    await ben.close();
    for (let i = 0; i < 12; i++) {
      void ann.chat.write(atAnn, `text ${i}`);
      await office.clock.advance(i * 2);
      ann.kill();
      await ann.start();
    }
    await office.clock.advance(HOUR);
    const tags = new Map<string, string>();
    for (const box of office.boxes()) {
      for (const [tag, { cell }] of box) {
        const bytes = Buffer.from(cell ?? []).toString("hex");
        expect(tags.get(tag) ?? bytes).toBe(bytes);
        tags.set(tag, bytes);
      }
    }
  });
});
