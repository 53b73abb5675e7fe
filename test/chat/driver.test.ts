import { beforeEach, describe, expect, test } from "vitest";
import { SeededRandom } from "#adapters/memory-random.ts";
import type { TextRecord } from "#chat/driver/records.ts";
import { type Device, Office } from "./office.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

let office: Office;
let ann: Device;
let ben: Device;

beforeEach(async () => {
  office = new Office();
  ann = office.device("ann");
  ben = office.device("ben");
  await ann.start();
  await ben.start();
});

async function invite(): Promise<string> {
  const id = await ann.chat.createInvite();
  await office.clock.advance(1_000);
  const state = ann.chat.invites.find((it) => it.id === id);
  if (state === undefined) throw new Error("no invite");
  return ann.chat.invitePayload(state);
}
/** Ben answers Ann's invite with a first text; resolves with Ben's chat. */
async function answer(link: string, text = "hello from ben"): Promise<string> {
  const looked = await office.clock.wait(ben.chat.lookUp(link));
  if (looked.kind !== "found") throw new Error(looked.fault);
  return office.clock.wait(ben.chat.answer(looked, text));
}
/** Both are contacts. */
async function meet(): Promise<{ atAnn: string; atBen: string }> {
  const atBen = await answer(await invite());
  await office.clock.advance(2_000);
  const atAnn = ann.chat.chats[0]?.id ?? "";
  await office.clock.wait(ann.chat.acceptRequest(atAnn));
  await office.clock.advance(MINUTE);
  return { atAnn, atBen };
}
async function texts(device: Device, chat: string): Promise<TextRecord[]> {
  return office.clock.wait(device.chat.page(chat, Number.MAX_SAFE_INTEGER, 10_000));
}
async function words(device: Device, chat: string): Promise<string[]> {
  return (await texts(device, chat)).map((text) => text.text);
}
async function lastDelivery(device: Device, chat: string) {
  return (await texts(device, chat)).at(-1)?.delivery;
}

describe("first contact", () => {
  test("an invite is found with the inviter's name, answered, and shown as a request", async () => {
    const link = await invite();
    const looked = await office.clock.wait(ben.chat.lookUp(link));
    expect(looked).toMatchObject({ kind: "found", name: "ann" });
    await answer(link);
    await office.clock.advance(2_000);
    const [request] = ann.chat.chats;
    expect(request?.contact).toMatchObject({ phase: "request", name: "ben" });
    expect(await words(ann, request?.id ?? "")).toEqual(["hello from ben"]);
  });

  test("nothing is acknowledged before the person accepts, and all of it after", async () => {
    const atBen = await answer(await invite());
    await office.clock.advance(10 * MINUTE);
    expect((await lastDelivery(ben, atBen))?.kind).toBe("stored");
    expect(ben.chat.chats[0]?.contact.phase).toBe("pending");
    await office.clock.wait(ann.chat.acceptRequest(ann.chat.chats[0]?.id ?? ""));
    await office.clock.advance(MINUTE);
    expect((await lastDelivery(ben, atBen))?.kind).toBe("delivered");
    expect(ben.chat.chats[0]?.contact.phase).toBe("open");
  });

  test("an invite that was used says so, and a second answer to it is told", async () => {
    const link = await invite();
    await answer(link);
    const cleo = office.device("cleo");
    await cleo.start();
    const early = await office.clock.wait(cleo.chat.lookUp(link));
    await office.clock.advance(2_000);
    await office.clock.wait(ann.chat.acceptRequest(ann.chat.chats[0]?.id ?? ""));
    await office.clock.advance(5_000);
    expect(await office.clock.wait(cleo.chat.lookUp(link))).toEqual({ kind: "fault", fault: "used" });
    if (early.kind === "found") await office.clock.wait(cleo.chat.answer(early, "too late"));
    await office.clock.advance(20 * MINUTE);
    expect(ann.chat.chats).toHaveLength(1);
    expect(ann.chat.invites[0]?.twice).toBe(true);
  });

  test("a revoked invite, an own one, a broken one and an old one each say what they are", async () => {
    const link = await invite();
    expect(await ann.chat.lookUp(link)).toEqual({ kind: "fault", fault: "own" });
    expect(await ben.chat.lookUp(link.slice(0, 60))).toEqual({ kind: "fault", fault: "malformed" });
    await office.clock.wait(ann.chat.revokeInvite(ann.chat.invites[0]?.id ?? ""));
    await office.clock.advance(2_000);
    expect(await office.clock.wait(ben.chat.lookUp(link))).toEqual({ kind: "fault", fault: "revoked" });
    await office.clock.advance(9 * DAY);
    expect(await ben.chat.lookUp(link)).toEqual({ kind: "fault", fault: "expired" });
  });

  test("who answered an invite that is taken back, or that another has used, is told", async () => {
    const link = await invite();
    const atBen = await answer(link);
    await office.clock.wait(ann.chat.revokeInvite(ann.chat.invites[0]?.id ?? ""));
    await office.clock.advance(5_000);
    await office.clock.wait(ben.chat.openChat(atBen));
    await office.clock.advance(5_000);
    expect(ben.chat.chats[0]?.fault).toBe("revoked");

    const cleo = office.device("cleo");
    await cleo.start();
    const other = await invite();
    const looked = await office.clock.wait(cleo.chat.lookUp(other));
    await answer(other, "first");
    await office.clock.advance(2_000);
    await office.clock.wait(ann.chat.acceptRequest(ann.chat.chats.at(-1)?.id ?? ""));
    if (looked.kind === "found") await office.clock.wait(cleo.chat.answer(looked, "too late"));
    await office.clock.advance(MINUTE);
    expect(cleo.chat.chats[0]?.fault).toBeUndefined();
    await office.clock.advance(HOUR);
    expect(cleo.chat.chats[0]?.fault).toBe("used");
  });

  test("what the opener writes on before any answer comes with the first text", async () => {
    const atBen = await answer(await invite());
    await office.clock.wait(ben.chat.write(atBen, "and more"));
    await office.clock.advance(MINUTE);
    expect(await words(ann, ann.chat.chats[0]?.id ?? "")).toEqual(["hello from ben", "and more"]);
  });

  test("the inviter may be away: what was sent waits", async () => {
    const link = await invite();
    await ann.close();
    const atBen = await answer(link);
    await office.clock.advance(MINUTE);
    expect(await lastDelivery(ben, atBen)).toMatchObject({ kind: "stored", held: 8, of: 8 });
    await ben.close();
    await ann.start();
    await office.clock.advance(MINUTE);
    expect(await words(ann, ann.chat.chats[0]?.id ?? "")).toEqual(["hello from ben"]);
  });
});

describe("both online", () => {
  test("texts go over the direct link, are delivered, then read", async () => {
    const { atAnn, atBen } = await meet();
    expect(ann.chat.direct(atAnn) && ben.chat.direct(atBen)).toBe(true);
    const puts = ann.line.puts;
    await office.clock.wait(ann.chat.write(atAnn, "hi"));
    await office.clock.advance(500);
    expect((await texts(ann, atAnn)).at(-1)).toMatchObject({ path: "direct", delivery: { kind: "delivered" } });
    expect((await texts(ben, atBen)).at(-1)).toMatchObject({ text: "hi", path: "direct", mine: false });
    expect(ann.line.puts).toBe(puts);
    await office.clock.wait(ben.chat.markRead(atBen));
    await office.clock.advance(MINUTE);
    expect((await lastDelivery(ann, atAnn))?.kind).toBe("read");
  });

  test("a link that swallows leads to the mailbox, and nothing is shown twice", async () => {
    const { atAnn, atBen } = await meet();
    const swallow = ann.line.sendDirect.bind(ann.line);
    ann.line.sendDirect = () => true;
    await office.clock.wait(ann.chat.write(atAnn, "lost on the way"));
    await office.clock.advance(4_000);
    ann.line.sendDirect = swallow;
    await office.clock.advance(MINUTE);
    expect((await words(ben, atBen)).filter((text) => text === "lost on the way")).toHaveLength(1);
    expect((await lastDelivery(ann, atAnn))?.kind).toBe("delivered");
  });
});

describe("left in the mailbox", () => {
  test("stored at eight, the sender gone, then there once and in order", async () => {
    const { atAnn, atBen } = await meet();
    await ben.close();
    for (let i = 0; i < 40; i++) await office.clock.wait(ann.chat.write(atAnn, `text ${i}`));
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
    const { atAnn, atBen } = await meet();
    await ben.close();
    for (let i = 0; i < 300; i++) await office.clock.wait(ann.chat.write(atAnn, `text ${i}`));
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
    const { atAnn, atBen } = await meet();
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
    const { atAnn } = await meet();
    await ben.close();
    await office.clock.wait(ann.chat.write(atAnn, "counted"));
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
    const { atAnn, atBen } = await meet();
    ann.line.up(false);
    await office.clock.wait(ann.chat.write(atAnn, "later"));
    await office.clock.advance(HOUR);
    expect((await lastDelivery(ann, atAnn))?.kind).toBe("queued");
    ann.line.up(true);
    await office.clock.advance(2 * MINUTE);
    expect((await words(ben, atBen)).at(-1)).toBe("later");
  });

  test("a text deleted while it waits never leaves", async () => {
    const { atAnn, atBen } = await meet();
    ann.line.up(false);
    await office.clock.wait(ann.chat.write(atAnn, "never"));
    const text = (await texts(ann, atAnn)).at(-1);
    await office.clock.wait(ann.chat.remove(atAnn, text?.id ?? ""));
    ann.line.up(true);
    await office.clock.advance(HOUR);
    expect(await words(ann, atAnn)).not.toContain("never");
    expect(await words(ben, atBen)).not.toContain("never");
  });

  test("nobody fetches it for two lives: the author is told, and may send it again", async () => {
    const { atAnn, atBen } = await meet();
    await ben.close();
    await office.clock.wait(ann.chat.write(atAnn, "anyone?"));
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
    const { atAnn, atBen } = await meet();
    for (let day = 0; day < 4; day++) {
      office.links = false;
      ann.line.cut();
      await office.clock.wait(ann.chat.write(atAnn, `day ${day}`));
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
      const { atAnn, atBen } = await meet();
      const random = new SeededRandom(`kills/${seed}`);
      const below = (n: number): number => (random.bytes(1)[0] as number) % n;
      for (let i = 0; i < 12; i++) {
        void ann.chat.write(atAnn, `ann ${i}`).catch(() => undefined);
        if (below(2) === 0) void ben.chat.write(atBen, `ben ${i}`).catch(() => undefined);
        office.links = below(3) > 0;
        await office.clock.advance(below(2) === 0 ? below(12) : below(250) * 10);
        for (const device of [ann, ben]) {
          if (below(2) === 0) continue;
          device.kill();
          await device.start();
        }
      }
      office.links = true;
      await office.clock.advance(3 * HOUR);
      for (const [from, to, there, here] of [
        [ann, ben, atAnn, atBen],
        [ben, ann, atBen, atAnn],
      ] as const) {
        const sent = (await texts(from, there)).filter((text) => text.mine && text.text !== "hello from ben");
        const got = (await texts(to, here)).filter((text) => !text.mine && text.text !== "hello from ben");
        expect(got.map((text) => text.id)).toEqual(sent.map((text) => text.id));
        expect(sent.map((text) => text.delivery?.kind)).not.toContain("queued");
      }
    },
  );

  test.each([20, 52, 56, 60, 64, 68])(
    "an acknowledgement that was lost with its link after %i ms is given again after a start",
    async (ms) => {
      const { atAnn, atBen } = await meet();
      expect(ann.chat.direct(atAnn)).toBe(true);
      await office.clock.wait(ann.chat.write(atAnn, "did you get this?"));
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
    const { atAnn, atBen } = await meet();
    ann.full = true;
    await expect(office.clock.wait(ann.chat.write(atAnn, "no room"))).rejects.toMatchObject({ code: "storage-full" });
    ann.full = false;
    expect(await words(ann, atAnn)).toEqual(["hello from ben"]);
    await office.clock.wait(ann.chat.write(atAnn, "room again"));
    await office.clock.advance(MINUTE);
    expect((await words(ben, atBen)).at(-1)).toBe("room again");
  });

  test("what a full disk does not take stays with the holders, and comes soon after there is room", async () => {
    const { atAnn, atBen } = await meet();
    ben.full = true;
    await office.clock.wait(ann.chat.write(atAnn, "when there is room"));
    await office.clock.advance(3 * MINUTE);
    expect((await lastDelivery(ann, atAnn))?.kind).toBe("stored");
    ben.full = false;
    await office.clock.advance(15_000);
    expect((await words(ben, atBen)).at(-1)).toBe("when there is room");
    await office.clock.advance(MINUTE);
    expect((await lastDelivery(ann, atAnn))?.kind).toBe("delivered");
  });

  test("a text that is too long is refused before anything happens", async () => {
    const { atAnn } = await meet();
    const long = "é".repeat(8_001);
    await expect(office.clock.wait(ann.chat.write(atAnn, long))).rejects.toMatchObject({ code: "too-large" });
    await office.clock.wait(ann.chat.write(atAnn, "é".repeat(8_000)));
    await office.clock.advance(MINUTE);
    expect((await lastDelivery(ann, atAnn))?.kind).toBe("delivered");
  });

  test("no step of a session is ever used for two cells", async () => {
    const { atAnn } = await meet();
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
