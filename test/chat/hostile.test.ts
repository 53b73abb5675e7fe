/** The driver against holders and strangers that put old cells back, and against its own disk at the worst moment. */
import { beforeEach, describe, expect, test } from "vitest";
import { boxToRead, type Pair, pairDay } from "#chat/pair.ts";
import { UNCLEAN_SKIP } from "#chat/session.ts";
import { addressOf } from "./line.ts";
import { HOUR, MINUTE } from "./office.ts";
import {
  answer,
  invite,
  lastDelivery,
  meet,
  newcomer,
  type Strangers,
  send,
  strangers,
  words,
  write,
} from "./people.ts";
import { core } from "./support.ts";

let { office, ann, ben } = {} as Strangers;
beforeEach(async () => {
  ({ office, ann, ben } = await strangers());
});

/** Address of the box from which the newest pair is read today. */
function boxNow(pairs: readonly Pair[]): string {
  const pair = pairs.at(-1) as Pair;
  return addressOf(boxToRead(core, pair, pairDay(pair, office.clock.wall())));
}

/** Notes every cell that any holder has now; `again` puts them back, tombstones or not. */
function hoard(): { count: number; again(): void } {
  const kept = office.boxes().map((box) => ({ box, cells: [...box].filter(([, { cell }]) => cell !== undefined) }));
  return {
    count: kept.reduce((sum, { cells }) => sum + cells.length, 0),
    again: () => {
      for (const { box, cells } of kept) for (const [tag, cell] of cells) box.set(tag, cell);
    },
  };
}

test("a request that is accepted in one tab and declined in another at that moment stays accepted", async () => {
  await answer(ben, await invite(ann));
  await office.clock.advance(2_000);
  const atAnn = ann.chat.chats[0]?.id ?? "";
  await office.clock.wait(Promise.all([ann.chat.acceptRequest(atAnn), ann.chat.declineRequest(atAnn)]));
  expect(ann.chat.chats.map(({ contact }) => contact.phase)).toEqual(["open"]);
  expect(await words(ann, atAnn)).toEqual(["hello"]);
});

describe("a first contact that is put back", () => {
  test("after it was accepted makes no second request and no second text, also after a restart", async () => {
    await answer(ben, await invite(ann));
    const hoarded = hoard();
    expect(hoarded.count).toBeGreaterThan(0);
    await office.clock.advance(2_000);
    const atAnn = ann.chat.chats[0]?.id ?? "";
    await office.clock.wait(ann.chat.acceptRequest(atAnn));
    for (let round = 0; round < 2; round++) {
      hoarded.again();
      await office.clock.advance(30 * MINUTE);
      expect(ann.chat.chats.map(({ id }) => id)).toEqual([atAnn]);
      expect(await words(ann, atAnn)).toEqual(["hello"]);
      ann.kill();
      await ann.start();
    }
  });

  test("after it was declined does not come back, nor while the invite still waits for somebody else", async () => {
    await answer(ben, await invite(ann));
    const hoarded = hoard();
    await office.clock.advance(2_000);
    await office.clock.wait(ann.chat.declineRequest(ann.chat.chats[0]?.id ?? ""));
    for (let round = 0; round < 2; round++) {
      hoarded.again();
      await office.clock.advance(30 * MINUTE);
      expect(ann.chat.chats).toEqual([]);
      ann.kill();
      await ann.start();
    }
    expect(ann.chat.invites[0]?.invite.phase).toBe("open");
  });
});

describe("before the person decides", () => {
  test("a request fills no more of the disk than it needs, and all of it comes when it is accepted", async () => {
    const atBen = await answer(ben, await invite(ann));
    await office.clock.advance(2_000);
    const atAnn = ann.chat.chats[0]?.id ?? "";
    const sent = ["hello"];
    for (let at = 0; at < 100; at++) {
      sent.push(`text ${at}`);
      await write(ben, atBen, `text ${at}`);
      await office.clock.advance(1_000);
    }
    await office.clock.advance(30 * MINUTE);
    expect(await words(ann, atAnn)).toEqual(sent.slice(0, 64));
    ann.kill();
    await ann.start();
    await office.clock.advance(30 * MINUTE);
    expect(await words(ann, atAnn)).toHaveLength(64);
    await office.clock.wait(ann.chat.acceptRequest(atAnn));
    await office.clock.advance(MINUTE);
    expect(await words(ann, atAnn)).toEqual(sent);
  });

  test("a request comes after every contact when boxes are read, however lately it was heard of", async () => {
    const { atAnn } = await meet(ann, ben);
    await office.clock.advance(HOUR);
    const cleo = await newcomer(office, "cleo");
    await answer(cleo, await invite(ann));
    await office.clock.advance(2_000);
    const boxes = new Map(ann.chat.chats.map(({ id, pairs }) => [id, boxNow(pairs)]));
    const asking = ann.chat.chats.find(({ id }) => id !== atAnn)?.id ?? "";
    ann.kill();
    await ann.start();
    await office.clock.advance(2_000);
    const order = [atAnn, asking].map((id) => ann.line.asked.indexOf(boxes.get(id) ?? ""));
    expect(order[0]).toBeGreaterThanOrEqual(0);
    expect(order[0]).toBeLessThan(order[1] ?? -1);
  });

  test("nor does it by first contacts again and again", async () => {
    const link = await invite(ann);
    await answer(ben, link);
    await office.clock.advance(2_000);
    const atAnn = ann.chat.chats[0]?.id ?? "";
    for (let at = 0; at < 70; at++) {
      await answer(ben, link, `again ${at}`);
      await office.clock.advance(1_000);
    }
    expect(await words(ann, atAnn)).toHaveLength(64);
  });

  test("an invite that went round makes no more than 16 requests, and more when some are declined", async () => {
    const link = await invite(ann);
    for (let at = 0; at < 18; at++) {
      const stranger = await newcomer(office, `stranger ${at}`);
      await answer(stranger, link, "me too");
      await office.clock.advance(1_000);
      stranger.kill();
    }
    expect(ann.chat.chats).toHaveLength(16);
    await office.clock.wait(ann.chat.declineRequest(ann.chat.chats[0]?.id ?? ""));
    await office.clock.wait(ann.chat.declineRequest(ann.chat.chats[0]?.id ?? ""));
    await office.clock.advance(30 * MINUTE);
    expect(ann.chat.chats).toHaveLength(16);
  });
});

test("a cell whose step was used is put back: shown once, deleted again, and the session goes on", async () => {
  const { atAnn, atBen } = await meet(ann, ben);
  office.links = false;
  ann.line.cut();
  await ben.close();
  await write(ann, atAnn, "once");
  await office.clock.advance(10_000);
  const hoarded = hoard();
  await ben.start();
  await office.clock.advance(MINUTE);
  hoarded.again();
  await ben.close(); // and again by a run that has no memory of which tags it handled
  await ben.start();
  await office.clock.advance(30 * MINUTE);
  expect((await words(ben, atBen)).filter((text) => text === "once")).toHaveLength(1);
  const pairCells = office.cells().filter(({ cell }) => cell?.length === 2_048);
  expect(pairCells).toEqual([]);
  await send(ann, atAnn, "and on");
  expect((await words(ben, atBen)).slice(-2)).toEqual(["once", "and on"]);
});

test("a text that comes again in a new cell is shown once, and acknowledged again", async () => {
  const { atAnn, atBen } = await meet(ann, ben);
  office.links = false;
  ann.line.cut();
  ben.line.silent = true; // no word of Ben's gets through
  await write(ann, atAnn, "twice on its way");
  await office.clock.advance(10 * MINUTE);
  expect((await words(ben, atBen)).at(-1)).toBe("twice on its way");
  const before = ann.line.puts;
  await office.clock.advance(2 * HOUR);
  expect(ann.line.puts).toBeGreaterThan(before);
  ben.line.silent = false;
  await office.clock.advance(2 * HOUR);
  expect(await words(ben, atBen)).toEqual(["hello", "twice on its way"]);
  expect((await lastDelivery(ann, atAnn))?.kind).toBe("delivered");
});

describe("a full disk", () => {
  test("loses nothing that comes meanwhile: it is told, stays in the boxes, and is taken when there is room", async () => {
    const { atAnn, atBen } = await meet(ann, ben);
    ben.full = true;
    await send(ann, atAnn, "direct", "and more");
    expect(ben.chat.storageFull).toBe(true);
    expect(await words(ben, atBen)).toEqual(["hello"]);
    expect(await lastDelivery(ann, atAnn)).toMatchObject({ kind: "stored", held: 8 });
    ben.full = false;
    await office.clock.advance(HOUR);
    expect(await words(ben, atBen)).toEqual(["hello", "direct", "and more"]);
    expect(ben.chat.storageFull).toBe(false);
    expect((await lastDelivery(ann, atAnn))?.kind).toBe("delivered");
  });

  test("right after an unclean end does not use up the steps that are skipped then", async () => {
    const { atAnn, atBen } = await meet(ann, ben);
    office.links = false;
    ann.line.cut();
    const step = () => ann.chat.chats[0]?.pairs[0]?.session.sending.n ?? 0;
    const before = step();
    ann.kill();
    await ann.start();
    await write(ben, atBen, "acknowledge this");
    await office.clock.advance(1_000);
    expect((await words(ann, atAnn)).at(-1)).toBe("acknowledge this");
    ann.full = true; // its acknowledgement finds no room
    await office.clock.advance(MINUTE);
    expect(step()).toBe(before);
    ann.full = false;
    await send(ann, atAnn, "room again");
    expect(step()).toBeGreaterThan(before + UNCLEAN_SKIP);
    expect((await words(ben, atBen)).at(-1)).toBe("room again");
  });
});
