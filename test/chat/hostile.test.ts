/** The driver against holders and strangers that put old cells back, and against its own disk at the worst moment. */
import { beforeEach, describe, expect, test } from "vitest";
import { boxToRead, type Pair, pairDay } from "#chat/pair.ts";
import { UNCLEAN_SKIP } from "#chat/session.ts";
import { addressOf, type Device, Office } from "./office.ts";
import { answer, invite } from "./people.ts";
import { core } from "./support.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

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

/** Ben has answered an invite of Ann's; the request waits at Ann. */
async function request(): Promise<string> {
  const id = await ann.chat.createInvite();
  await office.clock.advance(1_000);
  const state = ann.chat.invites.find((it) => it.id === id);
  const looked = state && (await office.clock.wait(ben.chat.lookUp(ann.chat.invitePayload(state))));
  if (looked?.kind !== "found") throw new Error("the invite was not found");
  await office.clock.wait(ben.chat.answer(looked, "hello from ben"));
  return ann.chat.chats[0]?.id ?? "";
}
async function meet(): Promise<{ atAnn: string; atBen: string }> {
  await request();
  await office.clock.advance(2_000);
  const atAnn = ann.chat.chats[0]?.id ?? "";
  await office.clock.wait(ann.chat.acceptRequest(atAnn));
  await office.clock.advance(MINUTE);
  return { atAnn, atBen: ben.chat.chats[0]?.id ?? "" };
}
const page = (device: Device, chat: string) =>
  office.clock.wait(device.chat.page(chat, Number.MAX_SAFE_INTEGER, 10_000));
const words = async (device: Device, chat: string): Promise<string[]> =>
  (await page(device, chat)).map(({ text }) => text);

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
  const id = await request();
  await office.clock.advance(2_000);
  const atAnn = ann.chat.chats[0]?.id ?? id;
  await office.clock.wait(Promise.all([ann.chat.acceptRequest(atAnn), ann.chat.declineRequest(atAnn)]));
  expect(ann.chat.chats.map(({ contact }) => contact.phase)).toEqual(["open"]);
  expect(await words(ann, atAnn)).toEqual(["hello from ben"]);
});

describe("a first contact that is put back", () => {
  test("after it was accepted makes no second request and no second text, also after a restart", async () => {
    await request();
    const hoarded = hoard();
    expect(hoarded.count).toBeGreaterThan(0);
    await office.clock.advance(2_000);
    const atAnn = ann.chat.chats[0]?.id ?? "";
    await office.clock.wait(ann.chat.acceptRequest(atAnn));
    for (let round = 0; round < 2; round++) {
      hoarded.again();
      await office.clock.advance(30 * MINUTE);
      expect(ann.chat.chats.map(({ id }) => id)).toEqual([atAnn]);
      expect(await words(ann, atAnn)).toEqual(["hello from ben"]);
      ann.kill();
      await ann.start();
    }
  });

  test("after it was declined does not come back, nor while the invite still waits for somebody else", async () => {
    await request();
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
    const atAnn = await request().then(() => office.clock.advance(2_000).then(() => ann.chat.chats[0]?.id ?? ""));
    const atBen = ben.chat.chats[0]?.id ?? "";
    const sent = ["hello from ben"];
    for (let at = 0; at < 100; at++) {
      sent.push(`text ${at}`);
      await office.clock.wait(ben.chat.write(atBen, `text ${at}`));
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
    const { atAnn } = await meet();
    await office.clock.advance(HOUR);
    const cleo = office.device("cleo");
    await cleo.start();
    await answer(office, cleo, await invite(office, ann));
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
    const atAnn = await request().then(() => office.clock.advance(2_000).then(() => ann.chat.chats[0]?.id ?? ""));
    const [state] = ann.chat.invites;
    const link = ann.chat.invitePayload(state as NonNullable<typeof state>);
    const looked = await office.clock.wait(ben.chat.lookUp(link));
    if (looked.kind !== "found") throw new Error("the invite was not found");
    for (let at = 0; at < 70; at++) {
      await office.clock.wait(ben.chat.answer(looked, `again ${at}`));
      await office.clock.advance(1_000);
    }
    expect(await words(ann, atAnn)).toHaveLength(64);
  });

  test("an invite that went round makes no more than 16 requests, and more when some are declined", async () => {
    await ann.chat.createInvite();
    await office.clock.advance(1_000);
    const [state] = ann.chat.invites;
    const link = ann.chat.invitePayload(state as NonNullable<typeof state>);
    for (let at = 0; at < 18; at++) {
      const stranger = office.device(`stranger ${at}`);
      await stranger.start();
      const looked = await office.clock.wait(stranger.chat.lookUp(link));
      if (looked.kind !== "found") throw new Error("the invite was not found");
      await office.clock.wait(stranger.chat.answer(looked, "me too"));
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
  const { atAnn, atBen } = await meet();
  office.links = false;
  ann.line.cut();
  await ben.close();
  await office.clock.wait(ann.chat.write(atAnn, "once"));
  await office.clock.advance(10_000);
  const hoarded = hoard();
  await ben.start();
  await office.clock.advance(MINUTE);
  hoarded.again();
  await ben.close(); // and again by a run that has no memory of which tags it handled
  await ben.start();
  await office.clock.advance(30 * MINUTE);
  expect((await words(ben, atBen)).filter((text) => text === "once")).toHaveLength(1);
  const pairCells = office.boxes().flatMap((box) => [...box.values()].filter(({ cell }) => cell?.length === 2_048));
  expect(pairCells).toEqual([]);
  await office.clock.wait(ann.chat.write(atAnn, "and on"));
  await office.clock.advance(MINUTE);
  expect((await words(ben, atBen)).slice(-2)).toEqual(["once", "and on"]);
});

test("a text that comes again in a new cell is shown once, and acknowledged again", async () => {
  const { atAnn, atBen } = await meet();
  office.links = false;
  ann.line.cut();
  ben.line.silent = true; // no word of Ben's gets through
  await office.clock.wait(ann.chat.write(atAnn, "twice on its way"));
  await office.clock.advance(10 * MINUTE);
  expect((await words(ben, atBen)).at(-1)).toBe("twice on its way");
  const before = ann.line.puts;
  await office.clock.advance(2 * HOUR);
  expect(ann.line.puts).toBeGreaterThan(before);
  ben.line.silent = false;
  await office.clock.advance(2 * HOUR);
  expect(await words(ben, atBen)).toEqual(["hello from ben", "twice on its way"]);
  expect((await page(ann, atAnn)).at(-1)?.delivery?.kind).toBe("delivered");
});

describe("a full disk", () => {
  test("loses nothing that comes meanwhile: it is told, stays in the boxes, and is taken when there is room", async () => {
    const { atAnn, atBen } = await meet();
    ben.full = true;
    for (const text of ["direct", "and more"]) await office.clock.wait(ann.chat.write(atAnn, text));
    await office.clock.advance(MINUTE);
    expect(ben.chat.storageFull).toBe(true);
    expect(await words(ben, atBen)).toEqual(["hello from ben"]);
    expect((await page(ann, atAnn)).at(-1)?.delivery).toMatchObject({ kind: "stored", held: 8 });
    ben.full = false;
    await office.clock.advance(HOUR);
    expect(await words(ben, atBen)).toEqual(["hello from ben", "direct", "and more"]);
    expect(ben.chat.storageFull).toBe(false);
    expect((await page(ann, atAnn)).at(-1)?.delivery?.kind).toBe("delivered");
  });

  test("right after an unclean end does not use up the steps that are skipped then", async () => {
    const { atAnn, atBen } = await meet();
    office.links = false;
    ann.line.cut();
    const step = () => ann.chat.chats[0]?.pairs[0]?.session.sending.n ?? 0;
    const before = step();
    ann.kill();
    await ann.start();
    await office.clock.wait(ben.chat.write(atBen, "acknowledge this"));
    await office.clock.advance(1_000);
    expect((await words(ann, atAnn)).at(-1)).toBe("acknowledge this");
    ann.full = true; // its acknowledgement finds no room
    await office.clock.advance(MINUTE);
    expect(step()).toBe(before);
    ann.full = false;
    await office.clock.wait(ann.chat.write(atAnn, "room again"));
    await office.clock.advance(MINUTE);
    expect(step()).toBeGreaterThan(before + UNCLEAN_SKIP);
    expect((await words(ben, atBen)).at(-1)).toBe("room again");
  });
});
