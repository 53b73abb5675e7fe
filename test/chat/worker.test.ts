import { beforeEach, describe, expect, test } from "vitest";
import { decodeChat } from "#chat/driver/codec.ts";
import { chatKey } from "#chat/driver/records.ts";
import { UNCLEAN_SKIP } from "#chat/session.ts";
import { DAY, MINUTE } from "./office.ts";
import {
  answer,
  type Contacts,
  contacts,
  invite,
  lastDelivery,
  newcomer,
  send,
  texts,
  words,
  write,
} from "./people.ts";
import { loseAllBut } from "./scenes.ts";
import { core } from "./support.ts";

/** A service worker has no longer. */
const SECONDS = 5_000;

let { office, ann, ben, atAnn, atBen } = {} as Contacts;
/** They know each other, and Ben's page is closed. */
beforeEach(async () => {
  ({ office, ann, ben, atAnn, atBen } = await contacts());
  await ben.close();
});
const run = () => office.clock.wait(ben.chat.catchUp(), SECONDS);

describe("a worker of seconds", () => {
  test("fetches what waited, tells it, and leaves the acknowledgements in the mailbox", async () => {
    await send(ann, atAnn, "one", "two");
    await ann.close();
    ben.arrived.length = 0;
    await ben.start({ leaf: true });
    expect(await run()).toEqual({ complete: true });
    expect(ben.arrived.map(({ text }) => text)).toEqual(["one", "two"]);
    ben.kill();
    await ann.start();
    await office.clock.advance(MINUTE);
    expect((await lastDelivery(ann, atAnn))?.kind).toBe("delivered");
    await ben.start();
    await office.clock.advance(MINUTE);
    expect((await words(ben, atBen)).slice(-2)).toEqual(["one", "two"]);
    expect(ben.arrived).toHaveLength(2);
  });

  test("reads the boxes of all days that it was away, and deletes what it read", async () => {
    office.links = false;
    for (const day of [0, 1, 2, 3]) {
      await send(ann, atAnn, `day ${day}`);
      await office.clock.advance(DAY);
    }
    await ann.close();
    const before = office.cells().length;
    await ben.start({ leaf: true });
    expect(await run()).toEqual({ complete: true });
    expect((await words(ben, atBen)).slice(-4)).toEqual(["day 0", "day 1", "day 2", "day 3"]);
    expect(office.cells().length).toBeLessThan(before);
  });

  test("acknowledges hundreds of texts, in as many cells as that takes", async () => {
    await send(ann, atAnn, ...Array.from({ length: 250 }, (_, at) => `text ${at}`));
    await ann.close();
    await ben.start({ leaf: true });
    expect(await run()).toEqual({ complete: true });
    ben.kill();
    await ann.start();
    await office.clock.advance(MINUTE);
    const own = (await texts(ann, atAnn)).filter(({ mine }) => mine);
    expect(own.filter(({ delivery }) => delivery?.kind !== "delivered")).toEqual([]);
  });

  test("sends what was written without a network", async () => {
    await ben.start();
    ben.line.up(false);
    await write(ben, atBen, "from the train");
    await ben.close();
    await ben.start({ leaf: true });
    expect(await run()).toEqual({ complete: true });
    await office.clock.advance(MINUTE);
    expect((await words(ann, atAnn)).at(-1)).toBe("from the train");
  });

  test("sends a text of days ago into today's box, where the other looks", async () => {
    await ben.start();
    office.links = false;
    ben.line.cut();
    ben.line.silent = true;
    await send(ben, atBen, "stuck");
    await ben.close();
    await office.clock.advance(2 * DAY);
    await ben.start({ leaf: true });
    expect(await run()).toEqual({ complete: true });
    await office.clock.advance(MINUTE);
    expect((await words(ann, atAnn)).at(-1)).toBe("stuck");
  });

  test("finds requests at its own invites", async () => {
    await ben.start();
    const link = await invite(ben);
    await ben.close();
    const cleo = await newcomer(office, "cleo");
    const atCleo = await answer(cleo, link, "it is me");
    await send(cleo, atCleo, "and more");
    ben.arrived.length = 0;
    await ben.start({ leaf: true });
    expect(await run()).toEqual({ complete: true });
    expect(ben.arrived.map(({ phase, text }) => [phase, text])).toEqual([
      ["request", "it is me"],
      ["request", "and more"],
    ]);
    expect((await lastDelivery(cleo, atCleo))?.kind).toBe("stored");
  });

  test("finds a request in its inbox", async () => {
    await ben.start();
    const link = await invite(ben);
    await ben.close();
    loseAllBut(ben);
    const cleo = await newcomer(office, "cleo");
    await answer(cleo, link, "through your card");
    await office.clock.advance(MINUTE);
    ben.arrived.length = 0;
    await ben.start({ leaf: true });
    await run();
    expect(ben.arrived.map(({ text }) => text)).toEqual(["through your card"]);
  });

  test("says so where it could not do all of it", async () => {
    await send(ann, atAnn, "unreachable");
    await ben.start({ leaf: true });
    ben.line.up(false);
    expect(await run()).toEqual({ complete: false });
    ben.line.up(true);
    office.living.clear();
    expect(await run()).toEqual({ complete: false });
    for (const at of office.holders.keys()) office.living.add(at);
    ben.full = true;
    expect(await run()).toEqual({ complete: false });
    ben.full = false;
    expect(await run()).toEqual({ complete: true });
    expect((await words(ben, atBen)).at(-1)).toBe("unreachable");
  });

  test("is nowhere: nobody is told of its node, it knocks at nobody, watches nothing and takes no token", async () => {
    await send(ann, atAnn, "where are you?");
    const told = ben.chat.chats[0]?.contact.told;
    await ben.start({ leaf: true });
    await run();
    await write(ben, atBen, "here");
    await office.clock.advance(10 * MINUTE);
    expect([ben.line.knocks, ben.line.watching, ben.line.linked.size]).toEqual([0, 0, 0]);
    expect(ben.chat.acceptToken(ann.nodeId, new Uint8Array(32))).toBe(false);
    expect(ben.chat.chats[0]?.contact.told).toEqual(told);
    expect((await words(ann, atAnn)).at(-1)).toBe("here");
    expect(ann.chat.chats[0]?.contact.at?.nodeId).toEqual(ben.nodeId);
    await ben.close();
    await ben.start();
    await office.clock.advance(MINUTE);
    expect(ben.chat.direct(atBen)).toBe(true);
  });

  test("in a page, what the page is fetching already counts as well", async () => {
    await send(ann, atAnn, "one", "two");
    await ben.start();
    const get = ben.line.get.bind(ben.line);
    ben.line.get = async () => {
      ben.line.get = get;
      await new Promise<void>((done) => void office.clock.after(100, done));
      throw new Error("this one is lost");
    };
    expect(await office.clock.wait(ben.chat.catchUp(), SECONDS)).toEqual({ complete: false });
    expect(await office.clock.wait(ben.chat.catchUp(), SECONDS)).toEqual({ complete: true });
    expect((await words(ben, atBen)).slice(-2)).toEqual(["one", "two"]);
  });
});

describe("page and worker take turns", () => {
  /** Next step of Ben's sending chain, as his disk has it. */
  const step = (): number => {
    const stored = ben.disk.get(chatKey(atBen));
    return (stored && decodeChat(core, stored)?.pairs[0]?.session.sending.n) ?? Number.NaN;
  };

  test("after a run in order nothing is skipped", async () => {
    const before = step();
    await ben.start({ leaf: true });
    await run();
    await ben.close();
    await ben.start();
    await send(ben, atBen, "next");
    expect(step()).toBe(before + 1);
  });

  test("what a lost page owes is skipped once, through runs that send nothing", async () => {
    await ben.start();
    await office.clock.advance(MINUTE);
    const before = step();
    ben.kill();
    for (const leaf of [true, false, true]) {
      await ben.start({ leaf });
      await run();
      await ben.close();
    }
    expect(step()).toBe(before);
    await ben.start();
    await send(ben, atBen, "after the loss");
    expect(step()).toBe(before + UNCLEAN_SKIP + 1);
    await send(ben, atBen, "and on");
    expect(step()).toBe(before + UNCLEAN_SKIP + 2);
    expect((await words(ann, atAnn)).slice(-2)).toEqual(["after the loss", "and on"]);
  });

  test("a page that lost the lead closes without a word, and ends nothing", async () => {
    await ben.start();
    const lost = ben.chat;
    const before = step();
    ben.kill();
    await ben.start({ leaf: true });
    await lost.close();
    await ben.close();
    await ben.start();
    await send(ben, atBen, "mine");
    expect(step()).toBe(before + UNCLEAN_SKIP + 1);
  });

  test("a run that has ended changes nothing more", async () => {
    await ben.start();
    const late = ben.chat;
    await ben.close();
    await expect(late.write(atBen, "too late")).rejects.toMatchObject({ code: "closed" });
  });
});
