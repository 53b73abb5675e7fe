import { beforeEach, describe, expect, test } from "vitest";
import { DAY, MINUTE } from "./office.ts";
import { type Contacts, contacts, invite, meet, send, words, write } from "./people.ts";

let { office, ann, ben, atAnn, atBen } = {} as Contacts;
beforeEach(async () => {
  ({ office, ann, ben, atAnn, atBen } = await contacts());
});

describe("a deleted chat", () => {
  test("leaves nothing on the disk that names it, and nothing that watches or comes", async () => {
    office.links = false;
    ann.line.cut();
    ann.line.silent = true;
    await write(ann, atAnn, "on its way");
    await office.clock.wait(ann.chat.setDraft(atAnn, "and then"));
    await ann.chat.openChat(atAnn);
    const watching = ann.line.watching;
    await office.clock.wait(ann.chat.deleteChat(atAnn));
    expect(ann.chat.chats).toEqual([]);
    expect(ann.line.watching).toBeLessThan(watching);
    const named = [...ann.disk.keys()].filter((key) => key.includes(atAnn) || key.startsWith("parcel/"));
    expect(named).toEqual([]);
    await office.clock.advance(1_000);
    ann.line.silent = false;
    const puts = ann.line.puts;
    ann.arrived.length = 0;
    await write(ben, atBen, "are you there?");
    await office.clock.advance(DAY);
    expect([ann.chat.chats, ann.arrived]).toEqual([[], []]);
    expect(ann.line.puts - puts).toBeLessThanOrEqual(1); // her card, once a day
    ann.kill();
    await ann.start();
    await office.clock.advance(MINUTE);
    expect(ann.chat.chats).toEqual([]);
    expect(await words(ann, atAnn)).toEqual([]);
  });

  test("takes its direct link along", async () => {
    expect(ann.line.direct(ben.nodeId)).toBe(true);
    await office.clock.wait(ann.chat.deleteChat(atAnn));
    expect(ann.line.direct(ben.nodeId)).toBe(false);
    await send(ben, atBen, "are you there?");
    expect(ann.chat.counters.get("cell.foreign")).toBeUndefined();
    expect(ann.line.direct(ben.nodeId)).toBe(false);
  });

  test("can begin anew with another invite", async () => {
    await office.clock.wait(ann.chat.deleteChat(atAnn));
    const met = await meet(ann, ben);
    expect(met.atAnn).not.toBe(atAnn);
    expect(met.atBen).toBe(atBen);
    await send(ben, atBen, "again");
    expect((await words(ann, met.atAnn)).at(-1)).toBe("again");
  });
});

describe("before everything is wiped", () => {
  test("open invites are taken back, and who opens one is told", async () => {
    const links = [await invite(ann), await invite(ann)];
    await office.clock.wait(ann.chat.farewell(), 5_000);
    ann.kill();
    for (const link of links) {
      expect(await office.clock.wait(ben.chat.lookUp(link))).toEqual({ kind: "fault", fault: "revoked" });
    }
  });

  test("neither a dead network nor a full disk keeps anyone waiting", async () => {
    const link = await invite(ann);
    ann.full = true;
    await office.clock.wait(ann.chat.farewell(), 5_000);
    expect(await office.clock.wait(ben.chat.lookUp(link))).toEqual({ kind: "fault", fault: "revoked" });
    ann.full = false;
    await invite(ann);
    ann.line.delete = () => new Promise(() => undefined);
    await office.clock.wait(ann.chat.farewell(), 5_000);
    ann.line.up(false);
    await invite(ann);
    await office.clock.wait(ann.chat.farewell(), 5_000);
    await ann.close();
    await ann.chat.farewell();
  });
});
