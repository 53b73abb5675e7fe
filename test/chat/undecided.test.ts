/** What a person did not accept changes nothing outside their device, and a decision shows at no time of its own. */
import { readFileSync } from "node:fs";
import { beforeEach, describe, expect, test } from "vitest";
import { toHex } from "#chat/bytes.ts";
import { deletionOf } from "#chat/driver/deleting.ts";
import { hexBytes } from "#chat/driver/hex.ts";
import { pack } from "#chat/driver/json.ts";
import { deletionKey, type ReadAt } from "#chat/driver/records.ts";
import { boxToRead, boxToWrite, type Pair, pairDay } from "#chat/pair.ts";
import type { Box } from "#chat/ports.ts";
import { addressOf } from "./line.ts";
import { DAY, HOUR, MINUTE } from "./office.ts";
import { answer, invite, type Strangers, send, strangers, words, write } from "./people.ts";
import { chatState, loseAllBut } from "./scenes.ts";
import { core } from "./support.ts";

/** After a decision: nothing before, all of it by then. */
const HIDDEN = 5 * MINUTE;
const LATEST = 6 * HOUR + 20 * MINUTE;

let { office, ann, ben } = {} as Strangers;
beforeEach(async () => {
  ({ office, ann, ben } = await strangers());
  await office.clock.advance(MINUTE);
});

const vectors = JSON.parse(readFileSync(new URL("../vectors/independent/undecided.json", import.meta.url), "utf8")) as {
  due: number;
  header: string;
  pk: string;
  secret: string;
  records: { at: ReadAt; key: string; value: string }[];
};
test.each(vectors.records)("$key stands on the disk as the page says", ({ at, key, value }) => {
  const authority = { pk: hexBytes(vectors.pk), secret: hexBytes(vectors.secret) };
  const box = "pair" in at ? { kind: 1 as const, day: at.day, write: authority, owner: authority } : undefined;
  const deletion = deletionOf({ at, header: hexBytes(vectors.header) }, vectors.due, box);
  expect(deletionKey(deletion.id)).toBe(key);
  expect(core.text(pack(core, deletion))).toBe(value);
});

/** Ben's request at Ann, with a second text that lies in the pair's box: through an invite, or through her card. */
async function request(through: "invite" | "card"): Promise<{ atAnn: string; atBen: string }> {
  const link = await invite(ann);
  if (through === "card") loseAllBut(ann);
  const atBen = await answer(ben, link, "first");
  await office.clock.advance(MINUTE);
  await send(ben, atBen, "second");
  await office.clock.advance(30 * MINUTE);
  const atAnn = ann.chat.chats[0]?.id ?? "";
  expect(await words(ann, atAnn)).toEqual(["first", "second"]);
  return { atAnn, atBen };
}
/** Tags of Ben's cells: those that holders still have, and those that somebody deleted. */
function seen(): { held: string[]; deleted: string[] } {
  const all = office.boxes().flatMap((box) => [...box]);
  const bens = all.filter(([tag]) => mine.has(tag));
  const tags = (kept: typeof bens) => [...new Set(kept.map(([tag]) => tag))].sort();
  return {
    held: tags(bens.filter(([, { reason }]) => reason === undefined)),
    deleted: tags(bens.filter(([, { reason }]) => reason !== undefined)),
  };
}
let mine = new Set<string>();
beforeEach(() => {
  mine = new Set();
  const put = ben.line.put.bind(ben.line);
  ben.line.put = (box, cell, ...rest) => {
    if (box.kind !== 5) mine.add(toHex(cell.subarray(4, 20)));
    return put(box, cell, ...rest);
  };
});
const DECISIONS: Readonly<Record<string, (atAnn: string) => Promise<void>>> = {
  accepted: (atAnn) => ann.chat.acceptRequest(atAnn),
  declined: (atAnn) => ann.chat.declineRequest(atAnn),
  blocked: (atAnn) => ann.chat.block(atAnn),
  deleted: (atAnn) => ann.chat.deleteChat(atAnn),
};

describe.each(["invite", "card"] as const)("a request through an %s", (through) => {
  test("tells its author nothing while nobody decides: not by days, restarts, worker, or reading it", async () => {
    const { atAnn, atBen } = await request(through);
    const [puts, direct, knocks] = [ann.line.puts, ann.line.sentDirect, ann.line.knocks];
    await office.clock.wait(ann.chat.openChat(atAnn));
    await office.clock.wait(ann.chat.markRead(atAnn));
    await office.clock.advance(HOUR);
    expect(ann.line.puts - puts).toBeLessThanOrEqual(3); // bundle and card, at most
    expect([ann.line.sentDirect, ann.line.knocks]).toEqual([direct, knocks]);
    await ann.close();
    await ann.start({ leaf: true });
    await office.clock.wait(ann.chat.catchUp());
    await ann.close();
    await ann.start();
    await office.clock.advance(DAY);
    expect(seen().deleted).toEqual([]);
    expect(seen().held.length).toBeGreaterThanOrEqual(2);
    expect(chatState(ben, atBen).contact.phase).toBe("pending");
    expect(await words(ann, atAnn)).toEqual(["first", "second"]);
  });

  test("is not fetched again by a later run, and shown once", async () => {
    const { atAnn } = await request(through);
    for (const leaf of [true, false]) {
      await ann.close();
      await ann.start({ leaf, online: false });
      const asked: string[] = [];
      const get = ann.line.get.bind(ann.line);
      ann.line.get = (box, tags) => {
        asked.push(...tags.map(toHex));
        return get(box, tags);
      };
      ann.line.up(true);
      if (leaf) await office.clock.wait(ann.chat.catchUp());
      await office.clock.advance(30 * MINUTE);
      expect(asked.filter((tag) => mine.has(tag))).toEqual([]);
    }
    expect(await words(ann, atAnn)).toEqual(["first", "second"]);
  });

  test("is not watched, so that no lease of its box tells", async () => {
    const { atAnn } = await request(through);
    const watched: string[] = [];
    await ann.close();
    await ann.start({ online: false });
    const watch = ann.line.watch.bind(ann.line);
    ann.line.watch = (box, heard) => {
      watched.push(addressOf(box));
      return watch(box, heard);
    };
    ann.line.up(true);
    await office.clock.advance(HOUR);
    const pair = chatState(ann, atAnn).pairs[0] as Pair;
    const day = pairDay(pair, office.clock.wall());
    const theirs = [day, day + 1].flatMap((at): Box[] => [boxToRead(core, pair, at), boxToWrite(core, pair, at)]);
    expect(watched.filter((address) => theirs.map(addressOf).includes(address))).toEqual([]);
  });

  test.each(Object.keys(DECISIONS))(
    "that is %s shows nothing of it at once, and all is deleted within six hours",
    async (how) => {
      const { atAnn, atBen } = await request(through);
      const before = seen();
      ben.line.up(false); // what he goes on putting is not counted
      await office.clock.wait(DECISIONS[how]?.(atAnn) ?? Promise.reject(new Error(how)));
      await office.clock.advance(HIDDEN);
      expect(seen().deleted).toEqual([]);
      await office.clock.advance(LATEST);
      expect(seen().deleted).toEqual(before.held);
      expect(chatState(ben, atBen).contact.phase).toBe("pending");
    },
  );

  test.each([false, true])(
    "that is decided as the tab dies is deleted by who runs then; a worker: %s",
    async (leaf) => {
      await request(through);
      const before = seen();
      ben.line.up(false);
      await office.clock.wait(ann.chat.declineRequest(ann.chat.chats[0]?.id ?? ""));
      ann.kill();
      await office.clock.advance(LATEST);
      expect(seen().deleted).toEqual([]);
      await ann.start({ leaf });
      if (leaf) await office.clock.wait(ann.chat.catchUp());
      else await office.clock.advance(20 * MINUTE);
      expect(seen().deleted).toEqual(before.held);
    },
  );
});

test("decided while nobody answers is deleted once somebody does", async () => {
  const { atAnn } = await request("card");
  const before = seen();
  ben.line.up(false);
  await office.clock.wait(ann.chat.declineRequest(atAnn));
  const living = [...office.living];
  office.living.clear();
  await office.clock.advance(LATEST);
  for (const at of living) office.living.add(at);
  await office.clock.advance(20 * MINUTE);
  expect(seen().deleted).toEqual(before.held);
});

test("a hundred requests of one stranger after the other leave no more behind than 64 chats of bounded size", async () => {
  const { atAnn, atBen } = await request("card");
  for (let at = 0; at < 150; at++) {
    await write(ben, atBen, `text ${at}`);
    await office.clock.advance(2_000);
  }
  await office.clock.advance(HOUR);
  const { undecided = [], next } = chatState(ann, atAnn);
  expect(next).toBeLessThan(80);
  expect(undecided.length).toBeLessThanOrEqual(128);
});

test("its copy of the next day is kept as quiet as the first, and goes with it", async () => {
  const { atAnn } = await request("card");
  await office.clock.advance(2 * DAY); // put again each day
  expect(seen().deleted).toEqual([]);
  ben.line.up(false);
  await office.clock.wait(ann.chat.declineRequest(atAnn));
  await office.clock.advance(LATEST);
  const left = office.cells().filter(({ header }) => mine.has(toHex(header.subarray(4, 20))));
  expect(left).toEqual([]);
});

test("what an accepted contact writes on is deleted and acknowledged as ever", async () => {
  const { atAnn, atBen } = await request("invite");
  await office.clock.wait(ann.chat.acceptRequest(atAnn));
  await send(ben, atBen, "third");
  await office.clock.advance(MINUTE);
  expect(await words(ann, atAnn)).toEqual(["first", "second", "third"]);
  expect(chatState(ben, atBen).contact.phase).toBe("open");
  expect(chatState(ben, atBen).waiting).toEqual([]);
});
